//! Formatting and comments: every function of this repository keeps its digest.

use std::io::Write;
use std::process::{Command, Stdio};

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

use super::repository::{self, all};
use crate::digest::normal::normal;

/// What people set, far from what this repository does.
const SETTINGS: [&str; 4] = [
    "max_width=60,use_small_heuristics=Off,fn_params_layout=Vertical",
    "max_width=300,use_small_heuristics=Max",
    "max_width=80,tab_spaces=2,match_block_trailing_comma=true,reorder_imports=false,fn_params_layout=Compressed",
    "max_width=40,hard_tabs=true,merge_derives=false,match_arm_leading_pipes=Always,force_explicit_abi=false",
];

#[test]
fn formatting_changes_no_digest() {
    let functions = all();
    let file: String = functions.iter().map(|function| format!("impl X {{ {} }}\n", function.text)).collect();
    for settings in SETTINGS {
        let Some(formatted) = rustfmt(&file, settings) else { continue };
        assert_ne!(file, formatted);
        let after = repository::functions(&formatted);
        assert_eq!(functions.len(), after.len());
        for (before, after) in functions.iter().zip(after) {
            assert_eq!(
                normal(before.tokens.clone()),
                normal(after.tokens),
                "by {settings}\n{}\nbecame\n{}",
                before.text,
                after.text
            );
        }
    }
}

/// The text as rustfmt has it; `None` where there is no rustfmt.
fn rustfmt(text: &str, settings: &str) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet", "--config", settings])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = rustfmt.stdin.take().unwrap();
    let text = text.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = rustfmt.wait_with_output().unwrap();
    // A rustup without the component has a program of the name, which only says so.
    let _ = writing.join().unwrap();
    (!output.stdout.is_empty()).then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn comments_docs_and_blanks_between_any_two_tokens_change_no_digest() {
    for function in all() {
        let mut text = String::new();
        comment(function.tokens.clone(), &mut text);
        let commented: TokenStream = text.parse().unwrap();
        assert_eq!(normal(commented), normal(function.tokens), "{text}");
    }
}

/// Writes the tokens with comments between them, and docs where a statement may begin.
fn comment(tokens: TokenStream, text: &mut String) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(&group);
                text.push_str(open);
                comment(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                match (punct.spacing(), punct.as_char()) {
                    (Spacing::Alone, ';') => text.push_str("\n/// A doc.\n"),
                    (Spacing::Alone, _) => text.push_str(" /* one */ "),
                    (Spacing::Joint, _) => {}
                }
            }
            other => text.push_str(&format!("{other} // two\n\t")),
        }
    }
}

fn delimiters(group: &Group) -> (&'static str, &'static str) {
    match group.delimiter() {
        Delimiter::Brace => ("{\n", "\n}\n"),
        Delimiter::Parenthesis => ("( ", " /** doc */ )"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", " "),
    }
}
