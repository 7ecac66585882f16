"""Refusal: an answer of the gateway's own, in OpenAI's error form and the caller's language."""

from __future__ import annotations

import msgspec

from banjia.policy.decide import Decision
from banjia.text import Lang, Text

Header = tuple[bytes, bytes]

JSON = (b"content-type", b"application/json")
NO_RETRY = (b"x-should-retry", b"false")


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """`retry` says whether the same call may succeed later; clients obey it."""

    def __init__(
        self,
        status: int,
        type: str,  # noqa: A002 - OpenAI's own name for it
        code: str,
        text: Text,
        *,
        param: str | None = None,
        retry: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.type = type
        self.code = code
        self.text = text
        self.param = param
        self.retry = retry
        self.wait = wait
        self.raw = ""  # the vendor's own code, for the ledger
        self.allow = ""  # the methods that are accepted, where this one is not

    def body(self, lang: Lang) -> bytes:
        return error_body(self.text.say(lang), self.type, self.code, self.param)

    def headers(self) -> list[Header]:
        out = [JSON]
        if self.allow:
            out.append((b"allow", self.allow.encode("ascii")))
        if not self.retry:
            out.append(NO_RETRY)
        elif self.wait is not None:
            out.append((b"retry-after", str(max(1, round(self.wait))).encode()))
            out.append((b"retry-after-ms", str(max(1, round(self.wait * 1000))).encode()))
        return out


def error_body(message: str, type: str, code: str | None, param: str | None = None) -> bytes:  # noqa: A002
    return msgspec.json.encode({"error": {"message": message, "type": type, "param": param, "code": code}})


def error_event(message: str, type: str, code: str) -> bytes:  # noqa: A002
    """An event that clients raise as an error; after it a stream never counts as complete."""
    return b"data: " + error_body(message, type, code) + b"\n\n"


def policy_refusal(decision: Decision, route: str) -> Refusal:
    """403 with the rule as its code and the citation in its message."""
    cites = "; ".join(dict.fromkeys(f"{c.id}" for c in decision.cites))
    titles_zh = "；".join(dict.fromkeys(f"{c.id} {c.title.zh}".strip() for c in decision.cites))
    titles_en = "; ".join(dict.fromkeys(f"{c.id} {c.title.en}".strip() for c in decision.cites))
    text = Text(
        f"策略不允许经路线 {route} 调用：{decision.reason.zh}" + (f"（{titles_zh}）" if cites else ""),
        f"the policy does not allow this call over route {route}: {decision.reason.en}"
        + (f" ({titles_en})" if cites else ""),
    )
    return Refusal(403, "policy_refusal", decision.rule or "policy", text)


def bad_request(code: str, text: Text, *, param: str | None = None, status: int = 400) -> Refusal:
    return Refusal(status, "invalid_request_error", code, text, param=param)


NO_KEY = Refusal(
    401,
    "invalid_request_error",
    "missing_api_key",
    Text(
        "请求没有带密钥：用 Authorization: Bearer 或 api-key 发送网关发给应用的密钥",
        "the request has no key: send the application's gateway key as Authorization: Bearer or api-key",
    ),
)
WRONG_KEY = Refusal(
    401,
    "invalid_request_error",
    "invalid_api_key",
    Text("网关不认识这把密钥", "the gateway does not know this key"),
)
UNPRICED = Refusal(
    403,
    "invalid_request_error",
    "unpriced",
    Text(
        "应用有费用预算，而这个接口不按词元计价，无法计入；配置 budget.unpriced: pass 可放行",
        "the application has a budget of money, and this part of the API is not priced by the token, so it cannot be "
        "counted; `budget.unpriced: pass` lets it through",
    ),
)
FULL = Refusal(
    503,
    "server_error",
    "gateway_busy",
    Text("网关正在处理的请求已达上限", "the gateway has as many requests in hand as it may"),
    retry=True,
    wait=1.0,
)
SPENT = Refusal(
    503,
    "server_error",
    "memory_spent",
    Text(
        "网关持有的请求和答复已达上限（limits.held_bytes），请稍后重试",
        "the requests and answers that the gateway holds have reached their limit (limits.held_bytes); try again soon",
    ),
    retry=True,
    wait=1.0,
)
INTERNAL = Refusal(
    500,
    "server_error",
    "internal_error",
    Text("网关内部出错，已记录", "an internal error of the gateway; it was logged"),
)
