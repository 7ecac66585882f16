"""Target: where moved calls go, in the form each use expects."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from banjia.errors import ConfigError
from banjia.text import Text

DEFAULT = "http://127.0.0.1:8420"


@dataclass(frozen=True, slots=True)
class Target:
    """A gateway, or a configured route. `root` has no path of the API and no slash at its end."""

    root: str = DEFAULT
    prefix: str = "/v1"  # what stands between root and an operation for clients of OpenAI

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

    def base(self, *, expects_v1: bool | None, slash: bool | None, azure: bool = False) -> str:
        """The address in the convention of one use: with or without the version, with or without a slash at the end."""
        url = self.root if azure or expects_v1 is False else self.v1
        return url + ("/" if slash else "")
