//! Misuse: what each says and where, and that the function survives it.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use crate::kind::Kind;
use crate::{check, instrument};

mod agents;

const ADD: &str = "fn add(a: u8, bee: u8) -> u8 { a }";
const METHOD: &str = "fn size(&self, all: bool) -> u8 { 0 }";
const OPTIONS: &str = "(its options are `name`, `skip`, `only`, `skip_all`, `skip_output`, `capture`, `attributes`, `output`, `accumulate`, `stream`, `value`, `crate`, `display_name`, `inputs`, `kind`, `color`, `sample_rate`)";

fn parse(text: &str) -> TokenStream {
    text.parse().unwrap()
}

/// Every error as the text it points at, a colon and the message.
fn errors(args: &str, item: &str) -> Vec<String> {
    let Err(error) = check(Kind::Op, parse(args), parse(item)) else { return Vec::new() };
    error.into_iter().map(|error| format!("{}: {error}", error.span().source_text().unwrap_or_default())).collect()
}

fn assert_errors(args: &str, item: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|error| error.replace("OPTIONS", OPTIONS)).collect();
    assert_eq!(errors(args, item), expected, "#[op({args})] {item}");
}

#[test]
fn an_unknown_option_lists_the_options_there_are() {
    assert_errors("nmae = \"x\"", ADD, &["nmae: #[op] has no option `nmae`; did you mean `name`? OPTIONS"]);
    assert_errors("level = |a, b| a", ADD, &["level: #[op] has no option `level` OPTIONS"]);
    assert_errors(
        "\"add\"",
        ADD,
        &["\"add\": expected an option of #[op]; a name is given as `name = \"...\"` OPTIONS"],
    );
}

#[test]
fn a_literal_that_a_macro_passes_on_is_a_literal() {
    let passed = Group::new(Delimiter::None, quote!("x"));
    let tokens = quote!(name = #passed, kind = #passed);
    let expanded = instrument(Kind::Op, tokens, ADD.parse().unwrap()).to_string();
    assert!(!expanded.contains("compile_error"), "{expanded}");
}

#[test]
fn an_option_is_given_once() {
    let twice = "name: `name` is given twice: keep one of the two";
    assert_errors("name = \"x\", skip_all, name = \"y\"", ADD, &[twice]);
    assert_errors("skip_all, skip_all", ADD, &["skip_all: `skip_all` is given twice: keep one of the two"]);
    assert_errors(
        "attributes(a.b = 1, \"a.b\" = 2)",
        ADD,
        &["\"a.b\": the attribute `a.b` is given twice: keep one of the two"],
    );
}

#[test]
fn the_attribute_that_is_the_librarys_own_is_refused() {
    let refused = "weave: the attribute `weave` is the library's own: give yours another key";
    assert_errors("attributes(weave = 1)", ADD, &[refused]);
    assert_errors("attributes(weave.user = 1, weaver = 2)", ADD, &[]);
}

#[test]
fn a_value_of_the_wrong_sort_shows_how_it_is_written() {
    let cases = [
        ("name = 5", "5: `name` takes a string: write `name = \"...\"`"),
        ("name = \"\"", "\"\": `name` must not be empty: write `name = \"...\"`"),
        ("name", "name: `name` takes a string after `=`: write `name = \"...\"`"),
        ("kind(search)", "(: `kind` takes a string after `=`: write `kind = \"...\"`"),
        (
            "display_name = 5",
            "5: `display_name` takes a string or a function of the call: write `display_name = \"...\"` or \
             `display_name = function_of_the_call`",
        ),
        ("skip_all = true", "=: `skip_all` takes no value: write `skip_all`"),
        ("skip_output(a)", "(: `skip_output` takes no value: write `skip_output`"),
        ("skip = a", "=: `skip` takes a list in parentheses: write `skip(a, b)`"),
        ("skip()", "skip: `skip` is empty: write `skip(a, b)`"),
        ("skip(a.b)", ".: `skip` cannot be read here (expected `,`): write `skip(a, b)`"),
        (
            "attributes(a)",
            "): `attributes` cannot be read here (expected `=`): write `attributes(user = id, \"dotted.key\" = value)`",
        ),
        (
            "attributes(1 = 2)",
            "1: `attributes` cannot be read here (a key is a name or a text): write `attributes(user = id, \
             \"dotted.key\" = value)`",
        ),
        ("crate = \"weave\"", "\"weave\": `crate` takes a path: write `crate = path::to::weave`"),
        ("sample_rate = 1.5", "1.5: `sample_rate` takes a number from 0 to 1: write `sample_rate = 0.1` (from 0 to 1)"),
        ("sample_rate = 2", "2: `sample_rate` takes a number from 0 to 1: write `sample_rate = 0.1` (from 0 to 1)"),
        (
            "sample_rate = \"all\"",
            "\"all\": `sample_rate` takes a number from 0 to 1: write `sample_rate = 0.1` (from 0 to 1)",
        ),
        ("sample_rate", "sample_rate: `sample_rate` takes a number after `=`: write `sample_rate = 0.1` (from 0 to 1)"),
        ("skip_all name = \"x\"", "name: `skip_all` takes no value: write `skip_all`"),
    ];
    for (args, expected) in cases {
        assert_errors(args, ADD, &[expected]);
    }
}

#[test]
fn a_rate_below_zero_is_none() {
    let [error] = &errors("sample_rate = -0.5", ADD)[..] else { panic!("not one error") };
    assert!(error.contains("`sample_rate` takes a number from 0 to 1"), "{error}");
}

#[test]
fn only_arguments_that_exist_are_skipped_or_captured() {
    let none = "x: `f` has no argument `x` (it has none)";
    assert_errors("skip(x)", "fn f() {}", &[none]);
    assert_errors(
        "skip(be)",
        ADD,
        &["be: `add` has no argument `be`; did you mean `bee`? (its arguments are `a`, `bee`)"],
    );
    assert_errors(
        "capture(be)",
        ADD,
        &["be: `add` has no argument `be`; did you mean `bee`? (its arguments are `a`, `bee`, or `be = value` to \
           record a value under that name)"],
    );
    assert_errors("skip(y)", METHOD, &["y: `size` has no argument `y` (its arguments are `self`, `all`)"]);
    assert_errors("skip(self)", ADD, &["self: `add` has no `self` for `skip`: it is not a method"]);
    assert_errors("capture(self)", ADD, &["self: `add` has no `self` for `capture`: it is not a method"]);
}

#[test]
fn contradictions_are_told() {
    assert_errors(
        "skip(a), skip_all",
        ADD,
        &["skip: `skip` and `skip_all` contradict each other: `skip_all` already leaves every argument out; keep one"],
    );
    assert_errors("skip(a, a)", ADD, &["a: `a` is in `skip` twice: keep one of the two"]);
    assert_errors("capture(n = 1, n = 2)", ADD, &["n: `n` is captured twice: keep one of the two"]);
    assert_errors(
        "skip(self), capture(self)",
        METHOD,
        &["self: `self` is both skipped and captured: keep one of the two"],
    );
}

#[test]
fn only_names_what_is_recorded_and_nothing_else_leaves_out() {
    assert_errors("only(self)", METHOD, &[]);
    assert_errors("only(a), capture(n = 1)", ADD, &[]);
    for (args, other) in [("only(a), skip(bee)", "skip"), ("skip_all, only(a)", "skip_all")] {
        let contradiction = format!(
            "only: `only` and `{other}` contradict each other: `only` already leaves every other argument out; keep one"
        );
        assert_errors(args, ADD, &[&contradiction]);
    }
    assert_errors("only(a, a)", ADD, &["a: `a` is in `only` twice: keep one of the two"]);
    assert_errors("only(c)", ADD, &["c: `add` has no argument `c`; did you mean `a`? (its arguments are `a`, `bee`)"]);
    assert_errors("only", ADD, &["only: `only` takes a list in parentheses: write `only(a, b)`"]);
}

#[test]
fn arguments_are_named_as_they_are_in_the_code() {
    for option in ["skip", "only"] {
        for (name, why) in
            [("\"a\"", "the name of an argument has no quotes"), ("_", "an argument called `_` is never recorded")]
        {
            let wrong = format!("{name}: `{option}` cannot be read here ({why}): write `{option}(a, b)`");
            assert_errors(&format!("{option}({name})"), ADD, &[&wrong]);
        }
    }
}

#[test]
fn a_value_cannot_be_left() {
    let before = "which is computed before the body runs";
    assert_errors(
        "capture(n = a?), attributes(m = b().await, k = { return 1 })",
        ADD,
        &[
            &format!(
                "?: `?` cannot leave a value of `capture`, {before}: record the `Result` itself, or what `.ok()` makes of it"
            ),
            &format!(
                "await: `.await` cannot leave a value of `attributes`, {before}: await it in the body, and record it there \
                 with `weave::current_call()`"
            ),
            &format!("return: `return` cannot leave a value of `attributes`, {before}: write the value alone"),
        ],
    );
}

#[test]
fn what_follows_the_return_is_asked_for_only_where_it_can_be() {
    let stream = "fn s() -> impl Stream<Item = u8> { x }";
    assert_errors("accumulate = fold::<u8>", stream, &[]);
    assert_errors("accumulate = off", stream, &[]);
    assert_errors("stream", "fn s() -> impl Chunks { x }", &[]);
    assert_errors("value", stream, &[]);
    assert_errors(
        "accumulate = fold",
        ADD,
        &[
            "accumulate: `accumulate` is for functions that return a stream or an iterator, and `add` does not: remove it",
        ],
    );
    assert_errors(
        "stream",
        ADD,
        &[
            "stream: `stream` is for functions that return `impl Trait`, and `add` does not: any other type shows by itself \
           whether it is a stream",
        ],
    );
    assert_errors(
        "stream, value",
        stream,
        &[
            "stream: `stream` and `value` contradict each other: with `stream` the call ends with the stream, with `value` \
           at the return; keep one",
        ],
    );
    assert_errors(
        "value, accumulate = fold",
        stream,
        &[
            "accumulate: `accumulate` and `value` contradict each other: with `value` the call ends at the return, before \
           any item; keep one",
        ],
    );
    assert_errors(
        "accumulate = fold, skip_output",
        stream,
        &[
            "accumulate: `accumulate` and `skip_output` contradict each other: one says what output to record, the other \
           that there is none; keep one",
        ],
    );
    assert_errors(
        "accumulate = fold",
        "#[track_caller] fn s() -> impl Stream<Item = u8> { x }",
        &["accumulate: `accumulate` needs to see what `s` returns, which is not seen of functions that are \
           `#[track_caller]` or return closures: remove one"],
    );
}

#[test]
fn an_output_is_reshaped_only_where_there_is_one() {
    let stream = "fn s() -> impl Stream<Item = u8> { x }";
    for valid in ["output = f", "output = f::<u8>", "output = |n| n + 1", "inputs = f, output = f, skip_all, value"] {
        assert_errors(valid, ADD, &[]);
        assert_errors(valid, stream, &[]);
    }
    assert_errors(
        "skip_output, output = f",
        ADD,
        &[
            "output: `output` and `skip_output` contradict each other: one says what output to record, the other that there \
           is none; keep one",
        ],
    );
    assert_errors(
        "output = f, accumulate = fold",
        stream,
        &[
            "output: `output` and `accumulate` contradict each other: `accumulate` makes the output of the items; reshape \
           there what it makes, or remove it to have `output` reshape each item",
        ],
    );
    assert_errors(
        "output = f",
        "#[track_caller] fn s() -> u8 { 1 }",
        &[
            "output: `output` needs to see what `s` returns, which is not seen of functions that are `#[track_caller]` or \
           return closures: remove one",
        ],
    );
    assert_errors(
        "output = f",
        "fn s() -> ! { loop {} }",
        &["output: `output` has nothing to reshape: `s` never returns; remove it"],
    );
    assert_errors(
        "inputs = \"f\"",
        ADD,
        &["\"f\": `inputs` takes a function: write `inputs = path::to::function` (of the form `fn(&mut Map<String, \
           Value>)`) or `inputs = |inputs| ..`"],
    );
}

#[test]
fn a_function_to_accumulate_with_is_named() {
    let usage =
        "write `accumulate = path::to::function` (of the form `fn(&mut Accumulated, &Item)`) or `accumulate = off`";
    for (args, wrong) in [
        ("accumulate = \"sum\"", "\"sum\": `accumulate` takes the path of a function, or `off`"),
        ("accumulate = |sum, n| *sum += n", "|sum, n| *sum += n: `accumulate` takes the path of a function, or `off`"),
        ("accumulate", "accumulate: `accumulate` takes a function or `off` after `=`"),
        ("accumulate(sum)", "(: `accumulate` takes a function or `off` after `=`"),
    ] {
        assert_errors(args, "fn s() -> impl Iterator<Item = u8> { x }", &[&format!("{wrong}: {usage}")]);
    }
}

#[test]
fn every_way_to_leave_out_and_add_inputs_is_accepted() {
    let valid = ["skip(self)", "skip_all, capture(self, all)", "skip(all), capture(all = 1)", "skip(self, all,),", ""];
    for args in valid {
        assert_errors(args, METHOD, &[]);
    }
}

#[test]
fn only_functions_that_have_a_body_and_run_at_run_time_are_recorded() {
    let cases = [
        (
            "const fn f() {}",
            "const: #[op] cannot record a `const fn`, which may run at compile time: remove `const`, or annotate its callers",
        ),
        ("struct S;", "struct: #[op] goes on a function with a body, not on a struct"),
        (
            "move |a| a",
            "move: #[op] goes on a function with a body, not on a closure; annotate a function that it calls, or one that \
             contains it",
        ),
        ("{ 1; }", "{: #[op] goes on a function with a body, not on a block; annotate a function that contains it"),
        ("pub const X: u8 = 1;", "const: #[op] goes on a function with a body, not on a constant"),
        (
            "unsafe impl S {}",
            "unsafe: #[op] goes on a function with a body, not on an impl block; annotate its methods",
        ),
        (
            "extern \"C\" { fn f(); }",
            "extern: #[op] goes on a function with a body, not on an extern block, whose functions have no body; \
             annotate a function that calls them",
        ),
        (
            "fn f(&self) -> u8;",
            ";: #[op] needs a function with a body: annotate the implementation, or give this declaration a default body",
        ),
        (
            "let f = |x| x;",
            "let: #[op] goes on a function with a body, not on a statement; annotate a function that contains it",
        ),
    ];
    for (item, expected) in cases {
        assert_errors("", item, &[expected]);
    }
}

#[test]
fn all_errors_are_told_at_once() {
    let found = errors("nam = 1, skip(zz), skip_all = 2", ADD);
    let at: Vec<&str> = found.iter().filter_map(|error| error.split(':').next()).collect();
    assert_eq!(at, ["nam", "=", "zz"]);
    assert_eq!(errors("nam = 1", "struct S;").len(), 2);
}

#[test]
fn an_error_points_at_line_and_column() {
    let error = check(Kind::Op, parse("name = \"x\",\n  skip(pasword)"), parse(ADD)).err().unwrap();
    let start = error.span().start();
    assert_eq!((start.line, start.column), (2, 7));
}

#[test]
fn an_expression_stays_one_value_beside_its_errors() {
    for item in ["|a: u8| a", "async move { 1 }", "{ 1 }", "1"] {
        let expanded: TokenStream = instrument(Kind::Op, parse(""), parse(item));
        assert!(syn::parse2::<syn::Expr>(expanded.clone()).is_ok(), "{expanded}");
    }
    assert_errors(
        "",
        "f(1)",
        &["f: #[op] goes on a function with a body, not on an expression; annotate a function that contains it"],
    );
}

#[test]
fn the_function_is_emitted_untouched_beside_its_errors() {
    for item in [ADD, "const fn f() {}", "fn f(&self);", "struct S;", "fn half(a: u8) { a. }"] {
        let expanded = instrument(Kind::Op, parse("nope"), parse(item)).to_string();
        let untouched = parse(item).to_string();
        assert!(expanded.contains("compile_error") && expanded.ends_with(&untouched), "{expanded}");
    }
}

#[test]
fn a_body_that_is_still_being_typed_is_no_error() {
    assert_errors("", "fn half(a: u8) { a. }", &[]);
}
