"""Error: what a vendor says went wrong, as OpenAI would say it, with whether asking again can help."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.condition import same
from banjia.routes.dialect.operation import ErrorIn200, ErrorMap, Match
from banjia.routes.provider import Provider

LONGEST_MESSAGE = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class CanonicalError:
    """`safety`: the vendor's content check refused. `raw_code` is the vendor's own, for the ledger."""

    status: int
    type: str
    code: str | None
    message: str
    retry: bool = False
    retry_after: float | None = None
    safety: bool = False
    raw_code: str = ""
    param: str | None = None
    is_known: bool = True  # False: no rule of the provider's file fits, the status alone decided

    def body(self) -> dict[str, Any]:
        """OpenAI's error body."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def map_error(provider: Provider, status: int, body: Any, *, retry_after: float | None = None) -> CanonicalError:
    """The first rule of the provider's file that fits, else what the status means by itself."""
    facts = Facts.of(status, body)
    for rule in provider.dialect.errors:
        if facts.fits(rule.when):
            return _by_rule(rule, facts, retry_after)
    if status < _FIRST_ERROR:  # inside a stream, or in an answer's place: its status came too early to tell
        told = replace(facts, status=_told_status(facts))
        for rule in provider.dialect.errors:
            named = rule.when.code or rule.when.code_prefix or rule.when.type or rule.when.message
            if (named and facts.fits(rule.when, whatever_status=True)) or told.fits(rule.when):
                return _by_rule(rule, facts, retry_after)
    return _by_status(facts, retry_after)


def error_in_answer(provider: Provider, body: Any) -> CanonicalError | None:
    """The error inside a body that came with HTTP 200; None: it is an answer."""
    if not isinstance(body, dict):
        return None
    if body.get("error"):
        return map_error(provider, 200, body)
    for op in provider.dialect.answer:
        if isinstance(op, ErrorIn200):
            value = path.get(body, op.path)
            if value is not None and not any(same(value, w) or str(value) == str(w) for w in op.ok):
                return map_error(provider, 200, body)
    return map_error(provider, 200, body) if _is_bare_error(body) else None


def _is_bare_error(body: dict[str, Any]) -> bool:
    """A code and a message where an answer should be, in the envelope of some gateway before the model."""
    if body.get("choices") or any(body.get(place) is not None for place in _ANSWERS):
        return False
    told = any(isinstance(body.get(name), str) and body[name] for name in _MESSAGES)
    return told and any(body.get(name) not in _FINE for name in ("code", "error_code", "status_code", "type"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be read of an error, whatever its envelope."""

    status: int
    codes: tuple[str, ...]
    type: str
    message: str
    body: Any

    @classmethod
    def of(cls, status: int, body: Any) -> Facts:
        inner = body.get("error") if isinstance(body, dict) else None
        if isinstance(inner, str):
            inner = {"message": inner}
        places = [p for p in (inner, body) if isinstance(p, dict)]
        base = body.get("base_resp") if isinstance(body, dict) else None
        codes = [str(p[k]) for p in places for k in ("code", "error_code") if p.get(k) not in (None, "")]
        if isinstance(base, dict):
            codes.append(str(base.get("status_code", "")))
            places.append({"message": base.get("status_msg", "")})
        kinds = [p["type"] for p in places if isinstance(p.get("type"), str)]
        words = [str(p[k]) for p in places for k in _MESSAGES if p.get(k)]
        text = words[0] if words else body if isinstance(body, str) else ""
        return cls(status, tuple(codes), kinds[0] if kinds else "", _plain(text), body)

    def fits(self, when: Match, *, whatever_status: bool = False) -> bool:
        return (
            (whatever_status or not when.http or self.status in when.http)
            and (not when.code or any(c in when.code for c in self.codes))
            and (not when.code_prefix or any(c.startswith(p) for c in self.codes for p in when.code_prefix))
            and (not when.type or self.type in when.type)
            and (not when.message or any(m.lower() in self.message.lower() for m in when.message))
            and (not when.path or self._number_fits(when))
        )

    def _number_fits(self, when: Match) -> bool:
        value = path.get(self.body, when.path)
        try:
            number = int(value)
        except (TypeError, ValueError):
            return False
        return (not when.value or number in when.value) and number not in when.not_


def _by_rule(rule: ErrorMap, facts: Facts, retry_after: float | None) -> CanonicalError:
    return CanonicalError(
        status=rule.to.http,
        type=rule.to.type,
        code=rule.to.code,
        message=facts.message or _FALLBACK,
        retry=rule.retry,
        retry_after=retry_after if rule.retry else None,
        safety=rule.safety,
        raw_code=_raw(facts),
    )


def _by_status(facts: Facts, retry_after: float | None) -> CanonicalError:
    own_words = facts.status < _FIRST_ERROR
    status = _told_status(facts) if own_words else facts.status
    kind = "server_error" if status >= _FIRST_SERVER_ERROR else "invalid_request_error"
    new, kind, code, retry = _STATUSES.get(status, (status, kind, None, status >= _FIRST_SERVER_ERROR))
    known = _OPENAI_CODES | _OPENAI_TYPES if own_words else _OPENAI_CODES
    if own := next((known[c] for c in (*facts.codes, facts.type) if c in known), None):
        new, kind, code, retry = own
    return CanonicalError(
        status=new,
        type=kind,
        code=code or (facts.codes[0] if facts.codes and new < _FIRST_SERVER_ERROR else None),
        message=facts.message or _FALLBACK,
        retry=retry,
        retry_after=retry_after if retry else None,
        safety=code == "content_filter",
        raw_code=_raw(facts),
        is_known=False,
    )


def _told_status(facts: Facts) -> int:
    """The status that an error under HTTP 200 gives as its code; without one nobody knows whose fault it was."""
    found = [int(c) for c in facts.codes if c.isdecimal() and len(c) == _STATUS_DIGITS]
    return next((s for s in found if _FIRST_ERROR <= s < _AFTER_STATUSES), 502)


def _raw(facts: Facts) -> str:
    return _plain(facts.codes[0] if facts.codes else facts.type or str(facts.status))[:64]


def _plain(text: str) -> str:
    """One line, of bounded length: it goes into headers, logs and the ledger."""
    return _CONTROL.sub(" ", text).strip()[:LONGEST_MESSAGE]


_FALLBACK = "The provider answered with an error and gave no reason."
_FIRST_ERROR = 400
_FIRST_SERVER_ERROR = 500
_AFTER_STATUSES = 600
_STATUS_DIGITS = 3
_MESSAGES = ("message", "error_msg", "msg", "detail")
_ANSWERS = ("data", "vectors", "embedding", "output")
_FINE = (None, "", 0, "0", 200, "200", "success", "ok")
_OPENAI_CODES: dict[str, tuple[int, str, str | None, bool]] = {
    "insufficient_quota": (429, "insufficient_quota", "insufficient_quota", False),
    "content_filter": (400, "invalid_request_error", "content_filter", False),
}
_OPENAI_TYPES: dict[str, tuple[int, str, str | None, bool]] = {  # where the status says nothing, these do
    "rate_limit_exceeded": (429, "rate_limit_error", "rate_limit_exceeded", True),
    "rate_limit_error": (429, "rate_limit_error", "rate_limit_exceeded", True),
    "context_length_exceeded": (400, "invalid_request_error", "context_length_exceeded", False),
    "model_not_found": (404, "invalid_request_error", "model_not_found", False),
    "invalid_api_key": (401, "authentication_error", "invalid_api_key", False),
    "authentication_error": (401, "authentication_error", "invalid_api_key", False),
    "overloaded_error": (503, "server_error", "overloaded", True),
}
_STATUSES: dict[int, tuple[int, str, str | None, bool]] = {
    400: (400, "invalid_request_error", None, False),
    401: (401, "authentication_error", "invalid_api_key", False),
    402: (429, "insufficient_quota", "insufficient_quota", False),
    403: (403, "permission_error", None, False),
    404: (404, "invalid_request_error", None, False),
    408: (408, "timeout", None, True),
    409: (409, "conflict_error", None, True),
    413: (413, "invalid_request_error", "request_too_large", False),
    422: (400, "invalid_request_error", "invalid_value", False),
    429: (429, "rate_limit_error", "rate_limit_exceeded", True),
    451: (400, "invalid_request_error", "content_filter", False),
    503: (503, "server_error", "overloaded", True),
}
