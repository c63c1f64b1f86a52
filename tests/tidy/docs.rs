//! The README and the docs have every option there is.

use crate::source::{File, assert_none, read, rust};

#[test]
fn the_readme_has_every_environment_variable_and_every_setting() {
    let readme = read("README.md");
    let names = read("weave-runtime/src/config/mod.rs");
    let builder = read("weave-runtime/src/config/builder.rs") + &read("weave-runtime/src/config/builder/remote.rs");
    let variables = names.split('"').filter(|text| text.starts_with("WEAVE_")).map(|name| format!("`{name}`"));
    let settings = builder.split("pub fn ").skip(1).filter(|method| method.contains("(mut self"));
    let settings = settings.map(|method| format!("{}(", method.split('(').next().unwrap()));
    let missing: Vec<String> = variables.chain(settings).filter(|name| !readme.contains(name)).collect();
    assert_none("add to the table in README.md", &missing);
}

#[test]
fn the_readme_or_the_page_on_destinations_has_every_variable_that_is_read() {
    let docs = read("README.md") + &read("src/docs/destinations.md");
    let code = rust("weave-runtime/src").into_iter().filter(|file| !file.is_tests());
    let is_ours = |text: &str| {
        let rest = ["WEAVE_", "WANDB_", "WF_", "OTEL_"].iter().find_map(|prefix| text.strip_prefix(prefix));
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
    };
    let mut missing = Vec::new();
    for file in code {
        let lines: Vec<&str> = file.code().map(|(_, line)| line).collect();
        let names = lines.iter().flat_map(|line| line.split('"')).filter(|text| is_ours(text));
        // One for traces is told of once for all.
        let names = names.map(|name| name.replace("_OTLP_TRACES_", "_OTLP_"));
        missing.extend(names.filter(|name| !docs.contains(&format!("`{name}`"))));
    }
    assert_none("add to the tables in src/docs/destinations.md", &missing);
}

#[test]
fn the_readme_has_every_feature() {
    let manifest = read("Cargo.toml");
    let (_, features) = manifest.split_once("\n[features]\n").unwrap();
    let features = features.lines().take_while(|line| !line.starts_with('['));
    let names = features.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    let readme = read("README.md");
    let missing: Vec<String> = names
        .map(|(name, _)| format!("`{name}`"))
        .filter(|name| name != "`default`" && !readme.contains(name))
        .collect();
    assert_none("add to the features in README.md", &missing);
}

#[test]
fn the_docs_of_the_annotation_have_every_option() {
    let docs = read("src/docs/op.md");
    let names = ["weave-macros/src/args.rs", "weave-macros/src/args/facts.rs"].into_iter().flat_map(options);
    let missing: Vec<String> = names.filter(|name| !docs.contains(&format!("\n| `{name}"))).collect();
    assert_none("add to the table in src/docs/op.md", &missing);
}

#[test]
fn the_docs_of_the_other_annotations_have_those_of_their_own() {
    let path = "weave-macros/src/args/agents.rs";
    let mut missing = Vec::new();
    for (list, page) in [("TURN", "turn"), ("LLM", "llm"), ("TOOL", "tool")] {
        let docs = read(&format!("src/docs/{page}.md"));
        let rows: Vec<&str> = docs.lines().filter_map(|line| line.strip_prefix("| `")).collect();
        let names = options_in(path, list);
        let has = |name: &str| rows.iter().any(|row| row.split([' ', '`', ',']).next() == Some(name));
        missing.extend(names.iter().filter(|name| !has(name)).map(|name| format!("{page}.md: {name}")));
        let more = rows.len().saturating_sub(names.len());
        missing.extend((more > 0).then(|| format!("{page}.md has {more} rows more than there are options")));
    }
    assert_none("make the tables of options as they are", &missing);
}

/// The names of the options in a file's list of them.
fn options(path: &str) -> Vec<String> {
    let names = options_in(path, "OPTIONS");
    assert!(names.len() > 4, "the options were not found in {path}: {names:?}");
    names
}

fn options_in(path: &str, list: &str) -> Vec<String> {
    let text = read(path);
    let (_, list) = text.split_once(&format!("const {list}:")).unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let lines = list.lines().map(str::trim);
    // A long one has a line of its own for its name.
    let name = |line: &str| Some(line.trim_start_matches('(').strip_prefix('"')?.split_once("\",")?.0.to_owned());
    let names = lines.filter_map(name).filter(|name: &String| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    let names: Vec<String> = names.collect();
    assert!(!names.is_empty(), "no options were found in {path}");
    names
}

#[test]
fn an_option_that_is_a_fact_of_the_op_is_added_in_three_files() {
    const FILES: [&str; 3] =
        ["weave-macros/src/args/facts.rs", "weave-macros/src/expand/op.rs", "weave-runtime/src/record/op.rs"];
    // What calls carry has some of these names, too.
    let folders = ["weave-macros/src", "weave-runtime/src/record"];
    let sources = || folders.into_iter().flat_map(rust).filter(|file| !file.is_tests());
    for option in ["color", "sample_rate"] {
        let names = |file: &File| file.code().any(|(_, line)| line.contains(option));
        let found: Vec<String> = sources().filter(|file| names(file)).map(|file| file.path).collect();
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|path| !path.ends_with("/tests.rs")).collect();
        assert_eq!(found, FILES, "{option}");
    }
}

#[test]
fn every_row_of_the_tables_of_shapes_names_a_function_of_an_example() {
    let mut missing = Vec::new();
    for page in ["shapes", "methods", "streams"] {
        let text = read(&format!("src/docs/{page}.md"));
        let (examples, prose): (Vec<_>, Vec<_>) = text.split("```").enumerate().partition(|(index, _)| index % 2 == 1);
        let examples: String = examples.into_iter().map(|(_, example)| example).collect();
        let tables = prose.into_iter().flat_map(|(_, prose)| tables(prose));
        let rows = tables.filter(|table| table[0].ends_with("| example |")).flat_map(|table| table.into_iter().skip(2));
        for row in rows {
            let last = row.trim_end_matches(" |").rsplit("| ").next().unwrap();
            let names = last.split(", ").map(|name| name.trim_matches('`'));
            // Once where it is made, once where it is run or expected.
            let others = names.filter(|name| !examples.contains(&format!("{name}(")) || count(&examples, name) < 2);
            missing.extend(others.map(|name| format!("{page}.md: `{name}` of {row}")));
        }
    }
    assert_none("give these rows an example", &missing);
}

#[test]
fn documents_are_short_enough_to_be_read() {
    for (path, most) in [("README.md", 150), ("CONTRIBUTING.md", 60)] {
        let lines = read(path).lines().count();
        assert!(lines < most, "{path} has {lines} lines: keep it below {most}");
    }
}

/// The tables of a text, each as its lines.
fn tables(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let parts = lines.split(|line| !line.starts_with('|'));
    parts.filter(|part| !part.is_empty()).map(<[&str]>::to_vec).collect()
}

/// How often a text has a word.
fn count(text: &str, word: &str) -> usize {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|found| *found == word).count()
}
