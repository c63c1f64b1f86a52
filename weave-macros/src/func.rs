//! Reads the annotated function: its attributes and signature by syn, everything else as the tokens it came as.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Abi, Attribute, Error, Expr, FnArg, Generics, ReturnType, Token, Visibility, WhereClause};

use crate::body::Body;
use crate::kind::Kind;

/// A function, in the pieces that an expansion puts together again.
pub(crate) struct Func {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) is_async: bool,
    pub(crate) ident: Ident,
    /// With the where clause.
    pub(crate) generics: Generics,
    pub(crate) params: Vec<FnArg>,
    pub(crate) output: ReturnType,
    /// All of it, as it came.
    pub(crate) item: TokenStream,
    /// The original tokens up to the parameters.
    pub(crate) head: TokenStream,
    /// The original parameters, parentheses included.
    pub(crate) params_group: Group,
    /// The original tokens between the parameters and the body: return type and where clause.
    pub(crate) tail: TokenStream,
    pub(crate) body: Body,
}

/// What syn reads of a function; the rest is found by counting tokens from its end.
struct Signature {
    attributes: Vec<Attribute>,
    is_async: bool,
    ident: Ident,
    generics: Generics,
    /// How many token trees follow the parameters.
    after_params: usize,
    params: Vec<FnArg>,
    output: ReturnType,
}

impl Func {
    pub(crate) fn read(kind: Kind, item: TokenStream) -> syn::Result<Self> {
        let item = without_invisible_group(item);
        let signature = (|input: ParseStream| Signature::parse(kind, input)).parse2(item.clone())?;
        let mut trees: Vec<TokenTree> = item.clone().into_iter().collect();
        let body = trees.pop().as_ref().and_then(Body::new).ok_or_else(|| no_body(kind, signature.ident.span()))?;
        let tail = trees.split_off((trees.len() + 1).saturating_sub(signature.after_params));
        let Some(TokenTree::Group(params_group)) = trees.pop() else {
            return Err(Error::new(signature.ident.span(), "expected the parameters of this function"));
        };
        Ok(Self {
            attributes: signature.attributes,
            is_async: signature.is_async,
            ident: signature.ident,
            generics: signature.generics,
            params: signature.params,
            output: signature.output,
            item,
            head: trees.into_iter().collect(),
            params_group,
            tail: tail.into_iter().collect(),
            body,
        })
    }

    /// `#[track_caller]`, also when only some configuration turns it on.
    pub(crate) fn tracks_caller(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            attribute.path().is_ident("track_caller")
                || attribute.path().is_ident("cfg_attr") && mentions(attribute.meta.to_token_stream(), "track_caller")
        })
    }
}

impl Signature {
    fn parse(kind: Kind, input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let is_async = parse_qualifiers(kind, input)?;
        input.parse::<Token![fn]>()?;
        let ident = input.parse::<Ident>()?;
        let mut generics: Generics = input.parse()?;
        let params;
        syn::parenthesized!(params in input);
        let after_params = input.cursor().token_stream().into_iter().count();
        let params = Punctuated::<FnArg, Token![,]>::parse_terminated(&params)?.into_iter().collect();
        let output = input.parse()?;
        generics.where_clause = input.parse::<Option<WhereClause>>()?;
        if input.peek(Token![;]) {
            return Err(no_body(kind, input.span()));
        }
        input.parse::<TokenTree>()?;
        Ok(Self { attributes, is_async, ident, generics, after_params, params, output })
    }
}

/// Everything between the visibility and `fn`. Returns whether `async` was among it.
fn parse_qualifiers(kind: Kind, input: ParseStream) -> syn::Result<bool> {
    let start = input.fork();
    // `default fn` of specialisation and `safe fn` are contextual: idents that are followed by more of a function.
    if input.peek(syn::Ident) && (input.peek2(Token![fn]) || input.peek2(Token![async]) || input.peek2(Token![unsafe]))
    {
        input.call(Ident::parse_any)?;
    }
    let constness = input.parse::<Option<Token![const]>>()?;
    let is_async = input.parse::<Option<Token![async]>>()?.is_some();
    input.parse::<Option<Token![unsafe]>>()?;
    input.parse::<Option<Abi>>()?;
    if !input.peek(Token![fn]) {
        return Err(not_a_function(kind, &start));
    }
    match constness {
        Some(token) => Err(Error::new(
            token.span(),
            format!(
                "{} cannot record a `const fn`, which may run at compile time: remove `const`, or annotate its callers",
                kind.attribute()
            ),
        )),
        None => Ok(is_async),
    }
}

/// An item that a `macro_rules!` passed on as `$i:item` arrives inside an invisible group.
fn without_invisible_group(item: TokenStream) -> TokenStream {
    let mut trees = item.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_group(group.stream())
        }
        _ => item,
    }
}

fn no_body(kind: Kind, at: Span) -> Error {
    Error::new(
        at,
        format!(
            "{} needs a function with a body: annotate the implementation, or give this declaration a default body",
            kind.attribute()
        ),
    )
}

/// Says what was annotated instead, judging by the keywords that start it.
fn not_a_function(kind: Kind, input: ParseStream) -> Error {
    let attribute = kind.attribute();
    let at = input.span();
    let is_expression = input.fork().parse::<Expr>().is_ok();
    let mut extern_seen = false;
    while let Ok(tree) = input.parse::<TokenTree>() {
        let what = match &tree {
            TokenTree::Ident(word) => match word.to_string().as_str() {
                "impl" => "an impl block; annotate its methods",
                "trait" => "a trait; annotate its methods that have a body",
                "mod" => "a module; annotate its functions",
                "struct" => "a struct",
                "enum" => "an enum",
                "union" => "a union",
                "static" => "a static",
                "type" => "a type alias",
                "use" => "an import",
                "let" => "a statement; annotate a function that contains it",
                "macro_rules" | "macro" => "a macro definition; annotate the function inside it",
                "gen" if input.peek(Token![fn]) => "a generator function",
                "crate" if extern_seen => "an `extern crate`",
                "const" if input.peek(syn::Ident) && input.peek2(Token![:]) || input.peek(Token![_]) => "a constant",
                "extern" => {
                    extern_seen = true;
                    continue;
                }
                "const" | "unsafe" | "async" | "auto" | "default" | "safe" | "gen" | "move" => continue,
                _ => break,
            },
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && extern_seen => {
                "an extern block, whose functions have no body; annotate a function that calls them"
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                "a block; annotate a function that contains it"
            }
            TokenTree::Punct(bar) if bar.as_char() == '|' => {
                "a closure; annotate a function that it calls, or one that contains it"
            }
            TokenTree::Literal(_) if extern_seen => continue,
            TokenTree::Group(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => break,
        };
        return Error::new(at, format!("{attribute} goes on a function with a body, not on {what}"));
    }
    let what =
        if is_expression { "not on an expression; annotate a function that contains it" } else { "and this is none" };
    Error::new(at, format!("{attribute} goes on a function with a body, {what}"))
}

/// Whether a word occurs anywhere in the tokens.
pub(crate) fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
