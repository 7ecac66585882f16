"""Passing: parts of OpenAI's API that go through unread, over routes at home whose provider has them, never abroad."""

from __future__ import annotations

import base64
from dataclasses import replace

import msgspec

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.call import Call
from banjia.gateway.failure import failed, from_status
from banjia.gateway.label import metadata, plan_labels
from banjia.gateway.mark import Json, marked
from banjia.gateway.meter import Meter
from banjia.gateway.named import model_in, with_model_named
from banjia.gateway.record import ask_of
from banjia.gateway.refusal import Refusal, policy_refusal
from banjia.gateway.route import TOKEN, VALUE, RouteSettings
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.surface import having, not_served
from banjia.gateway.tools import Tools
from banjia.policy.decide import Decision
from banjia.text import Text

PARTS = frozenset({"moderations", "images", "audio", "files", "batches"})
NAMING = ("images/", "audio/", "moderations")  # operations whose request names a model
DEPLOYED = frozenset({  # those that Azure's older form has under a deployment
    "audio/speech", "audio/transcriptions", "audio/translations", "images/edits", "images/generations",
})  # fmt: skip
FIRST_ERROR = 400
ERROR_BYTES = 1024 * 1024
UNMARKED = b"label(implicit);loss=hard"
HANDED_ON = frozenset({b"content-type", b"content-length", b"content-disposition"})

UNREAD = Text(
    "这个接口的内容不经检查，只走境内路线", "what goes through this interface is not looked into: routes at home only"
)


def takers(call: Call, settings: Settings, part: str) -> tuple[RouteSettings, ...]:
    """The application's routes whose provider has that part of the API."""
    return tuple(r for name in call.app.routes if part in (r := settings.routes[name]).apis)


async def pass_through(call: Call, settings: Settings, tools: Tools, method: str, query: bytes, kind: bytes) -> None:
    """Hand the request on as it is. `kind` is its content type. Raises Refusal before anything was answered."""
    part = call.operation.partition("/")[0]
    routes = takers(call, settings, part)
    if not routes:
        raise not_served(call.operation, having(call.operation, settings.routes.values()))
    candidate, decision = _chosen(call, settings, tools, routes)
    _name_model(call, candidate.route, kind)
    path = _path(call, candidate.route, query)
    if not VALUE.fullmatch(path) or " " in path or not TOKEN.fullmatch(method):
        raise Refusal(400, "invalid_request_error", "invalid_path", Text("路径不对", "the path is wrong"))
    head = candidate.route.head(call.operation, candidate.model, method=method, path=path)
    if kind and VALUE.fullmatch(kind.decode("latin-1")):
        head = head.replace(b"content-type: application/json", b"content-type: " + kind, 1)
    entry = tools.recorder.new_id()
    meter = Meter(call, settings, tools, replace(candidate, model=call.asked or candidate.model))
    status = 502
    try:
        mark = _mark(call, decision, settings.entity, entry) if method == "POST" else {}
        status = await _exchange(call, tools, candidate.route, head, entry, mark, meter)
    except UpstreamError as error:
        raise failed(error, candidate.route.id) from error
    except Refusal as refusal:
        status = refusal.status
        raise
    finally:
        outcome = {"status": status, "operation": part, **meter.done(status)}
        tools.recorder.note(call, settings, candidate, decision, call.app.declared[call.purpose], outcome, entry)


def _name_model(call: Call, route: RouteSettings, kind: bytes) -> None:
    """The model under the name that the route gives it, in the body; Azure's inbound path may be what names it."""
    if not call.operation.startswith(NAMING):
        return
    named = model_in(call.body, kind)
    asked = call.asked or named
    if not asked:
        return
    call.asked = route.aliases.resolve(asked) or asked  # a route lists its chat models: what it does not list passes
    if call.asked != named:
        call.body = with_model_named(call.body, kind, call.asked)


def _path(call: Call, route: RouteSettings, query: bytes) -> str:
    """With the caller's query, but for Azure's version of the API, which is the route's own matter."""
    path = f"{route.target.path}/{call.operation}"
    words = [w for w in query.decode("ascii", "replace").split("&") if w and not w.startswith("api-version=")]
    if route.form == "azure-deployment":
        if call.asked and call.operation in DEPLOYED:
            path = route.path(call.operation, call.asked).partition("?")[0]
        words.append(f"api-version={route.api_version}")
    return path + ("?" + "&".join(words) if words else "")


def _mark(call: Call, decision: Decision, entity: str, entry: str) -> Json:
    """The implicit label that a picture or a sound made here gets, if one is due."""
    if not (call.operation.startswith("images/") or call.operation == "audio/speech"):
        return {}
    plan, _ = plan_labels(call.app.labels, decision.duties, {}, entity=entity, lang=call.lang)
    return metadata(plan, entry) if plan is not None else {}


async def _exchange(
    call: Call, tools: Tools, route: RouteSettings, head: bytes, entry: str, mark: Json, meter: Meter
) -> int:
    pool = tools.pools.of(route)
    answer = await pool.send(b"%b%d\r\n\r\n" % (head, len(call.body)), call.body, repeatable=False)
    if answer.status >= FIRST_ERROR:
        raise await _refused(answer, route)
    try:
        unpacked = answer.header(b"content-encoding") is not None  # then its length is another
        given = [(n, v) for n, v in answer.headers if n in HANDED_ON and not (unpacked and n == b"content-length")]
        told = [(b"x-banjia-route", route.id.encode("ascii", "replace")), (b"x-banjia-decision", entry.encode())]
        told.append((b"x-request-id", entry.encode()))
        if mark:
            kind = answer.header(b"content-type") or b""
            most = min(route.target.max_answer, tools.room.most)
            said = await answer.body(most, lambda size: tools.room.take(call, size))
            meter.saw(said)
            body, lost = with_mark(said, kind, mark)
            given = [*((n, v) for n, v in given if n != b"content-length"), (b"content-length", b"%d" % len(body))]
            told += [(b"x-banjia-warnings", UNMARKED)] if lost else []
            call.answered = call.finished = True
            await call.send({"type": "http.response.start", "status": answer.status, "headers": [*given, *told]})
            await call.send({"type": "http.response.body", "body": body})
            return answer.status
        call.answered = True
        await call.send({"type": "http.response.start", "status": answer.status, "headers": [*given, *told]})
        while data := await answer.read():
            meter.saw(data)
            await call.send({"type": "http.response.body", "body": data, "more_body": True})
        call.finished = True
        await call.send({"type": "http.response.body", "body": b""})
    except BaseException:
        answer.abort(UpstreamError("client_gone"))
        raise
    return answer.status


async def _refused(answer: Answer, route: RouteSettings) -> Refusal:
    provider = route.translator.provider if route.translator is not None else None
    try:
        said = await answer.body(ERROR_BYTES)
    finally:
        answer.abort(UpstreamError("client_gone"))
    return from_status(answer.status, answer.headers, said, route.id, provider)


def with_mark(body: bytes, kind: bytes, mark: Json) -> tuple[bytes, bool]:
    """The answer with the label in each file, and beside the files where it is JSON; whether one could not take it."""
    if not kind.startswith(b"application/json"):
        file = marked(body, mark["AIGC"])
        return (body, True) if file is None else (file, False)
    try:
        answer = msgspec.json.decode(body, type=Json)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return body, True
    lost = False
    for item in answer.get("data") or []:
        try:
            file = marked(base64.b64decode(item["b64_json"], validate=True), mark["AIGC"])
        except (KeyError, TypeError, ValueError):  # a link leads to a file that is not here
            file = None
        lost |= file is None
        if file is not None:
            item["b64_json"] = base64.b64encode(file).decode("ascii")
    return msgspec.json.encode({**answer, **mark}), lost


def _chosen(
    call: Call, settings: Settings, tools: Tools, routes: tuple[RouteSettings, ...]
) -> tuple[Candidate, Decision]:
    refused: tuple[RouteSettings, Decision] | None = None
    for route in routes:
        if route.abroad:
            decision = Decision(passes=False, treatment="refuse", rule="unread-abroad", reason=UNREAD)
        else:
            decision = _decision(call, settings, tools, route)
        if decision.passes and not route.keyless:
            return Candidate(route, "*"), decision
        refused = refused or (route, decision)
    assert refused is not None
    raise policy_refusal(refused[1], refused[0].id)


def _decision(call: Call, settings: Settings, tools: Tools, route: RouteSettings) -> Decision:
    """The route's answer for the declared class, whatever model of it: all that it lists must pass."""
    dc = call.app.declared[call.purpose]
    models = {c.model for c in settings.index.policy.cells if c.route == route.id and c.app == call.app.id} or {"*"}
    found = [
        settings.index.decide(ask_of(call, Candidate(route, model), dc, tools.recorder, tools.clock))
        for model in sorted(models)
    ]
    return next((d for d in found if not d.passes), found[0])
