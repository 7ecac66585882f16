"""Surface: the paths of OpenAI's and Azure's API, and what the gateway does with each."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from banjia.gateway.refusal import Refusal
from banjia.text import Text

OPERATIONS: frozenset[str] = frozenset({"chat/completions", "embeddings", "completions", "responses"})

# known parts of OpenAI's API that this gateway does not serve
UNSERVED = (
    "assistants", "audio", "batches", "chatkit", "containers", "conversations", "evals", "files", "fine_tuning",
    "graders", "images", "moderations", "organization", "realtime", "threads", "uploads", "vector_stores",
    "videos",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What a path means: the operation, and the deployment where Azure's form names one."""

    operation: str
    deployment: str = ""


def place(path: str) -> Place:
    """Strip the prefixes of OpenAI (/v1 or none) and Azure (/openai/v1, /openai/deployments/NAME)."""
    rest = path
    deployment = ""
    if rest.startswith("/openai/deployments/"):
        name, _, rest = rest.removeprefix("/openai/deployments/").partition("/")
        deployment = unquote(name)
    elif rest.startswith("/openai/v1/"):
        rest = rest.removeprefix("/openai/v1/")
    elif rest.startswith("/v1/"):
        rest = rest.removeprefix("/v1/")
    elif rest.startswith("/openai/"):
        rest = rest.removeprefix("/openai/")
    return Place(rest.strip("/"), deployment)


def not_served(operation: str, served_by: tuple[str, ...]) -> Refusal:
    """501 for what only OpenAI has, 404 for what nobody knows; `served_by` names routes that have it."""
    first = operation.partition("/")[0]
    if first in UNSERVED:
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


def wrong_method(method: str) -> Refusal:
    return Refusal(
        405,
        "invalid_request_error",
        "method_not_allowed",
        Text(f"这里不接受 {method}", f"{method} is not accepted here"),
    )
