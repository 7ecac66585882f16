"""Outgoing: what is sent upstream for one call on one route, and how its answer comes back."""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import normpath
from typing import TYPE_CHECKING, Any

import msgspec

from banjia.config.config import Labels
from banjia.gateway.call import Call
from banjia.gateway.image import images_for, inlined
from banjia.gateway.label import EXPLICIT, IMPLICIT, LabelPlan, plan_labels
from banjia.gateway.personal import Personal
from banjia.gateway.record import Contents
from banjia.gateway.refusal import Refusal, bad_request
from banjia.gateway.rewrite import Rewrite
from banjia.gateway.settings import Candidate
from banjia.gateway.splice import names_once, with_fields, with_first, with_model
from banjia.gateway.thought import Thoughts, blanked, lacking
from banjia.gateway.treatment import REPLACING, at_home, plan_of
from banjia.policy.decide import Decision
from banjia.routes.dialect.draft import DialectWarning, Plan
from banjia.routes.dialect.operation import ReasoningReplay
from banjia.routes.dialect.translator import Prepared, Translator
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.privacy.treater import Treated

OPERATION = {"chat/completions": "chat", "embeddings": "embeddings", "completions": "completions"}
INCLUDE_USAGE = b'"stream_options":{"include_usage":true}'
NO_PLAN = Plan()
TOKEN_IDS = Text(
    "此路线的模型只接受文字，不接受词元编号；请让客户端发送文字（LangChain：check_embedding_ctx_length=False），或给网关配置词表（embeddings.vocabulary）",
    "the model of this route takes text, no token ids; let the client send text "
    "(LangChain: check_embedding_ctx_length=False), or give the gateway the vocabulary (embeddings.vocabulary)",
)
UNTHOUGHT = DialectWarning(
    "reasoning",
    "messages",
    "soft",
    Text(
        "前面的工具调用没有带回思考内容，这一次不思考",
        "reasoning of an earlier call of a tool did not come back, so this turn goes without",
    ),
)
UNKEPT = DialectWarning(
    "reasoning",
    "messages",
    "soft",
    Text(
        "前面的工具调用没有带回思考内容，以占位文字发送",
        "reasoning of an earlier call of a tool did not come back; a filler was sent in its place",
    ),
)
# OpenAI's models that did not think before they answered: an app that came from one is served without thinking
UNTHINKING = re.compile(r"^(gpt-3\.5|gpt-4(?!\.[5-9]|o-audio)|gpt-4o|chatgpt-4o|gpt-35|text-davinci)", re.IGNORECASE)


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    body: bytes
    head: bytes  # of the request, with its length
    request: dict[str, Any] | None = None  # the decoded body, where it had to be decoded
    rewrite: Rewrite | None = None  # None: the answer's bytes pass
    plan: Plan = NO_PLAN
    warnings: tuple[str, ...] = ()
    hide_usage: bool = False  # usage was asked for by the gateway, not by the caller


def at_once(call: Call, candidate: Candidate, decision: Decision, contents: Contents) -> Outgoing | None:
    """What is sent where nothing is to be treated, fetched, translated, labelled or checked; else None."""
    app, route = call.app, candidate.route
    if contents.request is not None or (app.screen is not None and call.operation != "embeddings"):
        return None
    translator = route.translator
    if translator is not None and translator.needs_rewrite(candidate.model, OPERATION[call.operation]):
        return None
    if call.operation != "embeddings" and _labels_due(app.labels, decision):
        return None
    if images_for(app.images, route.images, abroad=route.abroad) is not None and b'"image_url"' in call.body:
        return None
    hide_usage = call.stream and not call.usage_asked and app.counts_usage
    body = _body(call, candidate, None, hide_usage=hide_usage)
    return Outgoing(body, head_of(candidate, call.operation, NO_PLAN, len(body)), hide_usage=hide_usage)


async def prepare(
    call: Call,
    candidate: Candidate,
    decision: Decision,
    contents: Contents,
    personal: Personal,
    thoughts: Thoughts,
    *,
    entity: str,
    at: int,
) -> Outgoing:
    """Treat, translate and name the model. Raises Refusal for what this route cannot take; nothing has left yet."""
    treated = await _treated(call, candidate, decision, contents, personal, at=at)
    request = treated.body if treated is not None and treated.body is not contents.request else None
    hide_usage = call.stream and not call.usage_asked and call.app.counts_usage
    images = images_for(call.app.images, candidate.route.images, abroad=candidate.route.abroad)
    if images is not None and b'"image_url"' in call.body:
        request = await inlined(request or contents.request or msgspec.json.decode(call.body), images)
    translator = candidate.route.translator
    operation = OPERATION[call.operation]
    prepared: Prepared | None = None
    rewrites = False
    if translator is not None and translator.needs_rewrite(candidate.model, operation):
        whole = request or contents.request or msgspec.json.decode(call.body)
        if hide_usage:
            whole = {**whole, "stream_options": {"include_usage": True}}
        rewrites = bool(translator.selection(candidate.model, operation).answer)
        if translator.touches(candidate.model, whole, operation):
            prepared = _translated(call, candidate, translator, whole, operation)
            request = prepared.request
            replay = prepared.plan.replay
            # what was treated may not be joined by what was not
            if replay is not None and treated is None and not candidate.route.abroad:
                request = await thoughts.recall(call.app.id, request, replay.field, at=at)
            if replay is not None and lacking(request, replay.field):
                quiet = _translated(call, candidate, translator, whole, operation, quiet=True)
                if quiet.request != prepared.request:  # better no thinking than a refusal
                    prepared = replace(quiet, warnings=(*quiet.warnings, UNTHOUGHT))
                    request = quiet.request
                elif replay.blank and request is not None:
                    prepared = replace(prepared, warnings=(*prepared.warnings, UNKEPT))
                    request = blanked(request, replay.field, replay.blank)
    restores = treated is not None and treated.surrogates is not None and bool(treated.surrogates.originals)
    rewrite = None
    thinks = thinking_field(translator, candidate, operation) if b'"tools"' in call.body else ""
    labels, said = _labels(call, decision, request or contents.request, entity=entity)
    screen = call.app.screen if call.operation != "embeddings" else None
    if rewrites or restores or labels is not None or screen is not None or thinks:
        rewrite = Rewrite(
            candidate.route.id,
            translator.provider if translator is not None and rewrites else None,
            translator.selection(candidate.model, operation) if translator is not None and rewrites else None,
            treated if restores else None,
            screen,
            labels,
            thinks,
        )
    plan = prepared.plan if prepared is not None else NO_PLAN
    if plan.vectors is not None and plan.vectors.vocabulary is not None:
        raise bad_request("token_ids", TOKEN_IDS, param="input")
    body = _body(call, candidate, request, hide_usage=hide_usage)
    return Outgoing(
        body=body,
        head=head_of(candidate, call.operation, plan, len(body)),
        request=request,
        rewrite=rewrite,
        plan=plan,
        warnings=(*(w.code for w in prepared.warnings), *said) if prepared is not None else said,
        hide_usage=hide_usage,
    )


def thinking_field(translator: Translator | None, candidate: Candidate, operation: str) -> str:
    """Where the reasoning stands that this model wants back; nothing where it wants none."""
    if translator is None or operation != "chat" or candidate.route.abroad:
        return ""
    found = (op for op in translator.selection(candidate.model, operation).request if isinstance(op, ReasoningReplay))
    return next((op.field for op in found), "")


def head_of(candidate: Candidate, operation: str, plan: Plan, length: int) -> bytes:
    if plan.path is None:
        return b"%b%d\r\n\r\n" % (candidate.head(operation), length)
    path = candidate.route.target.path + "/" + plan.path.replace("{model}", candidate.model).lstrip("/")
    if ".." in plan.path:  # beside the base, not below it
        path = normpath(path)
    return b"%b%d\r\n\r\n" % (candidate.route.head(operation, candidate.model, path=path), length)


def _labels(
    call: Call, decision: Decision, request: dict[str, Any] | None, *, entity: str
) -> tuple[LabelPlan | None, tuple[str, ...]]:
    labels = call.app.labels
    if call.operation == "embeddings" or not _labels_due(labels, decision):
        return None, ()
    whole = request if request is not None else msgspec.json.decode(call.body)
    return plan_labels(labels, decision.duties, whole, entity=entity, lang=call.lang)


def _labels_due(labels: Labels, decision: Decision) -> bool:
    duties = decision.duties
    return labels.explicit == "on" or labels.implicit == "on" or EXPLICIT in duties or IMPLICIT in duties


async def _treated(
    call: Call, candidate: Candidate, decision: Decision, contents: Contents, personal: Personal, *, at: int
) -> Treated | None:
    """The request as it may leave; at home only what the application wants treated there too."""
    if contents.inspection is None or contents.request is None:
        return None
    plan = plan_of(decision) if contents.data_class != "none" else None
    if not candidate.route.abroad:
        if plan is None or not (plan.base in REPLACING or plan.finer):
            return None
        plan = at_home(plan)
    options = call.app.options.get("privacy")
    allow = isinstance(options, dict) and options.get("allow_unreadable") is True
    return await personal.treat(
        contents.request,
        plan,
        contents.inspection,
        app=call.app.id,
        conversation=call.conversation,
        corpus=(call.conversation or "-") if call.operation == "embeddings" else "",
        at=at,
        allow_unreadable=allow or not candidate.route.abroad,
    )


def _translated(
    call: Call,
    candidate: Candidate,
    translator: Translator,
    request: dict[str, Any],
    operation: str,
    *,
    quiet: bool = False,
) -> Prepared:
    came_from = str(call.app.options.get("from") or call.asked)
    thinking = "off" if quiet or call.unthinking or UNTHINKING.match(came_from) else "as-vendor"
    named = {**request, "model": candidate.model}
    prepared = translator.prepare(candidate.model, named, operation, thinking=thinking)  # type: ignore[arg-type]
    if prepared.refusal is not None:
        refusal = prepared.refusal
        raise Refusal(refusal.status, "invalid_request_error", refusal.code, refusal.message, param=refusal.field)
    if prepared.loss == "hard" and call.app.options.get("hard_loss") == "refuse":
        hard = next(w for w in prepared.warnings if w.loss == "hard")
        text = Text("应用不接受这样的损失：", "the application does not accept this loss: ") + hard.text
        raise bad_request("hard_loss", text, param=hard.field)
    return prepared


def _body(call: Call, candidate: Candidate, request: dict[str, Any] | None, *, hide_usage: bool) -> bytes:
    if request is not None:
        named = {**request, "model": candidate.model}
        if hide_usage and candidate.route.translator is None:  # a translator has had its say on it
            named["stream_options"] = {"include_usage": True}
        return msgspec.json.encode(named)
    body = call.body
    if candidate.model != call.asked or not names_once(body):
        body = with_model(body, candidate.model)
    if hide_usage:
        if b'"stream_options"' in body:
            return with_fields(body, {"stream_options": {"include_usage": True}})
        body = with_first(body, INCLUDE_USAGE)
    return body
