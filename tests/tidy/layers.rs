//! Which module may name which.

use std::collections::BTreeSet;

use crate::source::{File, assert_none, read, rust};

/// The modules of the runtime that all others may name, and that name nothing but each other.
const VOCABULARY: &str = "id genai error record value sink query diagnostics amount secret";

/// What each of the others may name beside the vocabulary. `lib` is what the crate's root re-exports.
const ARROWS: [(&str, &str); 18] = [
    // recording: from a function to a draft
    ("recording", ""),
    ("private", "recording"),
    // the other side of OpenTelemetry: exporters and foreign spans
    ("otel", "recording span"),
    // telling: from a record to what destinations of spans are told
    ("span", ""),
    // delivering: from drafts to sinks
    ("pipeline", "recording"),
    // delivering to other machines
    ("net", "config"),
    ("remote", "config recording pipeline store"),
    ("otlp", "config net pipeline remote span"),
    ("wandb", "config net otlp pipeline remote"),
    // storing and reading
    ("store", ""),
    ("client", "store chat"),
    // showing
    ("tree", ""),
    ("chat", "tree"),
    ("console", "tree"),
    // joining: where the columns meet
    ("local_sink", "pipeline store"),
    ("config", ""),
    ("init", "config recording pipeline local_sink otlp wandb console client"),
    ("testing", "config recording pipeline tree"),
];

/// Of recording, the pipeline sees where drafts come from, how to begin and end taking them, and how to keep the sinks from
/// being recorded. What is logged brings its room along.
const SEEN_BY_PIPELINE: [&str; 6] = ["Recorder", "Admitted", "Share", "install", "uninstall", "Quiet"];

/// The files of recording that a new version of OpenTelemetry may break, beside those of its own column.
const NAME_OPENTELEMETRY: &str =
    "active call context foreign future handle in_context json local propagate region remote span unseen";

/// Those that name what it has others write or call.
const SPEAK_OPENTELEMETRY: [&str; 2] = ["weave-runtime/src/otlp/grpc/mod.rs", "weave-runtime/src/otlp/json/mod.rs"];

#[test]
fn arrows_between_modules_of_the_runtime_point_the_way_they_are_drawn() {
    let mut wrong = Vec::new();
    for file in sources("weave-runtime/src") {
        let from = module(&file);
        let Some(allowed) = allowed(from) else {
            wrong.push(format!("{}: {from} has no place among the layers: give it one in {}", file.path, file!()));
            continue;
        };
        for (line, target) in named_modules(&file) {
            if target != from && !allowed.contains(target.as_str()) {
                wrong.push(format!("{}:{line}: {from} may not name {target}", file.path));
            }
        }
    }
    assert_none("arrows that point up or across", &wrong);
}

#[test]
fn every_arrow_that_is_allowed_is_there() {
    let mut unused = Vec::new();
    for (from, targets) in ARROWS {
        let found: BTreeSet<String> = sources("weave-runtime/src")
            .iter()
            .filter(|file| module(file) == from)
            .flat_map(|file| named_modules(file).into_iter().map(|(_, target)| target).collect::<Vec<_>>())
            .collect();
        let missing = targets.split_whitespace().filter(|target| !found.contains(*target));
        unused.extend(missing.map(|target| format!("{from} does not name {target} any more")));
    }
    assert_none("arrows to take off the table", &unused);
}

#[test]
fn the_pipeline_sees_of_recording_what_it_was_given_and_nothing_else() {
    let mut wrong = Vec::new();
    for file in sources("weave-runtime/src/pipeline") {
        for (line, code) in file.code() {
            let Some((_, names)) = code.split_once("recording::") else { continue };
            let names = names.trim_start_matches('{').split('}').next().unwrap().split(", ").map(identifier);
            let others = names.filter(|name| *name != "self" && !SEEN_BY_PIPELINE.contains(name));
            wrong.extend(others.map(|name| format!("{}:{line}: recording::{name}", file.path)));
        }
    }
    assert_none("the pipeline reaches into recording", &wrong);
}

#[test]
fn only_the_bridge_names_opentelemetry() {
    let recording = NAME_OPENTELEMETRY.split_whitespace().map(|name| format!("weave-runtime/src/recording/{name}.rs"));
    let expected: BTreeSet<String> = recording.chain(SPEAK_OPENTELEMETRY.map(str::to_owned)).collect();
    let named: BTreeSet<String> = ["src", "weave-runtime/src", "weave-macros/src"]
        .into_iter()
        .flat_map(sources)
        .filter(|file| file.code().any(|(_, code)| code.contains("opentelemetry")))
        .map(|file| file.path)
        .filter(|path| !path.starts_with("weave-runtime/src/otel/"))
        .collect();
    assert_eq!(named, expected);
}

#[test]
fn the_macros_know_the_runtime_by_one_path_only() {
    let dependencies = read("weave-macros/Cargo.toml");
    assert!(!dependencies.contains("weave-runtime"), "weave-macros depends on the runtime");
    let mut wrong = Vec::new();
    for file in sources("weave-macros/src") {
        for (line, code) in file.code() {
            let is_door = file.path.ends_with("/model.rs");
            if code.contains("weave_runtime") || (code.contains(" ::weave") || code.contains("__private")) && !is_door {
                wrong.push(format!("{}:{line}: {}", file.path, code.trim()));
            }
        }
    }
    assert_none("expansions reach the runtime through the path that model.rs makes", &wrong);
}

/// The Rust files that are not unit tests.
fn sources(folder: &str) -> Vec<File> {
    rust(folder).into_iter().filter(|file| !file.is_tests()).collect()
}

/// The module directly below the root that a file of the runtime belongs to.
fn module(file: &File) -> &str {
    let path = file.path.strip_prefix("weave-runtime/src/").unwrap();
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// What a module may name; `None` for one that the table does not have.
fn allowed(module: &str) -> Option<BTreeSet<&'static str>> {
    let own = ARROWS.iter().find(|(from, _)| *from == module).map(|(_, targets)| *targets);
    let own = own.or_else(|| VOCABULARY.split_whitespace().any(|name| name == module).then_some(""));
    if module == "lib" {
        return Some(runtime_modules().map(|(name, _)| name).collect());
    }
    Some(VOCABULARY.split_whitespace().chain(own?.split_whitespace()).collect())
}

fn runtime_modules() -> impl Iterator<Item = (&'static str, &'static str)> {
    VOCABULARY.split_whitespace().map(|name| (name, "")).chain(ARROWS)
}

/// The modules that a file names by `crate::..`, with the lines. What is not a module is the root's.
fn named_modules(file: &File) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (line, code) in file.code() {
        assert!(!code.contains("use crate::{"), "{}:{line}: write one `use crate::module` per module", file.path);
        assert!(!code.contains("super::super::"), "{}:{line}: write `crate::module` instead", file.path);
        for after in code.split("crate::").skip(1) {
            let name = identifier(after);
            let is_module = runtime_modules().any(|(module, _)| module == name);
            named.push((line, if is_module { name } else { "lib" }.to_owned()));
        }
    }
    named
}

fn identifier(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
}
