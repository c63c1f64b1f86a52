//! Finds the argument that has what a user says: the first that is a text, by its type.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{
    FnArg, GenericArgument, GenericParam, Generics, Pat, PatType, PathArguments, PathSegment, Type, TypeParamBound,
    WherePredicate,
};

use super::named::mentions;
use crate::returned::bare;

/// How the text of an argument is had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Text {
    /// It is recorded as that text.
    Recorded,
    /// By its `AsRef<str>`.
    AsRef,
    /// By its `ToString`.
    ToString,
    /// Not before the body takes it: by its `Into<String>` alone.
    Taken,
}

/// The first argument that is a text, less those that `others` mention, by which something else is told.
pub(crate) fn first(arguments: &[FnArg], generics: &Generics, others: &TokenStream) -> Option<(Ident, Text)> {
    arguments.iter().find_map(|argument| match argument {
        FnArg::Typed(PatType { pat, ty, .. }) => match &**pat {
            Pat::Ident(name) if name.subpat.is_none() && !mentions(others.clone(), &name.ident.unraw().to_string()) => {
                Some((name.ident.clone(), of_type(ty, generics)?))
            }
            _ => None,
        },
        FnArg::Receiver(_) => None,
    })
}

fn of_type(ty: &Type, generics: &Generics) -> Option<Text> {
    match bare(ty) {
        Type::Reference(reference) => of_type(&reference.elem, generics),
        Type::ImplTrait(ty) => of_bounds(&ty.bounds),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let inner = || arguments(last).find_map(|ty| of_type(ty, generics));
            match last.ident.to_string().as_str() {
                "str" | "String" => Some(Text::Recorded),
                "Cow" | "Box" | "Option" => inner(),
                // Serde leaves those out, unless a feature of it is on.
                "Arc" | "Rc" => inner().map(|_| Text::ToString),
                _ => path.path.get_ident().and_then(|name| of_parameter(name, generics)),
            }
        }
        _ => None,
    }
}

fn of_parameter(name: &Ident, generics: &Generics) -> Option<Text> {
    let declared = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) if param.ident == *name => Some(&param.bounds),
        _ => None,
    });
    let clauses = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let further = clauses.filter_map(|clause| match clause {
        WherePredicate::Type(clause) if *name == clause.bounded_ty.to_token_stream().to_string() => {
            Some(&clause.bounds)
        }
        _ => None,
    });
    of_bounds(declared.chain(further).flatten())
}

/// What all the bounds together say.
fn of_bounds<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Option<Text> {
    let (mut is_serialized, mut found) = (false, None);
    for bound in bounds {
        let TypeParamBound::Trait(bound) = bound else { continue };
        let Some(last) = bound.path.segments.last() else { continue };
        let of = |wanted: &[&str]| {
            arguments(last).any(|ty| wanted.iter().any(|wanted| ty.to_token_stream().to_string() == *wanted))
        };
        let text = match last.ident.to_string().as_str() {
            "AsRef" if of(&["str"]) => Some(Text::AsRef),
            "ToString" | "Display" => Some(Text::ToString),
            "Into" if of(&["String", "std :: string :: String"]) => Some(Text::Taken),
            name => {
                is_serialized |= name == "Serialize";
                None
            }
        };
        found = match (found, text) {
            (None | Some(Text::Taken), Some(text)) => Some(text),
            (Some(Text::ToString), Some(Text::AsRef)) => Some(Text::AsRef),
            (found, _) => found,
        };
    }
    found.map(|text| if is_serialized { Text::Recorded } else { text })
}

/// The types among the generic arguments.
fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use syn::ItemFn;

    use super::first;

    fn found(signature: &str) -> String {
        let function: ItemFn = syn::parse_str(&format!("{signature} {{}}")).unwrap();
        let arguments: Vec<_> = function.sig.inputs.into_iter().collect();
        let others = "chat_id, &format!(\"{model}\")".parse().unwrap();
        let found = first(&arguments, &function.sig.generics, &others);
        found.map_or_else(|| "none".to_owned(), |(name, text)| format!("{name} {text:?}"))
    }

    #[test]
    fn the_first_text_by_its_type_is_the_users() {
        for (signature, expected) in [
            ("fn f(n: u8, q: &str, other: String)", "q Recorded"),
            ("fn f(&self, mut q: std::string::String)", "q Recorded"),
            ("fn f(q: &'a mut String)", "q Recorded"),
            ("fn f(q: Cow<'_, str>)", "q Recorded"),
            ("fn f(q: Option<&str>)", "q Recorded"),
            ("fn f(q: &Box<str>)", "q Recorded"),
            ("fn f(q: Arc<str>)", "q ToString"),
            ("fn f(q: Vec<String>)", "none"),
            ("fn f((a, b): (String, u8), n: u8)", "none"),
            ("fn f(q: T)", "none"),
            ("fn f(chat_id: &str, model: &str, q: &str)", "q Recorded"),
        ] {
            assert_eq!(found(signature), expected, "{signature}");
        }
    }

    #[test]
    fn so_is_one_whose_bounds_say_that_it_is_a_text() {
        for (signature, expected) in [
            ("fn f(q: impl AsRef<str> + Send)", "q AsRef"),
            ("fn f(q: impl ToString)", "q ToString"),
            ("fn f(q: impl std::fmt::Display)", "q ToString"),
            ("fn f(q: impl ToString + AsRef<str>)", "q AsRef"),
            ("fn f(q: impl Into<String>)", "q Taken"),
            ("fn f(q: impl Into<String> + serde::Serialize)", "q Recorded"),
            ("fn f(q: impl Into<u8>)", "none"),
            ("fn f<T: Into<String>>(q: &T)", "q Taken"),
            ("fn f<T: Debug, U>(q: T, r: U) where U: AsRef<str>", "r AsRef"),
            ("fn f<T: Into<String>>(q: T) where T: ToString", "q ToString"),
        ] {
            assert_eq!(found(signature), expected, "{signature}");
        }
    }
}
