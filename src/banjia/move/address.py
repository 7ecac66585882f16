"""Address: a literal URL of a service that is left, cut into the part that moves and the part that stays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from banjia.move.target import Target

OPENAI = re.compile(
    r"https://(?:[a-z]{2}\.)?api\.openai\.com(?::443)?(?P<version>/v1)?(?=$|[/?#\"'`{} ])"
    r"(?(version)|(?!/(?!v1)[A-Za-z]))"  # other paths of that host are names or pages, not the API
)
AZURE = re.compile(r"https://[A-Za-z0-9{}$_.-]+\.openai\.azure\.com(?=$|[/?#\"'`{} ])")
OPENAI_VARIABLE, AZURE_VARIABLE = "OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT"


@dataclass(frozen=True, slots=True)
class Address:
    """`text[start:end]` is the part that moves. `has_v1`: the literal itself carries the version."""

    start: int
    end: int
    azure: bool
    has_v1: bool
    slash: bool = False

    @property
    def variable(self) -> str:
        return AZURE_VARIABLE if self.azure else OPENAI_VARIABLE

    def moved(self, target: Target) -> str:
        """The plain address that stands for it at the target."""
        return target.base(expects_v1=self.has_v1, slash=False, azure=self.azure)


def find(text: str, relay: str | None = None) -> Address | None:
    """The first address of OpenAI or Azure OpenAI in a literal, or the given address of a relay."""
    if relay and (at := text.find(relay)) >= 0:
        bare = relay.rstrip("/")
        return Address(at, at + len(bare), azure=False, has_v1=bare.endswith("/v1"))
    if match := OPENAI.search(text):
        return Address(match.start(), match.end(), azure=False, has_v1=match["version"] is not None)
    if match := AZURE.search(text):
        return Address(match.start(), match.end(), azure=True, has_v1=False)
    return None
