#!/usr/bin/env python3
"""What Arize Phoenix understood of the spans: phoenix_view.py URL STORE. Run by scripts/test-receivers."""
import json
import sys
import time
import urllib.parse
import urllib.request

import recorded

PROJECT = "research-agent"
KINDS = {"turn": "AGENT", "sub_agent": "AGENT", "llm": "LLM", "tool": "TOOL", "op": "CHAIN"}


def read(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def spans_of(url, wanted):
    """All spans of the project, once there are as many as there have to be: it takes them in in the background."""
    for _ in range(50):
        projects = [project["name"] for project in read(f"{url}/v1/projects")["data"]]
        name = PROJECT if PROJECT in projects else "default"
        spans = read(f"{url}/v1/projects/{urllib.parse.quote(name)}/spans?limit=1000")["data"]
        if len(spans) >= wanted:
            break
        time.sleep(0.2)
    return name, {span["context"]["span_id"]: span for span in spans}


def number(attributes, key):
    return int(float(attributes.get(key) or 0))


def main():
    url, store = sys.argv[1:]
    calls = recorded.calls(store)
    project, spans = spans_of(url, len(calls))
    report = recorded.Report("Arize Phoenix")
    report.row("project", project, PROJECT)
    report.row("spans", len(spans), len(calls))
    report.row("spans with the ids of calls", len(spans.keys() & calls.keys()), len(calls))
    pairs = [(call, spans[call.id], spans[call.id]["attributes"]) for call in calls.values() if call.id in spans]
    for kind, shown in KINDS.items():
        of_kind = [span["span_kind"] for call, span, _ in pairs if call.kind == kind]
        report.row(f"shown as {shown}, of {kind}", of_kind.count(shown), len(of_kind))
    parents = sum((span["parent_id"] or None) == (call.parent if call.parent in calls else None) for call, span, _ in pairs)
    report.row("below the same parent", parents, len(calls))
    failed = [(call, span) for call, span, _ in pairs if call.status == "error"]
    report.row("errors, with their message", sum(
        span["status_code"] == "ERROR" and span["status_message"] == call.message for call, span in failed), len(failed))
    report.row("errors that are none", sum(span["status_code"] == "ERROR" for _, span, _ in pairs) - len(failed), 0)
    models = [(call, attributes) for call, _, attributes in pairs if call.kind == "llm"]
    report.row("calls of models with messages in and out", sum(
        "llm.input_messages.0.message.role" in attributes and "llm.output_messages.0.message.role" in attributes
        for _, attributes in models), len(models))
    for side, counted in (("prompt", "input_tokens"), ("completion", "output_tokens")):
        found = sum(number(attributes, f"llm.token_count.{side}") for _, attributes in models)
        report.row(f"{side} tokens", found, sum(getattr(call, counted) for call, _ in models))
    tools = [attributes for call, _, attributes in pairs if call.kind == "tool"]
    report.row("tools by their names", sum("tool.name" in attributes for attributes in tools), len(tools))
    sessions = {attributes.get("session.id") for call, _, attributes in pairs if call.kind in ("turn", "llm", "tool")}
    report.row("sessions, of one conversation", len(sessions), 1)
    with_inputs = [(span, attributes) for call, span, attributes in pairs if call.inputs != "{}" and call.kind != "tool"]
    report.row("turns, models and ops with input", sum("input.value" in a for _, a in with_inputs), len(with_inputs))
    report.end()


main()
