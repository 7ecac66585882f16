"""A whole gateway on loopback for tests: settings, a real ledger, uvicorn, and a client that speaks raw HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from banjia.config.config import App, Config, Entity, Labels, Route, TreatmentRule
from banjia.config.secret import Secret
from banjia.facts.value import Interval
from banjia.gateway.app import Gateway
from banjia.gateway.board import Board
from banjia.gateway.clock import Clock
from banjia.gateway.pricing import prices
from banjia.gateway.server import Server, server_for
from banjia.gateway.settings import Settings, build_settings
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.tally import Elsewhere
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Cite, Policy, RouteFacts
from banjia.routes.dialect.translator import Translator
from banjia.store.store import open_store
from banjia.store.vault import Vault
from banjia.text import Text

KEY = "sk-banjia-test"
DAY = date(2026, 11, 23)
CLOSED = Text("该供应商不向此地区提供服务", "the vendor does not serve this region")
CITE = Cite("openai-regions", Text("支持的国家和地区", "Supported countries and territories"))


def cell(route: str, **changes: Any) -> Cell:
    base: dict[str, Any] = {
        "app": "helpdesk",
        "purpose": "",
        "route": route,
        "model": "*",
        "data_class": "none",
        "band": Band(),
        "decision": "pass",
        "verdict": "permitted",
        "settled": True,
        "treatment": "allow",
        "rule": "no-bar",
        "reason": Text("未发现禁止", "no bar found"),
    }
    return Cell(**(base | changes))


def open_cells(*routes: str, **changes: Any) -> list[Cell]:
    return [cell(r, data_class=c, **changes) for r in routes for c in DATA_CLASSES]


def closed_cells(*routes: str, **changes: Any) -> list[Cell]:
    shut = {"decision": "refuse", "verdict": "prohibited", "rule": "openai.region", "reason": CLOSED, "cites": (CITE,)}
    return open_cells(*routes, **(shut | changes))


def policy(cells: list[Cell], abroad: tuple[str, ...] = (), expires: date | None = None) -> Policy:
    routes = dict.fromkeys(c.route for c in cells)
    facts = tuple(
        RouteFacts(
            r,
            "self_hosted",
            "foreign-api" if r in abroad else "domestic-filed-api",
            "US" if r in abroad else "CN",
            r in abroad,
        )
        for r in routes
    )
    return Policy("acme", DAY, expires, (("cn", "1"),), "sha256:law", facts, tuple(cells))


def config(path: Path, routes: list[Route], **app: Any) -> Config:
    secret = path / "app.key"
    if not secret.exists():
        secret.write_text(KEY)
    base: dict[str, Any] = {
        "id": "helpdesk",
        "keys": (Secret("file:app.key", path),),
        "facts": {"data.personal_info": False},
    }
    return Config(
        path=path / "banjia.yaml",
        store=f"sqlite:///{path}/banjia.db",
        keys=path / "keys",
        gateway_country="CN",
        gateway_facts={},
        entity=Entity("acme"),
        elsewhere=(),
        apps=(App(**(base | app)),),
        routes=tuple(routes),
        attestations=(),
        acceptances=(),
        readings=(),
        packs=(),
        auto_approve=False,
        treatment=TreatmentRule(),
        labels=Labels(),
        options={},
    )


def route(name: str, url: str, **more: Any) -> Route:
    return Route(name, "self_hosted", url, **({"models": {"gpt-4o": "true-model", "*": "*"}} | more))


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]

    @property
    def events(self) -> list[Any]:
        lines = [x[6:] for x in self.body.decode().split("\n\n") if x.startswith("data: ")]
        return [json.loads(x) if x != "[DONE]" else x for x in lines]


@dataclass
class House:
    gateway: Gateway
    port: int
    journal: Journal | None
    path: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def post(self, path: str = "/v1/chat/completions", body: Any = None, **headers: str | None) -> Answered:
        if body is None:
            body = chat()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.send("POST", path, data, **headers)

    async def get(self, path: str, **headers: str | None) -> Answered:
        return await self.send("GET", path, b"", **headers)

    async def send(self, method: str, path: str, data: bytes, **headers: str | None) -> Answered:
        given = {"host": "gateway", "authorization": f"Bearer {KEY}", "connection": "close"}
        given |= {k.replace("_", "-"): v for k, v in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items() if v is not None)]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join([*lines, f"content-length: {len(data)}", "", ""]).encode() + data)
        raw = await reader.read()
        writer.close()
        return parsed(raw)

    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        """(kind, body) of what the ledger holds; call after the journal is closed."""
        with open_store(f"sqlite:///{self.path}/banjia.db").snapshot() as tx:
            rows = tx.rows("SELECT kind, body FROM entry ORDER BY log, idx")
        return [(kind, json.loads(body)) for kind, body in rows]


def parsed(raw: bytes) -> Answered:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    if headers.get("transfer-encoding") == "chunked":
        body = dechunked(body)
    return Answered(int(lines[0].split(" ")[1]), headers, body)


def dechunked(data: bytes) -> bytes:
    out = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        out += data[: int(size, 16)]
        data = data[int(size, 16) + 2 :]
    return out


def chat(model: str = "gpt-4o", **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}]} | more


async def shut(server: Server) -> None:
    for listening in server.servers:
        listening.close()
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    for task in list(server.server_state.tasks):
        task.cancel()
    await server.lifespan.shutdown()


@contextlib.asynccontextmanager
async def house(
    path: Path,
    routes: list[Route],
    table: Policy,
    *,
    ledger: bool = True,
    elsewhere: tuple[int, int] | None = (0, 0),
    settings: dict[str, Any] | None = None,
    translators: dict[str, Translator] | None = None,
    apis: dict[str, frozenset[str]] | None = None,
    vault: Callable[[], Vault] | None = None,
    **app: Any,
) -> AsyncIterator[House]:
    conf = config(path, routes, **app)
    built: Settings = build_settings(conf, table, prices=prices(conf), translators=translators or {}, apis=apis or {})
    if settings:
        built = dataclasses.replace(built, **settings)
    journal = None
    if ledger:
        store = open_store(f"sqlite:///{path}/banjia.db")
        clock = Clock()
        declared = {}
        if elsewhere is not None:
            ordinary, sensitive = (Interval(n, n) for n in elsewhere)
            declared[clock.today().year] = Elsewhere(ordinary, sensitive)
        terms = Terms(entity="acme", elsewhere=declared)
        journal = Journal.open(store, path / "keys", "gateway/0", clock=clock.at, terms=terms)
    gateway = Gateway(built, journal=journal, board=Board(path / "board"), vault=vault)
    server = server_for(gateway, drain=1)
    stop = asyncio.Event()
    server.main_loop = stop.wait  # no polling: the tests would spend their time in it
    server.shutdown = lambda sockets=None: shut(server)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    task = asyncio.ensure_future(server.serve(sockets=[listening]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.002)
        yield House(gateway, listening.getsockname()[1], journal, path)
    finally:
        stop.set()
        await task
        if journal is not None:
            journal.close()
            store.close()
