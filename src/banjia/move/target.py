"""Target: where moved calls go, in the form each use expects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from banjia.errors import ConfigError
from banjia.text import Text

DEFAULT = "http://127.0.0.1:8420"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What is done by the user's word alone: `subject` is an expression of the application, taken as it is given."""

    purpose: str = ""
    subject: str = ""
    upgrade: bool = False  # calls of openai-python 0.x to the current version

    @classmethod
    def parse(cls, headers: Iterable[str], *, upgrade: bool) -> Choices:
        found: dict[str, str] = {}
        for header in headers:
            name, mark, value = header.partition("=")
            if name not in {"purpose", "subject"} or not mark or not value.strip():
                raise ConfigError(
                    Text("不认识这个头", "this is no header that can be added"),
                    where="--header",
                    expected="purpose=ID, subject=EXPR",
                    found=header,
                )
            found[name] = value.strip()
        return cls(found.get("purpose", ""), found.get("subject", ""), upgrade)


@dataclass(frozen=True, slots=True)
class Target:
    """A gateway, or a configured route. `root` has no path of the API and no slash at its end."""

    root: str = DEFAULT
    prefix: str = "/v1"  # what stands between root and an operation for clients of OpenAI
    choices: Choices = Choices()

    @classmethod
    def parse(cls, url: str, *, where: str) -> Target:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(
                Text("目标地址写法不对", "this is no address to move to"),
                where=where,
                expected="http://HOST:PORT",
                found=url,
            )
        path = parts.path.rstrip("/")
        if path and path.rpartition("/")[2].startswith("v") and path.rpartition("/")[2][1:2].isdigit():
            head, _, version = path.rpartition("/")
            return cls(f"{parts.scheme}://{parts.netloc}{head}", f"/{version}")
        return cls(f"{parts.scheme}://{parts.netloc}", path or "/v1")

    @property
    def v1(self) -> str:
        return self.root + self.prefix

    @property
    def is_loopback(self) -> bool:
        return (urlsplit(self.root).hostname or "") in LOOPBACK

    def base(self, *, expects_v1: bool | None, slash: bool | None, azure: bool = False) -> str:
        """The address in the convention of one use: with or without the version, with or without a slash at the end."""
        url = self.root if azure or expects_v1 is False else self.v1
        return url + ("/" if slash else "")
