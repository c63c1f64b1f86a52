//! The functions of this repository, to look at the digests of.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{ImplItem, Item, TraitItem};

/// A function with a body.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) tokens: TokenStream,
    /// As it was written.
    pub(super) text: String,
}

/// The functions of the repository's crates.
pub(super) fn all() -> Vec<Function> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["src", "examples", "benches", "tests/it", "tests/shapes", "weave-macros/src", "weave-runtime/src"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let functions: Vec<Function> =
        files.iter().flat_map(|path| functions(&std::fs::read_to_string(path).unwrap())).collect();
    assert!(functions.len() > 1_000, "the repository's functions were not found");
    functions
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Those of one file, in the order in which they stand there.
pub(super) fn functions(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    visit(syn::parse_file(text).unwrap().items, &mut found);
    found
}

fn visit(items: Vec<Item>, found: &mut Vec<Function>) {
    for item in items {
        match item {
            Item::Fn(function) => found.push(function_of(&function.sig, &function)),
            Item::Mod(module) => visit(module.content.map(|(_, items)| items).unwrap_or_default(), found),
            Item::Impl(block) => found.extend(block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(function_of(&method.sig, method)),
                _ => None,
            })),
            Item::Trait(item) => found.extend(item.items.iter().filter_map(|item| match item {
                TraitItem::Fn(method) if method.default.is_some() => Some(function_of(&method.sig, method)),
                _ => None,
            })),
            _ => {}
        }
    }
}

fn function_of(signature: &syn::Signature, function: &(impl ToTokens + Spanned)) -> Function {
    Function {
        name: signature.ident.to_string(),
        tokens: function.to_token_stream(),
        text: function.span().source_text().unwrap(),
    }
}
