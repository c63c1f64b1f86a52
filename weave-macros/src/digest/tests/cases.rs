//! Pairs of functions that are one version, and pairs that look like it and are two.

use crate::digest::normal::normal;

/// The normal text of a body, which may be anything.
fn normal_of(body: &str) -> String {
    normal(format!("fn f() {{ {body} }}").parse().unwrap())
}

#[test]
fn a_function_reads_as_its_tokens() {
    let text = "/// Adds.\n#[inline]\npub fn add<T>(a: u8, b: &'static [T],) -> u8 { a // first\n + 1 }";
    assert_eq!(
        normal(text.parse().unwrap()),
        "# [ inline ] pub fn add < T > ( a : u8 , b : & ' static [ T ] ) - > u8 { a + 1 } "
    );
}

#[test]
fn what_formatting_does_to_tokens_changes_nothing() {
    let same = [
        // Commas at the end of a list, and behind a block.
        ("f(a, b,)", "f(a, b)"),
        ("f(\n    a,\n)", "f(a)"),
        ("f::<A, B,>(a,)", "f::<A, B>(a)"),
        ("[a, b,]", "[a, b]"),
        ("S { a: 1, b, }", "S { a: 1, b }"),
        ("fn g<T,>(t: T,) where T: Copy, {}", "fn g<T>(t: T) where T: Copy {}"),
        ("|a, b,| a", "|a, b| a"),
        ("match x { A => { b; }, C => d, }", "match x { A => { b; } C => d }"),
        ("match x { A => if b { c } else { d }, E => f }", "match x { A => if b { c } else { d } E => f }"),
        // Braces around a lone expression.
        ("match x { A => { b }, C => { { d } } }", "match x { A => b, C => d }"),
        ("match x { A => { match y { B => { c } } } D => e }", "match x { A => match y { B => c }, D => e }"),
        ("f(|x| { x + 1 }, y)", "f(|x| x + 1, y)"),
        ("let c = || { { x } };", "let c = || x;"),
        ("S { f: |x| { match x { _ => 1 } }, g }", "S { f: |x| match x { _ => 1 }, g }"),
        // Semicolons behind what never comes back, behind loops, behind each other.
        ("if a { return }", "if a { return; }"),
        ("let A = b else { return S { c } };", "let A = b else { return S { c }; };"),
        ("loop { break 'a 5 }", "loop { break 'a 5; }"),
        ("match x { A => { return b; } C => { continue } }", "match x { A => return b, C => continue }"),
        ("while a {}; 'a: loop {}; b();; ; c", "while a {} 'a: loop {} b(); c"),
        // Parentheses in parentheses; leading pipes.
        ("((a + b)) * c", "(a + b) * c"),
        ("match x { | A | B => c, | D => e }", "match x { A | B => c, D => e }"),
        // Imports.
        ("use b; use a::{d, c}; f()", "use a::{\n    c, d,\n};\nuse b;\n f()"),
        ("use a::{b};", "use a::b;"),
        ("#[cfg(x)] use b; pub(crate) use a::B as C;", "pub(crate) use a::B as C; #[cfg(x)] use b;"),
        ("let x = 1; use b::*; use a;", "let x = 1; use a; use b::*;"),
        // Spelling.
        ("vec!(a, b,)", "vec![a, b]"),
        ("extern fn g() {}", "extern \"C\" fn g() {}"),
        ("#[derive(A)] #[derive(B, C,)] struct S;", "#[derive(A, B, C)] struct S;"),
        ("match x { #[a] | A => b, #[c] #[d] | D => e }", "match x { #[a] A => b, #[c] #[d] D => e }"),
        ("\"a \\\\\\\n   b\\n\"", "\"a \\\\b\\n\""),
        ("Vec<Vec<u8> >", "Vec<Vec<u8>>"),
        ("let x: Vec<u8>=a;", "let x: Vec<u8> = a;"),
        ("f(& &a, | | b, a<-1)", "f(&&a, || b, a < -1)"),
        ("{ #![doc = \"b\"] //! c\n a }", "{ a }"),
    ];
    for (one, other) in same {
        assert_eq!(normal_of(one), normal_of(other), "{one}  {other}");
    }
}

#[test]
fn what_means_something_else_is_something_else() {
    let different = [
        ("(a,)", "(a)"),
        ("fn g() -> (u8,) {}", "fn g() -> (u8) {}"),
        ("let (a,) = b;", "let (a) = b;"),
        ("(Map<A, B>,)", "(Map<A, B>)"),
        ("(f::<A, B>(),)", "(f::<A, B>())"),
        ("f((a, b))", "f(a, b)"),
        ("f(())", "f()"),
        ("f(a, { b })", "f(a { b })"),
        ("a();", "a()"),
        ("if a { b() };", "if a { b() }"),
        ("{ let a = b; a }", "let a = b; a"),
        ("if a { b }", "if a { { b } }"),
        ("match x { A => { b; } }", "match x { A => b }"),
        ("match x { A => {} }", "match x { A => () }"),
        ("|x| { x + 1 }.max(2)", "|x| x + 1.max(2)"),
        ("|x| { x; }", "|x| x"),
        ("a && b", "a & &b"),
        ("a || b", "a | b"),
        ("a || b", "a | |b| c"),
        ("m!(a,)", "m!(a)"),
        ("m!{a}", "m!(a)"),
        ("m! { a => { b } }", "m! { a => b }"),
        ("use a; f(); use b;", "use b; f(); use a;"),
        ("use a::{self};", "use a;"),
        ("use a::b;", "pub use a::b;"),
        ("1.0", "1.00"),
        ("0xff", "0xFF"),
        ("'a'", "\"a\""),
        ("\"a b\"", "\"a  b\""),
        ("\"a\n b\"", "\"a\n  b\""),
        ("br\"a\\\n b\"", "br\"a\\\nb\""),
        ("r\"a\\\n b\"", "r\"a\\\nb\""),
        ("r#match", "match"),
        ("#[inline] fn g() {}", "fn g() {}"),
        ("#[doc(hidden)] fn g() {}", "fn g() {}"),
        ("pub fn g() {}", "fn g() {}"),
    ];
    for (one, other) in different {
        assert_ne!(normal_of(one), normal_of(other), "{one}  {other}");
    }
}

#[test]
fn an_invisible_group_counts_when_it_holds_together_what_else_would_not() {
    use proc_macro2::{Delimiter, Group, TokenStream};
    use quote::quote;

    let hidden = |tokens: TokenStream| Group::new(Delimiter::None, tokens);
    let (one, sum) = (hidden(quote!(a)), hidden(quote!(a + b)));
    assert_eq!(normal(quote!(#one * c)), normal(quote!(a * c)));
    assert_ne!(normal(quote!(#sum * c)), normal(quote!(a + b * c)));
}
