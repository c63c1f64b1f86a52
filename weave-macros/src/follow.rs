//! Decides, from the declared return type, whether a call may go on after the return: with a future, a stream or an
//! iterator.
//!
//! Spelling only rules out what cannot be, and finds the `impl Trait`s, whose wrapping must be written down. All else is
//! left to the type itself, so that aliases, generics and macros in type position work.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{GenericArgument, PathArguments, ReturnType, TraitBound, Type, TypeImplTrait, TypeParamBound, TypePath};

use crate::func::mentions;
use crate::returned::{bare, erase};

/// What follows the return.
pub(crate) enum Follow {
    /// Nothing: the value is a plain one.
    Nothing,
    /// What the value's type says.
    ByType,
    /// What the value's type says, if it is no box: one that cannot be replaced ends at the return.
    Unboxed,
    /// What an `impl Trait` says.
    Opaque(Opaque),
}

/// An `impl Trait` whose every bound holds for what we put in its place.
pub(crate) struct Opaque {
    pub(crate) gives: Gives,
    /// The type of the future's output or of the items, `_` where it is not named.
    pub(crate) given: TokenStream,
    /// Whether that may be a stream or an iterator in turn.
    pub(crate) deep: bool,
    /// What is around it, from the outside.
    pub(crate) around: Vec<Around>,
}

/// What may be around an `impl Trait`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Around {
    /// A `Result` or an `Option`.
    Carrier,
    /// What may be one, or a type that is not known.
    Perhaps,
}

/// How something gives what it gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gives {
    Future,
    Stream,
    Iterator,
}

impl Follow {
    pub(crate) fn of(output: &ReturnType) -> Self {
        match output {
            ReturnType::Default => Self::Nothing,
            ReturnType::Type(_, ty) => Self::of_type(ty),
        }
    }

    /// Whatever `impl Trait` there is, as a stream.
    pub(crate) fn forced_stream() -> Self {
        let given = quote_spanned!(Span::mixed_site()=> _);
        Self::Opaque(Opaque { gives: Gives::Stream, given, deep: false, around: Vec::new() })
    }

    fn of_type(ty: &Type) -> Self {
        match bare(ty) {
            Type::ImplTrait(ty) => read_bounds(ty).map_or(Self::ByType, |(gives, Given { tokens: given, deep })| {
                Self::Opaque(Opaque { gives, given, deep: deep && gives == Gives::Future, around: Vec::new() })
            }),
            Type::Path(path) => match carried(path) {
                Some((named, inner)) => Self::of_type(inner).carried(named),
                None if is_surely_plain(path) => Self::Nothing,
                None => Self::ByType,
            },
            Type::Macro(_) | Type::Infer(_) | Type::Verbatim(_) => Self::ByType,
            _ => Self::Nothing,
        }
    }

    /// The same inside a type that carries it, which only a well-known name makes sure.
    fn carried(self, named: bool) -> Self {
        match self {
            Self::Opaque(mut opaque) => {
                let around = match (opaque.can_be_absent(), named) {
                    (true, _) => Around::Perhaps,
                    (false, true) => Around::Carrier,
                    (false, false) => return Self::ByType,
                };
                opaque.around.insert(0, around);
                Self::Opaque(opaque)
            }
            plain if named => plain,
            _ => Self::ByType,
        }
    }
}

impl Opaque {
    /// Whether it may be left out: then nothing but its own bounds tells what it gives.
    fn can_be_absent(&self) -> bool {
        self.around.is_empty() && !self.is_unnamed()
    }

    /// Whether the type that it gives, or a part of that, has no name.
    pub(crate) fn is_unnamed(&self) -> bool {
        mentions(self.given.clone(), "_")
    }
}

/// What is in a `Result<..>` or an `Option<..>`; and an `impl Trait` in what may be an alias of one. `true` where the
/// name says so.
fn carried(path: &TypePath) -> Option<(bool, &Type)> {
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let inner = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })?;
    let name = last.ident.to_string();
    let named = name == "Option" || name.ends_with("Result");
    let may_be_alias = || matches!(bare(inner), Type::ImplTrait(_)) && !is_surely_plain(path);
    (path.qself.is_none() && (named || may_be_alias())).then_some((named, inner))
}

/// Types of the standard library that everybody leaves their names to. It spares most functions the question.
fn is_surely_plain(path: &TypePath) -> bool {
    const PLAIN: [&str; 23] = [
        "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
        "f64", "String", "Vec", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque",
    ];
    let segments = &path.path.segments;
    path.qself.is_none()
        && segments.first().is_some_and(|first| segments.len() == 1 || first.ident == "std")
        && segments.last().is_some_and(|last| PLAIN.iter().any(|name| last.ident == name))
}

/// How an `impl Trait` gives what. `None` when there is a bound that our wrappers cannot promise, or no word of what.
fn read_bounds(ty: &TypeImplTrait) -> Option<(Gives, Given)> {
    let mut found = None;
    for bound in &ty.bounds {
        match bound {
            TypeParamBound::Lifetime(_) | TypeParamBound::PreciseCapture(_) => {}
            TypeParamBound::Trait(bound) => match Bound::of(bound)? {
                Bound::Marker => {}
                Bound::Gives(gives) => {
                    let given = given(bound);
                    match &found {
                        Some((known, _)) if *known != gives => return None,
                        Some((_, Some(_))) => {}
                        _ => found = Some((gives, given)),
                    }
                }
            },
            _ => return None,
        }
    }
    let (gives, given) = found?;
    Some((gives, given?))
}

enum Bound {
    Marker,
    Gives(Gives),
}

impl Bound {
    fn of(bound: &TraitBound) -> Option<Self> {
        if bound.lifetimes.is_some() || bound.maybe.is_some() {
            return None;
        }
        Some(match bound.path.segments.last()?.ident.to_string().as_str() {
            "Send" | "Sync" | "Unpin" | "Sized" => Self::Marker,
            "Future" | "FusedFuture" | "TryFuture" => Self::Gives(Gives::Future),
            "Stream" | "FusedStream" | "TryStream" => Self::Gives(Gives::Stream),
            "Iterator" | "DoubleEndedIterator" | "ExactSizeIterator" | "FusedIterator" => Self::Gives(Gives::Iterator),
            _ => return None,
        })
    }
}

/// What a bound says is given.
struct Given {
    tokens: TokenStream,
    /// Whether its type has to be asked whether it goes on itself.
    deep: bool,
}

/// `Item = T`, `Output = T`, or `Ok = T, Error = E`.
fn given(bound: &TraitBound) -> Option<Given> {
    let site = Span::mixed_site();
    let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else { return None };
    let (mut item, mut ok, mut error, mut deep) = (None, None, None, false);
    for argument in &arguments.args {
        let (name, ty, goes_on) = match argument {
            GenericArgument::AssocType(assoc) => {
                let goes_on = !matches!(Follow::of_type(&assoc.ty), Follow::Nothing);
                (&assoc.ident, erase(assoc.ty.to_token_stream()).tokens, goes_on)
            }
            GenericArgument::Constraint(constraint) => (&constraint.ident, quote_spanned!(site=> _), true),
            _ => return None,
        };
        match name.to_string().as_str() {
            "Item" | "Output" => (item, deep) = (Some(ty), goes_on),
            "Ok" => (ok, deep) = (Some(ty), goes_on),
            "Error" => error = Some(ty),
            _ => return None,
        }
    }
    let tokens = match (item, &ok, &error) {
        (Some(item), ..) => item,
        (None, None, None) => return None,
        (None, ..) => {
            let unnamed = || quote_spanned!(site=> _);
            let (ok, error) = (ok.unwrap_or_else(unnamed), error.unwrap_or_else(unnamed));
            quote_spanned!(site=> ::core::result::Result<#ok, #error>)
        }
    };
    Some(Given { tokens, deep })
}

#[cfg(test)]
mod tests {
    use super::{Around, Follow, Gives};

    /// `future` (`deep` or not), `stream` or `iterator` with what is around it and what it gives; `type` or `nothing`.
    fn follow(output: &str) -> String {
        match Follow::of(&syn::parse_str(&format!("-> {output}")).unwrap()) {
            Follow::Nothing => "nothing".to_owned(),
            Follow::ByType => "type".to_owned(),
            Follow::Unboxed => "unboxed".to_owned(),
            Follow::Opaque(opaque) => {
                let gives = match opaque.gives {
                    Gives::Future => "future",
                    Gives::Stream => "stream",
                    Gives::Iterator => "iterator",
                };
                let deep = if opaque.deep { "deep " } else { "" };
                let around = opaque.around.iter().map(|around| match around {
                    Around::Carrier => "carried ",
                    Around::Perhaps => "perhaps ",
                });
                format!("{}{deep}{gives} {}", around.collect::<String>(), opaque.given)
            }
        }
    }

    #[test]
    fn an_impl_is_followed_when_every_bound_can_be_promised() {
        let cases = [
            ("impl Future<Output = u8> + Send + 'a", "future u8"),
            ("impl Future<Output = Result<BoxStream<'a, u8>, E>>", "deep future Result < BoxStream < 'a , u8 > , E >"),
            ("impl futures::Stream<Item = u8> + use<'a, T>", "stream u8"),
            ("impl TryStream<Ok = u8, Error = E> + Unpin", "stream :: core :: result :: Result < u8 , E >"),
            ("impl DoubleEndedIterator<Item = impl Display> + ExactSizeIterator", "iterator _"),
            ("impl ExactSizeIterator + Iterator<Item: Display>", "iterator _"),
            ("io::Result<impl Iterator<Item = u8>>", "perhaps iterator u8"),
            ("Result<Option<impl Stream<Item = u8>>, E>", "carried perhaps stream u8"),
            ("Answer<impl Stream<Item = u8>>", "perhaps stream u8"),
            ("Result<impl Stream<Item = impl Debug>, E>", "carried stream _"),
            ("Answer<impl Stream<Item = impl Debug>>", "type"),
            ("impl Stream<Item = u8> + Clone", "type"),
            ("impl Stream", "type"),
            ("impl for<'a> Mine<'a>", "type"),
            ("impl Iterator<Item = u8> + Future<Output = u8>", "type"),
        ];
        for (output, expected) in cases {
            assert_eq!(follow(output), expected, "{output}");
        }
    }

    #[test]
    fn only_what_is_surely_plain_is_not_asked_for_its_type() {
        for output in ["()", "!", "&'a mut T", "(A, B)", "[u8; 2]", "Option<Vec<u8>>", "std::io::Result<String>"] {
            assert_eq!(follow(output), "nothing", "{output}");
        }
        for output in ["Answer", "Box<dyn Iterator<Item = u8>>", "io::Result<Answer>", "answer!()", "my::String", "T"] {
            assert_eq!(follow(output), "type", "{output}");
        }
    }
}
