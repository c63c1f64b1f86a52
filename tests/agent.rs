//! The example `agent`, run as a process: what it says of a directory, and what it leaves in the store.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, also in what it calls")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, thread};

use serde_json::{Value, json};
use tempfile::TempDir;
use weave::{BlockingClient, Client, Kind, Status};

const MANIFEST: &str = "\
[package]
name = \"orchard\"

[dependencies]
ladder = { version = \"1\", features = [
    \"long = true\",
] }
basket.workspace = true # woven

[dependencies.rope]
version = \"2\"

[dev-dependencies]
scales = \"1\"
";

/// What a run of the example printed.
struct Run {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

/// Runs the example with nothing of this process's environment.
fn run(project: &Path, store: &Path, variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(example());
    command.arg(project).env_clear().envs(env::vars_os().filter(|(name, _)| name == "SYSTEMROOT"));
    let output = command.env("WEAVE_DIR", store).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
}

/// `cargo test` builds the examples beside its tests.
fn example() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let path = tests
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("examples")
        .join(format!("agent{}", env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not there: run `cargo build --example agent` first", path.display());
    path
}

/// A project of nine text files, beside much that is not to be looked at.
fn orchard() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("orchard");
    let file = |path: &str, content: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    file("Cargo.toml", MANIFEST);
    file(
        "src/lib.rs",
        "//! Fruit.\n\n#[weave::op]\npub fn pick() {}\n\n#[weave::tool]\nfn prune() {}\n\npub fn plant() {}\n",
    );
    file("src/press.rs", &format!("//! Makes juice.\n{}", "// apple\n".repeat(76)));
    for name in ["apple", "cherry", "medlar", "pear", "plum", "quince"] {
        file(&format!("src/fruit/{name}.rs"), "// sweet\n".repeat(name.len()).as_str());
    }
    file("Cargo.lock", &"# locked\n".repeat(900));
    file("target/debug/built.rs", &"// built\n".repeat(900));
    file(".hidden/notes.rs", "#[weave::op]\npub fn secret() {}\n");
    file("logo.png", "\u{0}\u{1}\u{2}");
    (folder, root)
}

fn store_of(store: &TempDir) -> BlockingClient {
    Client::local(store.path()).blocking()
}

#[test]
fn the_answers_are_those_of_the_directory() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    let run = run(&project, store.path(), &[]);

    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let answers = "\
Which public functions are annotated?
  1 of 2 annotated functions are public: pick (src/lib.rs:4)
Which files are longest?
  The longest of 9 files: src/press.rs (77 lines), Cargo.toml (14 lines), src/lib.rs (9 lines)
  The first begins: //! Makes juice.
What does this project depend on?
  dependencies (3): ladder, basket, rope
  dev-dependencies (1): scales
";
    assert!(run.stdout.contains(answers), "{}", run.stdout);
}

#[test]
fn the_tree_shows_what_failed_what_panicked_and_what_was_cancelled() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    let run = run(&project, store.path(), &[]);

    for part in [
        "✓ turn [orchard] research(",
        "├─ ✓ llm chat(user: \"The project is \"or",
        " -> search_text(..), list_files()",
        "├─ ⊘ tool search_text(text: \"#[weave::\") cancelled",
        "failed: no file, try \"Cargo.toml\"",
        "├─ ✓ tool dependencies(path: \"Cargo.toml\") -> {\"dependencies\":[\"ladder\"",
        "panicked: there is no line 0",
        "├─ ✓ tool longest_files(limit: 3) -> ",
        "│  └─ ✓ count_lines(",
        "└─ ✓ llm chat(tool: ",
        " -> \"Which public functions",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in\n{}", run.stdout);
    }
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
    assert!(run.stderr.contains(store.path().to_str().unwrap()), "{}", run.stderr);
}

#[test]
fn what_it_prints_is_what_is_in_the_store() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    let run = run(&project, store.path(), &[]);

    let client = store_of(&store);
    let totals = client.calls().totals().unwrap();
    assert!(run.stdout.contains(&format!("\ntotal    {totals}\n")), "{}", run.stdout);
    assert_eq!((totals.calls, totals.errors), (client.calls().count().unwrap(), 2));

    let of = |op: &str, status| client.calls().op(op).status(status).count().unwrap();
    assert_eq!((of("dependencies", Status::Error), of("dependencies", Status::Success)), (1, 1));
    assert_eq!((of("read_lines", Status::Error), of("read_lines", Status::Success)), (1, 1));
    assert_eq!((of("search_text", Status::Cancelled), of("search_text", Status::Success)), (1, 0));
    for line in [
        "tools    annotated_functions 1 success dependencies 1 success        dependencies 1 error\n",
        "\nslowest  ⊘ tool search_text(text: \"#[weave::\") cancelled  ",
        "\nfailed   dependencies with ToolError: no file, try \"Cargo.toml\"\n",
        "\nfailed   read_lines with panic: there is no line 0\n",
    ] {
        assert!(run.stdout.contains(line), "{line} is not in\n{}", run.stdout);
    }
    assert!(run.stderr.contains("agent: read_lines panicked at "), "{}", run.stderr);

    // Four rounds of three, three, one and one tools, and the answer; the critic's, and the summary.
    assert_eq!(client.calls().kind(Kind::Llm).count().unwrap(), 5 + 2);
    assert_eq!(client.calls().kind(Kind::Tool).count().unwrap(), 8);
    let root = client.calls().op("research").first().unwrap().unwrap();
    assert_eq!(client.calls().parent(root.id()).count().unwrap(), 5 + 8);
    let asked = client.calls().kind(Kind::Llm).list().unwrap();
    assert_eq!(totals.total_tokens, asked.iter().map(|call| call.usage().unwrap().total_tokens.unwrap()).sum::<u64>());
}

#[test]
fn each_run_is_added_to_the_store() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    run(&project, store.path(), &[]);
    let second = run(&project, store.path(), &[]);

    let runs = format!("\nruns     2 so far in {}\n", store.path().display());
    assert!(second.stdout.ends_with(&runs), "{}", second.stdout);
    assert_eq!(store_of(&store).calls().roots().count().unwrap(), 2 * 2);
}

#[test]
fn another_model_is_asked_where_the_variables_say() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    // As OpenAI answers, with much that the example has no use for.
    let wish = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "big-2026", "system_fingerprint": null,
        "choices": [{ "index": 0, "logprobs": null, "finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": null, "refusal": null, "annotations": [],
            "tool_calls": [{ "id": "call_x", "type": "function", "function": { "name": "list_files", "arguments": "" } }],
        }}],
        "usage": { "prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34, "prompt_tokens_details": {} },
    });
    let answer = json!({
        "model": "big-2026",
        "choices": [{ "finish_reason": "stop", "message": { "role": "assistant", "content": "Nine files." } }],
        "usage": { "prompt_tokens": 50, "completion_tokens": 3, "total_tokens": 53 },
    });
    let doubts = json!({
        "model": "big-2026",
        "choices": [{ "finish_reason": "stop", "message": { "role": "assistant", "content": "None." } }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12 },
    });
    let summary = "data: {\"model\":\"big-2026\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Nine.\"},\"finish_reason\":null}]}\n\n\
        data: {\"model\":\"big-2026\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
        data: {\"model\":\"big-2026\",\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":1}}\n\n\
        data: [DONE]\n\n";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/api/v1/", listener.local_addr().unwrap());
    let answers = [wish, answer, doubts].map(|completion| completion.to_string());
    let answers = answers.into_iter().chain([summary.to_owned()]);
    let server =
        thread::spawn(move || answers.map(|answer| serve_once(&listener, "200 OK", &answer)).collect::<Vec<_>>());
    let run = run(
        &project,
        store.path(),
        &[("OPENAI_BASE_URL", &base_url), ("OPENAI_API_KEY", "sesame"), ("OPENAI_MODEL", "big")],
    );

    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("\nNine files.\n"), "{}", run.stdout);
    assert!(run.stdout.contains("total    8 calls, 120 tokens\n"), "{}", run.stdout);
    let requests = server.join().unwrap();
    let [(head, first), (_, second), (_, third), (_, last)] = requests.as_slice() else { unreachable!() };
    assert!(head.starts_with("POST /api/v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("\r\nauthorization: bearer sesame\r\n"), "{head}");
    assert_eq!((&first["model"], &first["tools"][0]["type"]), (&json!("big"), &json!("function")));
    let messages = second["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    assert_eq!(
        (&messages[2]["tool_calls"][0]["id"], &messages[3]["tool_call_id"]),
        (&json!("call_x"), &json!("call_x"))
    );
    assert!(messages[3]["content"].as_str().unwrap().contains("\"files\":9"));
    assert_eq!((&third["tools"], &third["messages"][1]["content"]), (&Value::Null, &json!("Nine files.")));
    assert_eq!(
        (&last["stream"], &last["messages"][2]["content"]),
        (&json!(true), &json!("In one sentence? A critic said: None."))
    );

    let client = store_of(&store);
    let turns = client.turns(&client.conversations().list().unwrap()[0].id).unwrap();
    let said: Vec<String> = turns.iter().map(ToString::to_string).collect();
    assert!(said[1].contains("\"In one sentence?\" -> \"Nine.\""), "{said:?}");
}

#[test]
fn a_model_that_refuses_ends_the_run_with_its_words() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let refusal = json!({ "error": { "message": "no such key" } });
    let server = thread::spawn(move || serve_once(&listener, "401 Unauthorized", &refusal.to_string()));
    let run = run(&project, store.path(), &[("OPENAI_BASE_URL", &base_url)]);
    server.join().unwrap();

    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stderr.contains("answered 401 Unauthorized: "), "{}", run.stderr);
    assert!(run.stderr.contains("no such key"), "{}", run.stderr);
    let call = store_of(&store).calls().kind(Kind::Llm).first().unwrap().unwrap();
    assert_eq!(call.status(), Status::Error);
}

#[test]
fn a_model_that_cannot_be_reached_is_a_clear_error() {
    let ((_folder, project), store) = (orchard(), tempfile::tempdir().unwrap());
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = run(&project, store.path(), &[("OPENAI_BASE_URL", &format!("http://{address}/v1"))]);

    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let expected = format!("agent: no answer from http://{address}/v1/chat/completions: ");
    assert!(run.stderr.contains(&expected), "{}", run.stderr);
    assert!(run.stderr.contains("OPENAI_BASE_URL"), "{}", run.stderr);
}

#[test]
fn a_directory_that_is_not_there_is_a_clear_error() {
    let store = tempfile::tempdir().unwrap();
    let missing = store.path().join("nowhere");
    let run = run(&missing, store.path(), &[]);

    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.starts_with(&format!("agent: cannot look through {}: ", missing.display())), "{}", run.stderr);
}

/// Answers one request; returns its head and body.
fn serve_once(listener: &TcpListener, status: &str, answer: &str) -> (String, Value) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(&stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "the request ends in its head: {head}");
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    let mut body = vec![0; length.expect("a request says how long it is").parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}", answer.len())
        .unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}
