"""Example: a config that loads, for one provider alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from banjia.routes.lifecycle import life
from banjia.routes.provider import Endpoint, Provider

_MARK = re.compile(r"\{(\w+)\}")
_MARKS = {"WorkspaceId": "my-workspace", "region": "us-east-1"}


def example(provider: Provider, on: date) -> Iterator[str]:
    """A config that loads, for this provider alone."""
    endpoint, url = first_base(provider, on)
    engine = provider.is_engine
    country = "" if engine or endpoint is None or len(endpoint.store) != 2 else f"  # {endpoint.store}"
    model = next(
        (m.id for m in provider.models if m.kind == "chat" and life(provider, m.id, on).state == "available"),
        "my-model",
    )
    key = f"env:{provider.key.env[0]}" if provider.key.env else "env:LOCAL_KEY"
    yield "store: sqlite:///banjia.db"
    yield "keys: keys/"
    yield "gateway: {country: CN}"
    yield "entity: {id: acme-cn, facts: {actor.establishment: CN}}"
    yield "apps:"
    yield "  - {id: helpdesk, keys: [env:HELPDESK_KEY], routes: [main]}"
    yield "routes:"
    yield "  - id: main"
    yield f"    provider: {provider.id}"
    yield f"    base_url: {url}{country}"
    yield f"    key: {key}"
    if provider.id == "azure_openai":
        yield "    api_version: v1"
    yield f'    models: {{gpt-4o: {model}, "*": {model}}}'


def first_base(provider: Provider, on: date) -> tuple[Endpoint | None, str]:
    for endpoint, base in provider.bases():
        if (
            (endpoint.closed is None or on < endpoint.closed)
            and not base.apis
            and endpoint.side != "overseas"
            and "{deployment}" not in base.url
        ):
            return endpoint, _MARK.sub(lambda m: _MARKS.get(m[1], f"my-{m[1]}"), base.url)
    if provider.is_engine:
        return None, f"http://127.0.0.1:{provider.port or 8000}/v1"
    match = next((e.match for e in provider.endpoints if not e.match.startswith(("re:", "*"))), "127.0.0.1")
    return None, f"https://{match}/v1"
