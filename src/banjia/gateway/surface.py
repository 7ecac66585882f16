"""Surface: the paths of OpenAI's and Azure's API, and what the gateway does with each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from banjia.gateway.refusal import Refusal
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.gateway.route import RouteSettings

OPERATIONS: frozenset[str] = frozenset({"chat/completions", "embeddings", "completions", "responses", "messages"})

# the parts of OpenAI's API, those that are gone included; what is not served of them is 501, not 404
KNOWN = frozenset({
    "answers", "assistants", "audio", "batches", "chat", "chatkit", "classifications", "completions", "containers",
    "content_provenance_checks", "conversations", "edits", "embeddings", "engines", "evals", "files", "fine-tunes",
    "fine_tuning", "graders", "images", "messages", "models", "moderations", "organization", "projects", "realtime",
    "responses", "search", "skills", "threads", "uploads", "vector_stores", "videos",
})  # fmt: skip


SHORT = 256  # characters of a path that is worth keeping


@dataclass(frozen=True, slots=True)
class Place:
    """What a path means: the operation, and the deployment where Azure's form names one."""

    operation: str
    deployment: str = ""


def place(path: str) -> Place:
    """Strip the prefixes of OpenAI (/v1 or none) and Azure (/openai/v1, /openai/deployments/NAME)."""
    return _short(path) if len(path) < SHORT else _place(path)


def _place(path: str) -> Place:
    rest = path
    deployment = ""
    if rest.startswith("/openai/deployments/"):
        name, _, rest = rest.removeprefix("/openai/deployments/").partition("/")
        return Place(rest.strip("/"), unquote(name))
    for prefix in ("/openai/v1/", "/v1/", "/openai/"):
        if rest.startswith(prefix):
            rest = rest.removeprefix(prefix)
            break
    rest = rest.strip("/")
    if rest.startswith("engines/") and rest.count("/") > 1:  # the form of OpenAI's first clients
        _, name, rest = rest.split("/", 2)
        deployment = unquote(name)
    return Place(rest, deployment)


_short = lru_cache(maxsize=512)(_place)


def having(operation: str, routes: Iterable[RouteSettings]) -> tuple[str, ...]:
    """The routes whose provider has that part of OpenAI's API."""
    part = operation.partition("/")[0]
    return tuple(r.id for r in routes if part in r.apis)


def not_served(operation: str, served_by: tuple[str, ...]) -> Refusal:
    """501 for what OpenAI has or had, 404 for what nobody knows; `served_by` names routes whose provider has it."""
    first = operation.partition("/")[0]
    if first in KNOWN:
        names = ", ".join(served_by)
        text = Text(
            f"网关不提供 {operation}" + (f"；配置里能提供它的路线：{names}" if names else "；配置里没有路线能提供它"),
            f"the gateway does not serve {operation}"
            + (
                f"; routes of the config whose provider has it: {names}" if names else "; no route of the config has it"
            ),
        )
        return Refusal(501, "invalid_request_error", "not_served", text)
    text = Text(f"没有 {operation or '/'} 这个接口", f"there is no {operation or '/'} here")
    return Refusal(404, "invalid_request_error", "unknown_url", text)


def wrong_method(method: str, allowed: str) -> Refusal:
    refusal = Refusal(
        405,
        "invalid_request_error",
        "method_not_allowed",
        Text(f"这里不接受 {method}，只接受 {allowed}", f"{method} is not accepted here, only {allowed}"),
    )
    refusal.allow = allowed
    return refusal
