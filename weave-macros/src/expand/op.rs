//! Writes the static that holds what is known of the op before any call.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::follow::located_at;

use crate::args::DisplayName;
use crate::model::Instrumented;

/// ```text
/// Input:  #[op(kind = "search", display_name = |call| ..)] fn find ..
/// Output: static OP: Op = Op::new(Kind::Op, "find", module_path!(), file!(), line!()).namer(..).label("search");
/// ```
pub(super) fn expand(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let facts = &model.op;
    let (kind, name) = (facts.kind.variant(), &facts.name);
    let display_name = facts.display_name.as_ref().map(|display_name| match display_name {
        DisplayName::Text(text) => quote_spanned!(site=> .display_name(#text)),
        DisplayName::Function(function) => {
            // What the function returns is told where it was named.
            let (at, private) = (site.located_at(function.span()), located_at(private.clone(), function.span()));
            let name = quote_spanned!(at=> #private::name(__weave_record, #function));
            quote_spanned!(site=> .namer(|__weave_record| #name))
        }
    });
    let sample_rate = facts.sample_rate.as_ref().map(|rate| quote_spanned!(site=> .sample_rate(#rate)));
    let label = facts.label.as_ref().map(|label| quote_spanned!(site=> .label(#label)));
    // The function's line rather than the attribute's, which may be far above it.
    let line = quote_spanned!(facts.at=> ::core::line!());
    quote_spanned! {site=>
        static __WEAVE_OP: #private::Op =
            #private::Op::new(#private::Kind::#kind, #name, ::core::module_path!(), ::core::file!(), #line)
                #display_name
                #label
                #sample_rate;
    }
}
