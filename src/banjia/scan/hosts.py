"""Hosts: what the provider catalogue says of addresses, as patterns and literals of the rules that name a provider.

A rule with `hosts: catalogue` takes the endpoints of its provider's file; the rule `host-relay` the dated list of
relays. A pattern in such a rule adds forms that no endpoint has, such as a template.
"""

from __future__ import annotations

import functools
import re

from banjia.routes.catalogue import Catalogue, load
from banjia.scan.syntax.node import HOLE

NOT_HOSTED = frozenset({"loopback", "private"})
# Domains of whole clouds: a name below them is a model service only where it says so.
CLOUDS = frozenset({"amazonaws.com", "amazonaws.com.cn", "googleapis.com", "aliyuncs.com", "azure.com", "azure.cn"})


def endpoint_pattern(match: str) -> str:
    """Of an endpoint's `match`: an exact name, `*.` and a suffix, or an expression; names below it with a hole too."""
    if match.startswith("re:"):
        return match.removeprefix("re:").removeprefix("^").removesuffix("$")
    if match.startswith("*."):
        return rf"[\w.{HOLE}-]+\.{re.escape(match[2:])}"
    return re.escape(match)


def endpoint_literal(match: str) -> str:
    """What stands in every address of the endpoint: its longest fixed end."""
    if match.startswith("re:"):
        fixed = re.findall(r"(?:\\\.[a-z0-9-]+)+\$$", match)
        literal = fixed[0].rstrip("$").replace("\\.", ".") if fixed else ""
        return "" if literal.removeprefix(".") in CLOUDS else literal
    return match.removeprefix("*")


def provider_hosts(provider: str) -> tuple[str, ...]:
    """`match` of every endpoint of a provider; of relays the names of the dated list, and every name below them."""
    catalogue = load()
    if provider == "relay":
        names = sorted(catalogue.relays.names)
        return tuple(name for own in names for name in (own, f"*.{own}"))
    if (known := catalogue.find(provider)) is None:
        return ()
    return tuple(endpoint.match for endpoint in known.endpoints if is_hosted(endpoint.match))


def is_hosted(match: str) -> bool:
    return match not in NOT_HOSTED and match.removeprefix("*.") not in CLOUDS


def host_pattern(provider: str, also: str) -> re.Pattern[str]:
    parts = [endpoint_pattern(match) for match in provider_hosts(provider)]
    forms = [rf"^(?:{'|'.join(parts)})$"] if parts else []
    return re.compile("|".join([*forms, *([f"(?:{also})"] if also else [])]) or r"(?!)")


def host_literals(provider: str) -> tuple[str, ...]:
    found = {endpoint_literal(match) for match in provider_hosts(provider) if match.count(".") > 0}
    return tuple(sorted(literal for literal in found if literal.count(".") >= 1 and len(literal) > 5))


def catalogue_host(host: str) -> str | None:
    """The provider that the catalogue, with what installed packages add to it, knows for a host."""
    found = load().by_host(host)
    if found is None or not is_hosted(found[1].match):
        return None
    return found[0].id


def every_form() -> str:
    """All of it in one text: another text means that other hosts are known."""
    return "\n".join(f"{provider} {' '.join(provider_hosts(provider))}" for provider in (*load().ids(), "relay"))


@functools.cache
def every_literal() -> tuple[str, ...]:
    catalogue: Catalogue = load()
    return tuple(sorted({literal for provider in catalogue.ids() for literal in host_literals(provider)}))
