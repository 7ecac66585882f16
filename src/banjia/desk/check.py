"""Check: what the code uses, what of it is closed on that day, what is open instead, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from banjia.assess.assessment import INDETERMINATE, ORDER, Assessment, DutyResult, Missing
from banjia.assess.fill import maker
from banjia.config.config import Config
from banjia.config.lifetime import Lifetime, lifetimes
from banjia.config.reader import read
from banjia.desk.assess import Request, assess
from banjia.facts.profile import Profile, Provenance
from banjia.gateway.provided import check_options
from banjia.routes.catalogue import Catalogue
from banjia.routes.catalogue import load as load_routes
from banjia.scan.finding import KINDS, Finding, Inventory
from banjia.text import Text

CONFIG = "banjia.yaml"
DONE, OPEN, PROHIBITED, ACTION = 0, 3, 4, 5
MOST_DUTIES, MOST_QUESTIONS = 5, 3
BEHIND = frozenset({"config", "client", "call", "import", "dependency", "model", "env", "tokenizer", "embed_dim"})
BASE_URL = ("BASE_URL", "API_BASE", "ENDPOINT", "API_HOST", "BASE")


@dataclass(frozen=True, slots=True)
class Use:
    """One way out that the code takes today, with the places, and what the law of the day says of it."""

    kind: str
    provider: str
    findings: tuple[Finding, ...]
    assessment: Assessment

    @property
    def is_closed(self) -> bool:
        return self.assessment.verdict == "prohibited"

    @property
    def cites(self) -> tuple[str, ...]:
        """Citations of the axes that weigh most."""
        axes = sorted(self.assessment.axes.values(), key=lambda a: -ORDER.index(a.verdict) if a.verdict in ORDER else 1)
        return tuple(dict.fromkeys(cite for axis in axes for cite in axis.cites))

    def to_json(self) -> dict[str, Any]:
        return {
            "route": self.kind,
            "provider": self.provider,
            "verdict": self.assessment.verdict,
            "reachable": list(self.assessment.reachable),
            "cites": list(self.cites),
            "findings": [f.to_json() for f in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Check:
    path: Path
    config: Path | None
    on: date
    inventory: Inventory
    uses: tuple[Use, ...]
    routes: tuple[Assessment, ...]
    configured: tuple[str, ...]  # route ids, in the order of config
    behind_gateway: bool
    models: tuple[Lifetime, ...] = ()  # those of the config that have ended, or whose end is near

    @property
    def stop(self) -> tuple[Use, ...]:
        return tuple(u for u in self.uses if u.is_closed)

    @property
    def use(self) -> Assessment | None:
        """The best route known to be open, a configured one before a kind of route; None while facts are open."""
        rank = {DONE: 0, ACTION: 1}
        open_ = [a for a in self.routes if a.exit_code in rank]
        return min(open_, key=lambda a: (rank[a.exit_code], not self._is_configured(a)), default=None)

    @property
    def first(self) -> tuple[DutyResult, ...]:
        """What must be done before the best route is used."""
        due = [d for d in self.use.duties.certain if d.when == "before-use" and not d.met] if self.use else []
        return tuple(due[:MOST_DUTIES])

    @property
    def ask(self) -> tuple[Missing, ...]:
        """The questions that settle most: first those of the best route that is configured, then of what is used."""
        lead = self._leading
        others = [u.assessment for u in self.uses if not u.is_closed] + ([self.use] if self.use else [])
        asked: dict[str, Missing] = {}
        for missing in (*_ranked([lead] if lead else []), *_ranked(others)):
            asked.setdefault(missing.fact, missing)
        return tuple(asked.values())[:MOST_QUESTIONS]

    @property
    def _leading(self) -> Assessment | None:
        """The route that may be the answer: one that is configured before a kind of route, then in config's order."""
        order = {name: n for n, name in enumerate(self.configured)}
        ways = [a for a in self.routes if a.verdict != "prohibited"]
        rank = (DONE, ACTION, OPEN)

        def gravity(a: Assessment) -> tuple[int, int, int, int]:
            place = order.get(a.route.split("/")[0], len(order))
            lightest = min((ORDER.index(v) for v in a.reachable if v in ORDER), default=len(ORDER))
            return place == len(order), rank.index(a.exit_code) if a.exit_code in rank else len(rank), lightest, place

        return min(ways, key=gravity, default=None)

    @property
    def exit_code(self) -> int:
        """4 where the code uses a closed route, or config a model that ended; 3 with open facts; 5 to do; else 0."""
        if self.stop or any(m.stops for m in self.models):
            return PROHIBITED
        codes = {u.assessment.exit_code for u in self.uses}
        return next((code for code in (OPEN, ACTION) if code in codes), DONE)

    @property
    def next(self) -> Text:
        """One next command."""
        if not self.inventory.findings:
            return Text("没有发现 AI 服务，无需处理", "no AI service found; nothing to do")
        if self.config is None:
            return Text("banjia init", "banjia init")
        if self.stop:
            return Text("banjia move  （先看差异）", "banjia move  (shows the diff first)")
        if any(u.assessment.verdict == INDETERMINATE for u in self.uses):
            return Text("banjia assess -i  （回答剩下的问题）", "banjia assess -i  (answers what is open)")
        if self.first:
            return Text("履行上面的义务并写入 attestations", "meet the duties above and attest them in banjia.yaml")
        return Text("banjia serve", "banjia serve")

    def to_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "stop": [u.to_json() for u in self.stop],
            "use": self.use.to_json() if self.use else None,
            "first": [d.to_json() for d in self.first],
            "ask": [m.to_json() for m in self.ask],
            "next": self.next.as_dict(),
            "uses": [u.to_json() for u in self.uses],
            "routes": [a.to_json() for a in self.routes],
            "models": [m.to_json() for m in self.models],
            **self.inventory.to_json(),
        }

    def _is_configured(self, answer: Assessment) -> bool:
        return answer.route.split("/")[0] in self.configured


def check(path: Path, inventory: Inventory, *, config: Path | None, on: date) -> Check:
    """Scan result and assessments on one page. Without a config nothing is known of the entity but what scan found."""
    file = config if config is not None else (path / CONFIG if (path / CONFIG).is_file() else None)
    read_config = read(file) if file is not None else None
    catalogue = load_routes()
    models: tuple[Lifetime, ...] = ()
    if read_config is not None:
        check_options(read_config, on)
        found = lifetimes(read_config, catalogue, on)
        models = tuple(m for m in found if m.stops or m.ends_soon)
    behind = behind_gateway(inventory.findings, read_config)
    apps: list[str | None] = [a.id for a in read_config.apps] if read_config else []
    answers: list[Assessment] = []
    for app in apps or [None]:
        answers += assess(Request(config=file, app=app, on=on)).assessments
    uses = []
    for (kind, provider), places in sorted(_groups(inventory.findings, catalogue, behind=behind).items()):
        extra = scanned(kind, inventory)
        asked = [assess(Request(config=file, app=app, on=on, route=kind, extra=extra)) for app in apps or [None]]
        uses.append(Use(kind, provider, places, _worst(a for answer in asked for a in answer.assessments)))
    configured = tuple(r.id for r in read_config.routes) if read_config else ()
    return Check(path, file, on, inventory, tuple(uses), tuple(answers), configured, behind, models)


def behind_gateway(findings: Sequence[Finding], config: Config | None) -> bool:
    """Whether the settings in the tree already send OpenAI's clients to a private host: the gateway."""
    outs = {urlsplit(r.base_url).hostname for r in config.routes} if config else set()
    hosts = {
        urlsplit(f.url).hostname or ""
        for f in findings
        if f.kind in {"config", "env"} and f.url and f.env and f.env.upper().endswith(BASE_URL)
    }
    return bool(hosts) and all(_private(h) and h not in outs - {"127.0.0.1", "localhost"} for h in hosts)


def scanned(kind: str, inventory: Inventory) -> Profile:
    """What the scan adds to the facts of a route: behind a relay, the maker whose models the code names."""
    makers = {vendor for m in inventory.summary["models"] if (vendor := maker(m)) is not None}
    if kind != "reverse-proxy" or len(makers) != 1:
        return Profile()
    return Profile.read({"model.vendor": makers.pop()}, Provenance("scanned", "model names in the code"))


def _groups(
    findings: Iterable[Finding], catalogue: Catalogue, *, behind: bool
) -> dict[tuple[str, str], tuple[Finding, ...]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kind = route_kind(finding, catalogue)
        if kind is None or (behind and kind == "openai-direct" and _follows(finding)):
            continue
        groups.setdefault((kind, finding.provider), []).append(finding)
    # a declared or imported SDK alone sends nothing anywhere
    return {
        k: tuple(sorted(v, key=_telling))
        for k, v in groups.items()
        if any(f.kind not in {"dependency", "import"} for f in v)
    }


def _follows(finding: Finding) -> bool:
    """Whether this use goes where the settings say: it names no public host of its own."""
    host = urlsplit(finding.url).hostname if finding.url else ""
    return finding.kind in BEHIND and (not host or _private(host))


def _telling(finding: Finding) -> tuple[int, str, int]:
    return KINDS.index(finding.kind), finding.path, finding.line


def route_kind(finding: Finding, catalogue: Catalogue) -> str | None:
    """The kind of route that a use of this provider is; None where the provider is not fixed."""
    if finding.provider == "relay":
        return "reverse-proxy"
    provider = catalogue.find(finding.provider)
    if provider is None:
        return None
    found = catalogue.by_host(finding.url) if finding.url else None
    return catalogue.kinds(provider, found[1] if found and found[0].id == provider.id else None)[0]


def _ranked(answers: Iterable[Assessment]) -> list[Missing]:
    """The open facts of several assessments, each once, by what an answer settles for what it costs."""
    best: dict[str, Missing] = {}
    for missing in (m for a in answers for m in a.missing if m.who != "catalogue"):  # those follow from the others
        known = best.get(missing.fact)
        if known is None or missing.settles > known.settles:
            best[missing.fact] = missing
    return sorted(best.values(), key=lambda m: (-m.settles / (1 + m.cost), m.fact))


def _worst(answers: Iterable[Assessment]) -> Assessment:
    order = (DONE, ACTION, OPEN, PROHIBITED)
    return max(answers, key=lambda a: order.index(a.exit_code))


def _private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".internal", ".local", ".svc", ".lan"))
