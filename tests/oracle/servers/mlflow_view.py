#!/usr/bin/env python3
"""What MLflow understood of the spans: mlflow_view.py URL STORE. Run by scripts/test-receivers, with MLflow's Python."""
import json
import logging
import sys
import time
import warnings

import mlflow

import recorded

EXPERIMENT = "0"
KINDS = {"turn": "AGENT", "sub_agent": "AGENT", "llm": "CHAT_MODEL", "tool": "TOOL", "op": "CHAIN"}


def traces_of(url, wanted):
    """All traces, once they have as many spans as there have to be."""
    warnings.simplefilter("ignore")
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(url)
    for _ in range(50):
        traces = mlflow.search_traces(locations=[EXPERIMENT], return_type="list")
        if sum(len(trace.data.spans) for trace in traces) >= wanted:
            break
        time.sleep(0.2)
    return traces


def tokens(trace):
    return json.loads(trace.info.trace_metadata.get("mlflow.trace.tokenUsage", "{}"))


def main():
    url, store = sys.argv[1:]
    calls = recorded.calls(store)
    traces = traces_of(url, len(calls))
    spans = {span.span_id: span for trace in traces for span in trace.data.spans}
    report = recorded.Report("MLflow")
    report.row("traces", len(traces), len({call.trace for call in calls.values()}))
    report.row("spans", len(spans), len(calls))
    report.row("spans with the ids of calls", len(spans.keys() & calls.keys()), len(calls))
    pairs = [(call, spans[call.id]) for call in calls.values() if call.id in spans]
    for kind, shown in KINDS.items():
        of_kind = [span.span_type for call, span in pairs if call.kind == kind]
        report.row(f"shown as {shown}, of {kind}", of_kind.count(shown), len(of_kind))
    parents = sum((span.parent_id or None) == (call.parent if call.parent in calls else None) for call, span in pairs)
    report.row("below the same parent", parents, len(calls))
    failed = [(call, span) for call, span in pairs if call.status == "error"]
    report.row("errors, with their message", sum(
        span.status.status_code.name == "ERROR" and span.status.description == call.message for call, span in failed),
        len(failed))
    with_inputs = [(call, span) for call, span in pairs if call.inputs != "{}"]
    report.row("spans with the inputs that were recorded", sum(
        span.inputs == json.loads(call.inputs) for call, span in with_inputs), len(with_inputs))
    models = [call for call, _ in pairs if call.kind == "llm"]
    for side in ("input_tokens", "output_tokens"):
        found = sum(tokens(trace).get(side, 0) for trace in traces)
        report.row(f"{side.replace('_', ' ')}, of all traces", found, sum(getattr(call, side) for call in models))
    sessions = {trace.info.trace_metadata.get("mlflow.trace.session") for trace in traces}
    report.row("sessions, of one conversation", len(sessions), 1)
    report.row("traces with a request and a response to show", sum(
        bool(trace.info.request_preview and trace.info.response_preview) for trace in traces), len(traces))
    report.end()


main()
