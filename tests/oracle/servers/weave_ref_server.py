#!/usr/bin/env python3
"""The trace server of W&B Weave, for tests on loopback: the server code that is in the wheel of PyPI's weave 0.52.43
(weave.trace_server), over embedded ClickHouse (chdb). The HTTP layer is not in the wheel; the thin one here is ours.

  scripts/test-weave-server installs it, starts it and runs the tests. By hand:
  python weave_ref_server.py --port 6109 [--db folder] [--log requests.jsonl]
  then: WF_TRACE_SERVER_URL=http://127.0.0.1:6109 WANDB_BASE_URL=http://127.0.0.1:6109 WANDB_API_KEY=<40 characters>

Weave's own: validation models, call batching and merging, query builder, objects, refs, files, feedback, costs, threads, stats,
OTLP -> call, OTLP -> agent span, agents queries and chat view, errors -> status codes. Ours: the routing table (paths as the
official clients use them), auth (a key of 40 characters is let in), GraphQL (viewer, project, upsertModel), decoding of OTLP bodies.
"""
import argparse, base64, gzip, inspect, json, os, sys, threading, time, types, typing, uuid
from concurrent.futures import ThreadPoolExecutor

os.environ.update(DD_TRACE_ENABLED="false", DD_INSTRUMENTATION_TELEMETRY_ENABLED="false", WANDB_ERROR_REPORTING="false",
                  LITELLM_LOCAL_MODEL_COST_MAP="True")
ap = argparse.ArgumentParser()
ap.add_argument("--port", type=int, default=6109); ap.add_argument("--db", help="directory (default: a fresh temporary one; chdb :memory: is per handle, so no use here)"); ap.add_argument("--log")
ap.add_argument("--deny", default="", help="comma list of path prefixes answered 404, to see what a client needs")
ap.add_argument("--otlp-calls", action="store_true", help="also store /agents/otel spans as calls")
A = ap.parse_args()
if not A.db:
    import atexit, shutil, tempfile
    A.db = tempfile.mkdtemp(prefix="weave_ref_")
    atexit.register(shutil.rmtree, A.db, ignore_errors=True)

import clickhouse_connect  # noqa: E402
clickhouse_connect.get_client = lambda **kw: clickhouse_connect.driver.create_client(interface="chdb", path=A.db)
# two modules the wheel leaves out / limits that only matter for a fresh database:
pk = types.ModuleType("weave.trace_server.model_providers"); pk.__path__ = []
mp = types.ModuleType("weave.trace_server.model_providers.model_providers")
mp.VERTEX_PROVIDER_NAMES = (); mp.LLMModelProviderInfo = dict; mp.read_model_to_provider_info_map = lambda *a, **k: {}
sys.modules[pk.__name__], sys.modules[mp.__name__] = pk, mp
import sqlparse.engine.grouping as _g  # noqa: E402
_g.MAX_GROUPING_TOKENS = _g.MAX_GROUPING_DEPTH = None

from fastapi import FastAPI, Request  # noqa: E402
from fastapi.responses import JSONResponse, Response, StreamingResponse  # noqa: E402
import warnings; warnings.simplefilter("ignore", DeprecationWarning)  # noqa: E402
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse  # noqa: E402
from pydantic import BaseModel, ValidationError  # noqa: E402
from weave.trace_server import errors, trace_server_interface as tsi  # noqa: E402
from weave.trace_server.clickhouse_trace_server_batched import ClickHouseTraceServer  # noqa: E402
from weave.trace_server.external_to_internal_trace_server_adapter import ExternalTraceServer, IdConverter  # noqa: E402
import weave.version  # noqa: E402

class Ids(IdConverter):
    """entity/project <-> base64("ProjectInternalId:<n>"), the form the server's SQL guards insist on."""
    fwd, back, lock = {}, {}, threading.Lock()
    def ext_to_int_project_id(self, p):
        with self.lock:
            if p not in self.fwd:
                i = base64.b64encode(f"ProjectInternalId:{len(self.fwd) + 1}".encode()).decode()
                self.fwd[p] = i; self.back[i] = p
            return self.fwd[p]
    def int_to_ext_project_id(self, p): return self.back.get(p)
    @staticmethod
    def dec(x):
        try: return base64.b64decode(x, validate=True).decode()
        except Exception: return x
    def ext_to_int_run_id(self, r):
        project, run = r.rsplit("/", 1)
        return f"{self.ext_to_int_project_id(project)}:{run}"
    def int_to_ext_run_id(self, r):
        project, run = r.split(":", 1)
        return f"{self.int_to_ext_project_id(project)}/{run}"
    def ext_to_int_user_id(self, u): return base64.b64encode(u.encode()).decode()
    def int_to_ext_user_id(self, u): return self.dec(u)


inner = ClickHouseTraceServer(host="chdb", database="weave")
t0 = time.time(); inner._run_migrations(); print(f"migrated in {time.time()-t0:.1f}s", flush=True)
srv = ExternalTraceServer(inner, Ids())
pool = ThreadPoolExecutor(2)
loglock = threading.Lock()
USER = "local-user"

ROUTES = """
POST /call/start call_start|POST /call/end call_end|POST /call/read call_read|POST /call/update call_update
POST /call/upsert_batch call_start_batch|POST /calls/delete calls_delete|POST /calls/query calls_query
POST /calls/stream_query calls_query_stream|POST /calls/query_stats calls_query_stats|POST /calls/stats call_stats
POST /calls/usage calls_usage|POST /trace/usage trace_usage|POST /calls/score calls_score
POST /v2/{entity}/{project}/calls/complete calls_complete|POST /v2/{entity}/{project}/call/start call_start_v2
POST /v2/{entity}/{project}/call/end call_end_v2
POST /obj/create obj_create|POST /obj/read obj_read|POST /objs/query objs_query|POST /obj/delete obj_delete
PUT /objs/{object_id}/versions/{digest}/tags obj_add_tags|POST /objs/{object_id}/versions/{digest}/tags/remove obj_remove_tags
PUT /objs/{object_id}/aliases obj_set_aliases|POST /objs/{object_id}/aliases/remove obj_remove_aliases
GET /tags tags_list|GET /aliases aliases_list
POST /table/create table_create|POST /table/update table_update|POST /table/query table_query|POST /table/query_stats table_query_stats
POST /table/create_from_digests table_create_from_digests|POST /table/query_stats_batch table_query_stats_batch
POST /refs/read_batch refs_read_batch|POST /files/query_stats files_stats|POST /files/stats files_stats
POST /feedback/create feedback_create|POST /feedback/batch/create feedback_create_batch|POST /feedback/query feedback_query
POST /feedback/purge feedback_purge|POST /feedback/replace feedback_replace|POST /feedback/stats feedback_stats
POST /feedback/aggregate feedback_aggregate|POST /feedback/payload_schema feedback_payload_schema
POST /cost/create cost_create|POST /cost/query cost_query|POST /cost/purge cost_purge
POST /project/stats project_stats|POST /project/ttl_settings/read project_ttl_settings_read|POST /project/ttl_settings/update project_ttl_settings_update
POST /threads/stream_query threads_query_stream|POST /service/projects_info projects_info
POST /annotation_queues annotation_queue_create|POST /annotation_queues/query annotation_queues_query_stream
GET /annotation_queues/{queue_id} annotation_queue_read|POST /annotation_queues/{queue_id}/items annotation_queue_add_calls
POST /annotation_queues/{queue_id}/items/query annotation_queue_items_query|POST /annotation_queues/stats annotation_queues_stats
POST /v2/{entity}/{project}/ops op_create|GET /v2/{entity}/{project}/ops/{object_id}/versions/{digest} op_read|GET /v2/{entity}/{project}/ops op_list|DELETE /v2/{entity}/{project}/ops/{object_id} op_delete
POST /v2/{entity}/{project}/datasets dataset_create|GET /v2/{entity}/{project}/datasets/{object_id}/versions/{digest} dataset_read|GET /v2/{entity}/{project}/datasets dataset_list|DELETE /v2/{entity}/{project}/datasets/{object_id} dataset_delete
POST /v2/{entity}/{project}/scorers scorer_create|GET /v2/{entity}/{project}/scorers/{object_id}/versions/{digest} scorer_read|GET /v2/{entity}/{project}/scorers scorer_list
POST /v2/{entity}/{project}/models model_create|GET /v2/{entity}/{project}/models/{object_id}/versions/{digest} model_read|GET /v2/{entity}/{project}/models model_list
POST /v2/{entity}/{project}/evaluations evaluation_create|GET /v2/{entity}/{project}/evaluations/{object_id}/versions/{digest} evaluation_read|GET /v2/{entity}/{project}/evaluations evaluation_list
POST /v2/{entity}/{project}/evaluation_runs evaluation_run_create|GET /v2/{entity}/{project}/evaluation_runs/{evaluation_run_id} evaluation_run_read|GET /v2/{entity}/{project}/evaluation_runs evaluation_run_list|POST /v2/{entity}/{project}/evaluation_runs/{evaluation_run_id}/finish evaluation_run_finish
POST /v2/{entity}/{project}/predictions prediction_create|GET /v2/{entity}/{project}/predictions/{prediction_id} prediction_read|GET /v2/{entity}/{project}/predictions prediction_list|POST /v2/{entity}/{project}/predictions/{prediction_id}/finish prediction_finish
POST /v2/{entity}/{project}/scores score_create|GET /v2/{entity}/{project}/scores/{score_id} score_read|GET /v2/{entity}/{project}/scores score_list
POST /v2/{entity}/{project}/eval_results/query eval_results_query
POST /agents/query agent_agents_query|POST /agents/agent-versions/query agent_versions_query|POST /agents/search agent_search
POST /agents/spans/query agent_spans_query|POST /agents/spans/stats agent_spans_stats|POST /agents/spans/custom-attrs/schema agent_custom_attrs_schema
POST /agents/traces/chat agent_traces_chat|POST /agents/conversations/chat agent_conversation_chat
"""
app = FastAPI()


def log(**kw):
    if A.log:
        with loglock, open(A.log, "a") as f:
            f.write(json.dumps(kw, default=str) + "\n")


def set_user(o, depth=0):
    if isinstance(o, BaseModel) and depth < 5:
        for n in type(o).model_fields:
            if n == "wb_user_id" and getattr(o, n) is None:
                setattr(o, n, USER)
            else:
                set_user(getattr(o, n, None), depth + 1)
    elif isinstance(o, list):
        for x in o[:10000]:
            set_user(x, depth + 1)


def err(e):
    if isinstance(e, ValidationError):
        return JSONResponse({"detail": json.loads(e.json(include_url=False))}, 422)
    r = errors.handle_server_exception(e)
    if r.status_code >= 500:
        import traceback; traceback.print_exception(e)
    return JSONResponse(r.message, r.status_code)


def dump(x):
    return x.model_dump(mode="json", by_alias=True) if isinstance(x, BaseModel) else x


def mk(http, path, name):
    fn = getattr(srv, name, None) or getattr(inner, name)
    hints = typing.get_type_hints(fn)
    if name == "call_start_batch":  # not in the id-converting adapter: go item by item, in one insert batch
        def fn(req):
            with inner.call_batch():
                return tsi.CallCreateBatchRes(res=[srv.call_start(i.req) if i.mode == "start" else srv.call_end(i.req) for i in req.batch])
    req_t = hints["req"]
    stream = name.endswith("_stream") or name.endswith("_list") and not name.startswith(("tags", "aliases"))

    async def ep(request: Request):
        raw = await request.body()
        qs = str(request.url.query)
        body = {}
        if raw:
            try: body = json.loads(raw)
            except Exception: return JSONResponse({"detail": "invalid json"}, 422)
            if not isinstance(body, dict): return JSONResponse({"detail": "body must be an object"}, 422)
        params = {**dict(request.query_params), **request.path_params}
        def work():
            d = dict(body)
            if "entity" in params and "project" in params:
                pid = f"{params.pop('entity')}/{params.pop('project')}"
                if "project_id" in req_t.model_fields: d["project_id"] = pid
            d.update(params)
            try: req = req_t.model_validate(d)
            except ValidationError as e:  # newer clients send fields this server version does not know: drop them, and say so
                bad = [x["loc"] for x in e.errors() if x["type"] == "extra_forbidden"]
                if not bad: raise
                log(note="dropped unknown fields", p=request.url.path, fields=sorted({str(l[-1]) for l in bad}))
                for loc in bad:
                    o = d
                    for k in loc[:-1]: o = o[k]
                    o.pop(loc[-1], None)
                req = req_t.model_validate(d)
            if http != "GET": set_user(req)
            r = fn(req)
            if inspect.isgenerator(r) or stream: r = list(r)
            return r
        try:
            r = await __import__("asyncio").get_running_loop().run_in_executor(pool, work)
        except Exception as e:
            res = err(e); log(m=http, p=request.url.path, q=body, s=res.status_code, r=res.body.decode()[:2000]); return res
        out = [dump(x) for x in r] if isinstance(r, list) else dump(r)
        log(m=http, p=request.url.path + ("?" + qs if qs else ""), q=body, s=200, r=out)
        if stream:
            return Response("".join(json.dumps(x) + "\n" for x in out), media_type="application/jsonl")
        return JSONResponse(out)
    app.add_api_route(path, ep, methods=[http], name=name)


for item in ROUTES.replace("\n", "|").split("|"):
    if item.strip():
        mk(*item.split())


@app.post("/file/create")
@app.post("/files/create")
async def file_create(request: Request):
    f = await request.form()
    up = f["file"]
    content = await up.read()
    rawform = base64.b64encode(content).decode()
    def work(): return srv.file_create(tsi.FileCreateReq(project_id=f["project_id"], name=up.filename, content=content))
    try: r = await __import__("asyncio").get_running_loop().run_in_executor(pool, work)
    except Exception as e: return err(e)
    log(m="POST", p=request.url.path, q={"project_id": f["project_id"], "name": up.filename}, file=rawform, s=200, r=dump(r))
    return JSONResponse(dump(r))


@app.post("/file/content")
@app.post("/files/content")
async def file_content(request: Request):
    d = await request.json()
    def work(): return srv.file_content_read(tsi.FileContentReadReq.model_validate(d))
    try: r = await __import__("asyncio").get_running_loop().run_in_executor(pool, work)
    except Exception as e: return err(e)
    log(m="POST", p=request.url.path, q=d, s=200, r={"len": len(r.content)})
    return Response(r.content, media_type="application/octet-stream")


def _fix_ids(o):
    if isinstance(o, dict):
        for k, v in o.items():
            if k in ("traceId", "spanId", "parentSpanId") and isinstance(v, str): o[k] = base64.b64encode(bytes.fromhex(v)).decode()
            else: _fix_ids(v)
    elif isinstance(o, list):
        for v in o: _fix_ids(v)


@app.post("/otel/v1/traces")
@app.post("/agents/otel/v1/traces")
async def otlp(request: Request):
    raw = await request.body()
    if request.headers.get("content-encoding") == "gzip": raw = gzip.decompress(raw)
    ct = request.headers.get("content-type", "").split(";")[0]
    m = ExportTraceServiceRequest()
    try:
        if ct == "application/json":
            from google.protobuf.json_format import ParseDict
            d = json.loads(raw); _fix_ids(d); ParseDict(d, m, ignore_unknown_fields=True)
        elif ct == "application/x-protobuf": m.ParseFromString(raw)
        else: return JSONResponse({"detail": f"Unsupported content type: {ct}"}, 415)
    except Exception as e:
        return JSONResponse({"detail": f"bad OTLP body: {e}"}, 400)
    pid = request.headers.get("project_id")
    agents = request.url.path.startswith("/agents")
    ps = []
    for rs in m.resource_spans:
        ra = {a.key: a.value.string_value for a in rs.resource.attributes}
        p = pid or (f"{ra['wandb.entity']}/{ra['wandb.project']}" if "wandb.entity" in ra and "wandb.project" in ra else None)
        if not p or "/" not in p: return JSONResponse({"detail": "project_id header or wandb.entity + wandb.project resource attributes required"}, 400)
        e, pr = p.split("/", 1); pid = p
        ps.append(tsi.ProcessedResourceSpans(entity=e, project=pr, run_id=None, resource_spans=rs))
    def work():
        if agents:
            r = srv.genai_otel_export(tsi.agent_types.GenAIOTelExportReq(processed_spans=ps, project_id=pid, wb_user_id=USER))
            if A.otlp_calls: srv.otel_export(tsi.OTelExportReq(processed_spans=ps, project_id=pid, wb_user_id=USER))
            return r.rejected_spans, r.error_message
        r = srv.otel_export(tsi.OTelExportReq(processed_spans=ps, project_id=pid, wb_user_id=USER))
        return (r.partial_success.rejected_spans, r.partial_success.error_message) if r.partial_success else (0, "")
    try: rej, msg = await __import__("asyncio").get_running_loop().run_in_executor(pool, work)
    except Exception as e: return err(e)
    log(m="POST", p=request.url.path, q={"spans": sum(len(s.spans) for r in m.resource_spans for s in r.scope_spans), "ct": ct, "headers": dict(request.headers)}, raw=base64.b64encode(raw).decode(), s=200, r=[rej, msg])
    out = ExportTraceServiceResponse()
    if rej: out.partial_success.rejected_spans = rej; out.partial_success.error_message = msg
    if ct == "application/json":
        return JSONResponse({"partialSuccess": {"rejectedSpans": str(rej), "errorMessage": msg}} if rej else {})
    return Response(out.SerializeToString(), media_type="application/x-protobuf")


@app.post("/test/merge")
async def merge():
    """What ClickHouse does in the background some time: rows of the same project, start and id become one."""
    def work():
        for t in ("calls_complete", "spans"): inner.ch_client.command(f"OPTIMIZE TABLE {t} FINAL")
    await __import__("asyncio").get_running_loop().run_in_executor(pool, work)
    return {}


@app.get("/server_info")
async def server_info():
    return {"min_required_weave_python_version": "0.0.0", "trace_server_version": "0.52.43"}


@app.get("/health")
async def health(): return {"status": "ok"}


@app.post("/graphql")
async def graphql(request: Request):
    d = await request.json(); q = d.get("query", ""); v = d.get("variables") or {}
    log(m="POST", p="/graphql", q=d, s=200)
    out = {}
    if "viewer" in q: out["viewer"] = {"id": "1", "username": USER, "email": "u@localhost", "admin": False, "flags": "{}", "entity": "a", "defaultEntity": {"name": "a"}, "teams": {"edges": []}}
    if "upsertModel" in q: out["upsertModel"] = {"model": {"name": v.get("name"), "description": None, "id": "1", "entity": {"name": v.get("entity")}}, "project": {"name": v.get("name"), "id": "1"}, "inserted": True}
    elif "project(" in q or "project (" in q or "model(" in q: out["project"] = {"name": v.get("name") or v.get("project"), "id": "1", "internalId": "1"}
    if "serverInfo" in q: out["serverInfo"] = {"frontendHost": None, "latestLocalVersionInfo": None, "cliVersionInfo": None}
    return {"data": out}


DENY = tuple(p for p in A.deny.split(",") if p)


@app.middleware("http")
async def unknown(request, call_next):
    if DENY and request.url.path.startswith(DENY):
        log(m=request.method, p=request.url.path, s=404, note="denied")
        return JSONResponse({"detail": "Not Found"}, 404)
    r = await call_next(request)
    if r.status_code in (404, 405) and not any(request.url.path.startswith(p) for p in ("/obj", "/call", "/refs", "/file", "/v2", "/table")):
        log(m=request.method, p=request.url.path, s=r.status_code, note="NO ROUTE?")
    return r


if __name__ == "__main__":
    import uvicorn
    uvicorn.run(app, host="127.0.0.1", port=A.port, log_level="warning", access_log=True)
