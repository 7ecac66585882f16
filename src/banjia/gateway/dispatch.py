"""Dispatch: which routes the policy allows a call, tried in order. Fallback never leaves what the policy allows."""

from __future__ import annotations

import difflib
from dataclasses import replace
from functools import partial

import msgspec

from banjia.gateway.attempt import OF_THE_ROUTE, Attempt
from banjia.gateway.call import Call
from banjia.gateway.moderation import STOPPED, said_in, stopped
from banjia.gateway.record import Contents, ask_of
from banjia.gateway.refusal import SPENT, Refusal, policy_refusal
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.space import Spaces
from banjia.gateway.tools import Tools
from banjia.gateway.treatment import REPLACING, finer_of, overall
from banjia.gateway.vector import embedding
from banjia.policy.decide import Decision, raised
from banjia.policy.policy import DATA_CLASSES, DataClass
from banjia.text import Text

Allowed = list[tuple[Candidate, Decision]]

MOST_SETTLED = 4096

KEPT_HOME = Text(
    "含个人信息的请求按处理方式留在境内，不走境外路线",
    "a call with personal information is kept at home and not sent over a route abroad",
)
REFUSED_FIELD = Text(
    "请求的某个字段或某类信息按设置不得外发",
    "a field of the call, or a type of information in it, may not be sent by the settings",
)
UNTREATED = Text(
    "策略要求先处理个人信息，但网关没有开启识别",
    "the policy asks for personal information to be treated first, but the gateway has no detection",
)


MODERATED = Decision(passes=False, treatment="refuse", rule="moderation.before", reason=STOPPED)


class Dispatch:
    def __init__(self, tools: Tools, spaces: Spaces) -> None:
        self._tools = tools
        self._spaces = spaces
        self._settings: Settings | None = None  # under which the following was worked out
        self._settled: dict[tuple[str, str, str, DataClass], Allowed] = {}

    async def run(self, call: Call, settings: Settings) -> None:
        """Answer the call, or raise Refusal with nothing sent yet."""
        contents = self._declared(call, settings) or await self._contents(call)
        if call.app.screen is not None:
            await self._screened(call, settings, contents)
        last: Refusal | None = None
        ordered = self.allowed(call, settings, contents)
        if len(ordered) > 1:
            pairs = [(c.route.id, (c, d)) for c, d in ordered]
            now = self._tools.clock.monotonic()
            routing = call.app.routing
            ordered = self._tools.router.order(pairs, routing, app=call.app.id, conversation=call.conversation, now=now)
        if call.operation == "embeddings":
            pinned = call.app.vectors.space or await self._spaces.of(call.app.id, call.asked)
            ordered = one_space(ordered, pinned)
        left = list(ordered)
        while left:
            candidate, decision = left.pop(self._next(left) if len(left) > 1 else 0)
            try:
                pin = partial(self._pin, call, candidate) if call.operation == "embeddings" else None
                await Attempt(call, settings, candidate, decision, contents, self._tools, pin=pin).run()
            except Refusal as refusal:
                last = refusal.with_traceback(None)  # its frames would keep this one, and with it the call
                last.__context__ = None
                if refusal is SPENT:
                    break
                if not refusal.retry and refusal.status not in OF_THE_ROUTE | {502, 503}:
                    break  # the request itself is at fault: no other route would take it
            else:
                return
        raise last or NO_ROUTE

    def _next(self, left: Allowed) -> int:
        return self._tools.router.next_of([c.route.id for c, _ in left], self._tools.clock.monotonic())

    async def _pin(self, call: Call, candidate: Candidate) -> None:
        own = bool(call.app.vectors.space)
        await self._spaces.pin(call.app.id, call.asked, candidate.vector_space, replace=own)

    def _declared(self, call: Call, settings: Settings) -> Contents | None:
        """What the call holds as declared, where that is all that matters."""
        declared = _class_of(call)
        day = self._tools.clock.today()
        return None if settings.is_looked_into(call.app, call.purpose, call.asked, declared, day) else AS_SAID[declared]

    async def _contents(self, call: Call) -> Contents:
        """What the call holds: as declared, raised by what is found."""
        declared, day = _class_of(call), self._tools.clock.today()
        request = msgspec.json.decode(call.body)
        options = call.app.options.get("privacy")
        images = isinstance(options, dict) and options.get("images") == "ocr"
        inspection = await self._tools.personal.inspect(
            request, day, images=images, size=len(call.body), app=call.app.id
        )
        return Contents(raised(declared, inspection.data_class), request, inspection)

    async def _screened(self, call: Call, settings: Settings, contents: Contents) -> None:
        """The application's own check of what goes in."""
        screen = call.app.screen
        if screen is None:
            return
        text = said_in(msgspec.json.decode(call.body))
        if await screen.check(text, stage="before", app=call.app.id, pools=self._tools.pools):
            for candidate in settings.candidates(call.app, call.asked)[:1]:
                self._tools.recorder.refuse(call, settings, candidate, MODERATED, contents.data_class)
            raise stopped()

    def allowed(self, call: Call, settings: Settings, contents: Contents) -> Allowed:
        """The routes that the policy allows for this call, in order. Raises Refusal where there are none."""
        if settings is not self._settings or len(self._settled) >= MOST_SETTLED:
            self._settings = settings
            self._settled.clear()
        key = (call.app.id, call.purpose, call.asked, contents.data_class)
        if contents.inspection is None and (known := self._settled.get(key)) is not None:
            return known
        candidates = settings.candidates(call.app, call.asked)
        if call.operation == "embeddings":
            candidates = embedding(candidates, settings)
        if not candidates:
            raise unknown_model(call, settings)
        allowed: Allowed = []
        refused: tuple[Candidate, Decision] | None = None
        for candidate in candidates:
            decision = self._decide(call, settings, candidate, contents)
            if decision.passes:
                allowed.append((candidate, decision))
            elif refused is None:
                refused = candidate, decision
        if not allowed and refused is not None:
            self._tools.recorder.refuse(call, settings, *refused, contents.data_class)
            raise policy_refusal(refused[1], refused[0].route.id)
        usable = [pair for pair in allowed if not pair[0].route.keyless]
        if not usable:
            route = allowed[0][0].route.id
            text = Text(f"路线 {route} 的密钥读不到", f"the key of route {route} cannot be read")
            raise Refusal(503, "server_error", "route_without_key", text)
        if contents.inspection is None and all(self._is_settled(call, settings, c, contents) for c in candidates):
            self._settled[key] = usable  # it hangs on no tally and on no day
        return usable

    def _is_settled(self, call: Call, settings: Settings, candidate: Candidate, contents: Contents) -> bool:
        where = call.app.id, call.purpose, candidate.route.id, candidate.model, contents.data_class
        return settings.index.settled(*where) is not None

    def _decide(self, call: Call, settings: Settings, candidate: Candidate, contents: Contents) -> Decision:
        dc = contents.data_class
        index = settings.index
        decision = index.settled(call.app.id, call.purpose, candidate.route.id, candidate.model, dc)
        if decision is None:
            decision = index.decide(ask_of(call, candidate, dc, self._tools.recorder, self._tools.clock))
        if not decision.passes or dc == "none":
            return decision
        treatment = overall(decision, contents)
        if treatment == "home" and candidate.route.abroad:
            return Decision(False, "home", "kept-home", KEPT_HOME, cites=decision.cites)
        if treatment == "refuse":
            return Decision(False, "refuse", "refused-field", REFUSED_FIELD, cites=decision.cites)
        if contents.inspection is None and (treatment in REPLACING or finer_of(decision)):
            return Decision(False, "refuse", "untreated", UNTREATED)
        return decision if treatment == decision.treatment else replace(decision, treatment=treatment)


def _class_of(call: Call) -> DataClass:
    declared = call.app.declared[call.purpose]
    # an id of the person whom the call is about makes it personal information
    return raised(declared, "ordinary") if call.subject else declared


AS_SAID: dict[DataClass, Contents] = {c: Contents(c) for c in DATA_CLASSES}
NO_ROUTE = Refusal(502, "server_error", "no_route", Text("没有可用的路线", "no route could be used"), retry=True)


def one_space(ordered: Allowed, pinned: str) -> Allowed:
    """Only routes whose vectors can be compared: those of the pinned space, else of the first route's."""
    space = pinned or ordered[0][0].vector_space
    kept = [pair for pair in ordered if pair[0].vector_space == space]
    if kept:
        return kept
    found = ", ".join(dict.fromkeys(pair[0].vector_space for pair in ordered))
    text = Text(
        f"应用的向量属于空间 {space}，可用的路线给出的是 {found}；混用会得到无意义的结果。"
        f"请重新生成已存的向量，再把该应用的 embeddings.space 设为新空间",
        f"the application's vectors are of space {space}, the routes that may be used give {found}; they do not mix. "
        f"Embed what is stored again, then set embeddings.space of the application to the new space",
    )
    raise Refusal(409, "invalid_request_error", "vector_space", text, param="model")


def unknown_model(call: Call, settings: Settings) -> Refusal:
    known = [n for r in call.app.routes for n in settings.routes[r].aliases.names]
    near = difflib.get_close_matches(call.asked, known, n=1)
    hint_zh = f"；是不是 {near[0]}？" if near else ""
    hint_en = f"; did you mean {near[0]}?" if near else ""
    return Refusal(
        404,
        "invalid_request_error",
        "model_not_found",
        Text(
            f"应用 {call.app.id} 没有路线提供模型 {call.asked}{hint_zh}",
            f"no route of application {call.app.id} answers for model {call.asked}{hint_en}",
        ),
        param="model",
    )
