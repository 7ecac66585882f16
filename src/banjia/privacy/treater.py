"""Treater: what the gateway calls. It inspects a request, treats it, and gives the way back for the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

from banjia.errors import RouteError
from banjia.privacy.corpus import CorpusTokens
from banjia.privacy.encoded import wrapped
from banjia.privacy.engine import Engine
from banjia.privacy.known import Known
from banjia.privacy.leaf import IN_JSON, Leaf, fixed, leaves, media, rewritten, tokens_given
from banjia.privacy.marks import resembles
from banjia.privacy.person import PersonFound, persons
from banjia.privacy.picture import KINDS as PICTURES
from banjia.privacy.picture import PICTURE, Reader, pictures
from banjia.privacy.restore import DROPPED, Restorer
from banjia.privacy.span import NOT_PERSONAL, SECRET, Record, Span, SpanClass
from banjia.privacy.spread import Texts, spread
from banjia.privacy.stream import Stream
from banjia.privacy.surrogate import Lang, Surrogates, gone, language, replaced
from banjia.privacy.treatment import REPLACING, Finer, Plan, Treatment, dotted
from banjia.privacy.vault import Maps
from banjia.text import Text

DataClass = Literal["none", "ordinary", "sensitive"]
Tokens = Surrogates | CorpusTokens
Look = Callable[[str, str], Record]  # what a text under a label holds
CLASSES: tuple[DataClass, ...] = ("none", "ordinary", "sensitive")
SHORT = 200  # a text up to this length is read together with the key it stands under
KEEP_TOKENS = {
    "zh": "文中形如 ⟦人名1·…⟧ 的标记代表被保护的内容；引用时请原样照抄，不要翻译、拆分或改写。",
    "en": "Marks like ⟦PERSON1·…⟧ stand for protected content. "
    "Copy them exactly when you refer to them; never translate, split or alter them.",
}


class Unreadable(RouteError):  # noqa: N818 - a name of the interface
    """Content that cannot be looked into: images, audio, files, token numbers."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a request holds, found once for all routes that may be tried."""

    records: Mapping[tuple[str | int, ...], tuple[str, Record]]
    persons: tuple[PersonFound, ...]
    data_class: DataClass
    sensitive: tuple[str, ...]
    unreadable: tuple[str, ...]  # kinds of images, audio, files or token numbers


@dataclass(frozen=True, slots=True)
class Treated:
    """A request as it may leave. `surrogates` is None where nothing can be restored."""

    body: dict[str, Any]
    persons: tuple[PersonFound, ...]
    data_class: DataClass
    surrogates: Tokens | None = None
    json_output: bool = False

    def restorer(self) -> Restorer:
        """Restores whole answers: `.answer(decoded)` and `.text(...)`."""
        return Restorer(self.surrogates.originals if self.surrogates else {}, json_output=self.json_output)

    def stream(self) -> Stream:
        """Restores the events of one streamed answer: `.data(payload)` per event, `.end()` if no end mark came."""
        return Stream(self.restorer())


class Treater:
    """`maps` keeps conversations; without it each request has a map of its own and nothing is stored."""

    def __init__(
        self, engine: Engine, maps: Maps | None = None, *, read: Callable[[str], str | None] | None = None
    ) -> None:
        self._engine = engine
        self._maps = maps
        self._read = read if read is not None else Reader()  # the text of an image, None where it has none to tell
        self._known = Known()

    def inspect(
        self, body: dict[str, Any], *, on: date | None = None, images: bool = False, app: str = ""
    ) -> Inspection:
        """Find whose data a request of an `app` carries and of what class. `on` tells who is under fourteen.

        With `images` those that come along are read for their text; where none shows personal information they pass.
        """
        unreadable = media(body) + (["tokens"] if tokens_given(body) else []) + self._fixed(body)
        records: Texts = {}
        look = partial(self._record, on=on, app=app)
        for leaf in leaves(body):
            label = leaf.label if len(leaf.text) <= SHORT and leaf.label not in _UNSAID else ""
            records[leaf.path] = leaf.text, look(leaf.text, label)
            _unwrap(leaf, records, look)
        if images and unreadable and self._shows_nobody(body, records, look):
            unreadable = [kind for kind in unreadable if kind not in PICTURES]
        spread(records, self._engine.grouped)
        _wrap(records)
        found = persons(((_home(p), t, r) for p, (t, r) in records.items()), self._engine.strength)
        topics = tuple(dict.fromkeys(t for _, r in records.values() for t in r.sensitive))
        grave = max((CLASSES.index(r.data_class) for _, r in records.values()), default=0)
        if grave == 1 and any(p.data_class == "sensitive" for p in found):
            grave = 2
        return Inspection(records, found, CLASSES[grave], topics, tuple(dict.fromkeys(unreadable)))

    def request(
        self,
        body: dict[str, Any],
        treatment: Treatment = "pseudonymise",
        *,
        finer: Sequence[Finer] = (),
        inspection: Inspection | None = None,
        on: date | None = None,
        app: str = "",
        conversation: str = "",
        corpus: str = "",
        at: int = 0,
        allow_unreadable: bool = False,
    ) -> Treated:
        """Treat a request for a foreign route.

        `app` and `conversation` scope the map that is kept, `at` is now in milliseconds since 1970. Embeddings name
        their `corpus` instead, in all of which one value has one token. Raises Unreadable for content that cannot be
        looked into, and StoreError where the map of the conversation does not open.
        """
        seen = inspection or self.inspect(body, on=on, app=app)
        if seen.unreadable and not allow_unreadable:
            raise Unreadable(
                Text("请求含有无法检查的内容", "the request has content that cannot be looked into"),
                found=", ".join(seen.unreadable),
                remedy=Text(
                    "去掉图片、音频或文件，或走境内路线", "leave images, audio and files out, or use a route at home"
                ),
            )
        plan = Plan(treatment, finer)
        asked = plan.asked(seen.records)
        if kept := asked - REPLACING - {"allow"}:
            raise RouteError(
                Text(f"处理方式 {min(kept)} 不外发", f"treatment {min(kept)} sends nothing"),
            )
        if asked == {"allow"}:
            return Treated(body, seen.persons, seen.data_class)
        restores = bool(asked & {"pseudonymise", "fake"})
        while True:
            surrogates = self._surrogates(seen, app, conversation, corpus, at) if restores else None
            if isinstance(surrogates, Surrogates):
                surrogates.avoid = [text for text, _ in seen.records.values()]
            treated = rewritten(body, self._rewriter(seen, plan, surrogates))
            if surrogates is None or self._saved(app, conversation, surrogates, at):
                break
        if treated != body:
            treated = _silent(treated)
        if surrogates is not None and surrogates.tokens and _speaks(body):
            treated = _with_note(treated)
        return Treated(treated, seen.persons, seen.data_class, surrogates, _asks_json(body))

    def _saved(self, app: str, conversation: str, surrogates: Tokens, at: int) -> bool:
        """False where another call has added to the map of this conversation meanwhile: it is read again."""
        if self._maps is None or not conversation or not isinstance(surrogates, Surrogates):
            return True
        if surrogates.grown:
            return self._maps.save(app, conversation, surrogates, at=at)
        self._maps.renew(app, conversation, at=at)
        return True

    def _shows_nobody(self, body: Any, records: Texts, look: Look) -> bool:
        """Whether every image could be read, and in no text of them is anything of a person."""
        clear = True
        for path, address in pictures(body):
            said = self._read(address)
            if said is None:
                clear = False
                continue
            record = look(said, "")
            records[*path, PICTURE] = said, record
            clear = clear and not record.sensitive and all(s.type in NOT_PERSONAL for s in record.spans)
        return clear

    def _fixed(self, body: dict[str, Any]) -> list[str]:
        """Fields that must arrive as they are and yet hold somebody's number, as an id that the caller made of one."""
        return [
            f"{form.type} ({dotted(leaf.path)})"
            for leaf in fixed(body)
            if _NUMBERED.search(leaf.text)
            for _, _, form in self._engine.identifiers(leaf.text)[0]
            if form.type in _CERTAIN
        ]

    def _record(self, text: str, label: str, *, on: date | None, app: str = "") -> Record:
        """What a text holds; those of a conversation come again with each turn."""
        return self._known.record(app, label, str(on), text, lambda: self._engine.record(text, on=on, label=label))

    def _surrogates(self, seen: Inspection, app: str, conversation: str, corpus: str, at: int) -> Tokens:
        texts = [text for text, _ in seen.records.values()]
        if self._maps is None or not (conversation or corpus):
            return Surrogates.fresh(texts)
        if corpus:
            return CorpusTokens(self._maps.corpus(app, corpus, at=at))
        kept = self._maps.load(app, conversation, at=at)
        if kept is None:
            return Surrogates.fresh(texts)
        if any(resembles(t, kept.nonce) for t in texts):  # a text that looks like a token of the map
            fresh = Surrogates.fresh(texts)
            fresh.seal = kept.seal
            return fresh
        return kept

    def _rewriter(self, seen: Inspection, plan: Plan, surrogates: Tokens | None) -> Callable[[Leaf], str]:
        removed, lang = self._engine.removed, _language(seen)

        def new(leaf: Leaf) -> str:
            found = seen.records.get(leaf.path)
            if found is None:
                return leaf.text
            pieces: dict[Span, str] = {}
            for span in found[1].spans:
                if span.type in NOT_PERSONAL or (how := plan.of(leaf.path, span.type)) == "allow":
                    continue
                if how == "mask" or surrogates is None or span.type in removed:
                    pieces[span] = gone(span.type, lang)
                elif how == "fake" and isinstance(surrogates, Surrogates):
                    pieces[span] = surrogates.fake(span.type, leaf.text[span.start : span.end], lang)
                else:
                    pieces[span] = surrogates.token(span.type, leaf.text[span.start : span.end], lang)
            return replaced(leaf.text, pieces) if pieces else leaf.text

        return new

    def counted(self, body: Any, *, on: date | None = None) -> tuple[list[tuple[str, Record]], tuple[PersonFound, ...]]:
        """The texts that hold something and whose it is, as `inspect` tells it but for what stands in base64."""
        records: Texts = {}
        for leaf in leaves(body, numbers=True):
            label = leaf.label if len(leaf.text) <= SHORT and leaf.label not in _UNSAID else ""
            records[leaf.path] = leaf.text, self._record(leaf.text, label, on=on)
        spread(records, self._engine.grouped)
        found = persons(((_home(p), t, r) for p, (t, r) in records.items()), self._engine.strength)
        return [pair for pair in records.values() if pair[1].spans], found


ENCODED = "\0base64"  # the step into a run of base64


def _unwrap(leaf: Leaf, records: Texts, look: Look) -> None:
    """What stands in base64 inside a text is read as a text of its own."""
    for run in wrapped(leaf.text):
        inside = leaves({"": run.text}) if run.text[:1] in ("{", "[") else [Leaf((), "", run.text)]
        for inner in inside:
            path = (*leaf.path, ENCODED, run.start, run.end, *inner.path)
            label = inner.label if len(inner.text) <= SHORT else ""
            records[path] = inner.text, look(inner.text, label)


def _wrap(records: Texts) -> None:
    """A run of base64 that holds personal information is one span of the text it stands in."""
    runs: dict[tuple[str | int, ...], dict[tuple[int, int], list[Span]]] = {}
    for path, (_, record) in records.items():
        if ENCODED in path:
            at = path.index(ENCODED)
            spans = [s for s in record.spans if s.type not in NOT_PERSONAL]
            if spans:
                place = int(path[at + 1]), int(path[at + 2])
                runs.setdefault(path[:at], {}).setdefault(place, []).extend(spans)
    for path, places in runs.items():
        text, record = records[path]
        kept = [s for s in record.spans if not any(s.start < end and start < s.end for start, end in places)]
        for (start, end), spans in places.items():
            first = next((s for s in spans if s.type == SECRET), spans[0])
            grave: SpanClass = "sensitive" if any(s.data_class == "sensitive" for s in spans) else "pi"
            kept.append(Span(start, end, first.type, grave, 1.0))
        records[path] = text, Record(tuple(sorted(kept, key=lambda s: s.start)), record.sensitive)


_NUMBERED = re.compile("[0-9]{11}|@")
_CERTAIN = frozenset({"PHONE", "EMAIL", "ID_CN"})  # those that an id made by a machine is hardly ever taken for
_UNSAID = frozenset({"content", "text", "input", "prompt", "output", "instructions", "description", "arguments", ""})


def _home(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The object that a text is a field of; a text that is no field of the caller's own objects stands alone."""
    return path[:-1] if IN_JSON in path or "metadata" in path else path


def _language(seen: Inspection) -> Lang:
    return language("".join(text[:2000] for text, _ in seen.records.values()))


def _silent(body: dict[str, Any]) -> dict[str, Any]:
    """Without log-probabilities, which would spell the tokens out."""
    kept = {k: v for k, v in body.items() if k not in DROPPED}
    if isinstance(kept.get("include"), list):
        kept["include"] = [i for i in kept["include"] if not str(i).endswith("logprobs")]
    return kept


def _speaks(body: dict[str, Any]) -> bool:
    return "messages" in body or ("input" in body and "encoding_format" not in body and not _embeds(body))


def _embeds(body: dict[str, Any]) -> bool:
    return "embedding" in str(body.get("model", ""))


def _with_note(body: dict[str, Any]) -> dict[str, Any]:
    """One fixed line that tells the model to copy the marks, at the head of the system prompt."""
    messages = body.get("messages")
    if isinstance(messages, list):
        note = KEEP_TOKENS[language(str(messages[-1:]))]
        first = messages[0] if messages else {}
        if first.get("role") in ("system", "developer") and isinstance(first.get("content"), str):
            return {**body, "messages": [{**first, "content": f"{note}\n\n{first['content']}"}, *messages[1:]]}
        return {**body, "messages": [{"role": "system", "content": note}, *messages]}
    note = KEEP_TOKENS[language(str(body.get("input")))]
    instructions = body.get("instructions")
    return {**body, "instructions": f"{note}\n\n{instructions}" if instructions else note}


def _asks_json(body: dict[str, Any]) -> bool:
    text = body.get("text")
    wanted = body.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    return isinstance(wanted, dict) and str(wanted.get("type", "")).startswith("json")
