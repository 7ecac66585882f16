"""Ladder: the runs of one proof and what they show together: before the move, after it, and through the gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from banjia.move.address import find
from banjia.move.call import difference
from banjia.move.enclosure import Enclosure, Host, Outcome
from banjia.move.plan import Plan
from banjia.move.proof import State, Step
from banjia.scan.finding import Inventory
from banjia.text import Text

LEFT = (Host("api.openai.com"), Host("*.api.openai.com"), Host("*.openai.azure.com"))
KEYS = {"OPENAI_API_KEY": "sk-recording-0000000000000000000000", "AZURE_OPENAI_API_KEY": "recording"}
ENDS = 400


@dataclass(frozen=True, slots=True)
class Runs:
    """How the application is started, with what around it. `accepted`: hosts it may try in vain, by the user's word."""

    command: tuple[str, ...]
    variables_before: Mapping[str, str] = field(default_factory=dict)
    variables_after: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    seconds: float = 120.0


def hosts_before(inventory: Inventory, variables: Mapping[str, str]) -> tuple[Host, ...]:
    """Whoever is answered for before the move: the service that is left, every address of it or of a relay."""
    urls = [f.url for f in inventory.findings if f.url and f.provider in {"openai", "azure_openai", "relay"}]
    given = [v for v in variables.values() if v.startswith(("http://", "https://"))]
    found = {h for u in [*urls, *given] if (h := Host.of(u)) is not None and "{" not in h.host and "$" not in h.host}
    return (*LEFT, *sorted(found - set(LEFT), key=lambda h: (h.host, h.port)))


def before(enclosure: Enclosure, runs: Runs) -> tuple[Step, Outcome]:
    outcome = enclosure.run(runs.command, KEYS | dict(runs.variables_before), seconds=runs.seconds)
    count = len(outcome.calls)
    if outcome.code:
        text = Text(f"搬迁前程序就以 {outcome.code} 结束", f"the program ended with {outcome.code} before the move")
        return Step("before", "fails", text, _end(outcome)), outcome
    if not count:
        return Step("before", "fails", Text("搬迁前没有一次调用", "no call was made before the move")), outcome
    text = Text(f"搬迁前：{count} 次调用：{_seen(outcome)}", f"before the move: {count} calls: {_seen(outcome)}")
    return Step("before", "holds", text, _tried(outcome, runs)), outcome


def after(enclosure: Enclosure, runs: Runs, *, name: str = "recorded") -> tuple[Step, Outcome]:
    """The moved application, told nothing by its surroundings: what it does, its own code and settings bring about."""
    outcome = enclosure.run(runs.command, KEYS | dict(runs.variables_after), seconds=runs.seconds)
    state, text, details = _judged(outcome, runs)
    return Step(name, state, text, details), outcome


def same(was: Outcome, now: Outcome, less: frozenset[str] = frozenset()) -> Step:
    if not was.calls:
        return Step("same", "not-run", Text("搬迁前没有可比的调用", "there are no calls of before to compare with"))
    rows = difference(was.calls, now.calls, less)
    if rows:
        return Step("same", "fails", Text("调用和搬迁前不同", "the calls differ from those before the move"), rows)
    text = Text(
        f"{len(now.calls)} 次调用的方法、路径和字段名都和搬迁前一样",
        f"method, path and field names of {len(now.calls)} calls are those before the move",
    )
    dropped = difference(was.calls, now.calls) if less else ()
    return Step("same", "holds", text, (f"fields not compared: {', '.join(sorted(less))}", *dropped) if dropped else ())


def overlays(plan: Plan) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Contents of the changed files before and after."""
    return {c.path: c.was for c in plan.changes}, {c.path: c.will for c in plan.changes}


def at_target(plan: Plan) -> tuple[Host, ...]:
    """The target's own address, exactly as the edits write it: what is proved is what was written."""
    host = Host.of(plan.target.root)
    return (host,) if host is not None else ()


def settings(text: str) -> dict[str, str]:
    """The variables of an env file: `NAME=value` lines, `export` and quotes allowed."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, mark, value = line.strip().removeprefix("export ").partition("=")
        if mark and name.replace("_", "").isalnum() and not name.startswith("#"):
            found[name.strip()] = value.strip().strip("\"'")
    return found


def elsewhere(outcome: Outcome) -> Outcome:
    """Without tries at loopback names: they cannot leave."""
    return replace(outcome, denied=tuple(h for h in outcome.denied if not h.startswith(("127.", "localhost"))))


def _judged(outcome: Outcome, runs: Runs) -> tuple[State, Text, tuple[str, ...]]:
    left = [h for h in outcome.denied if h not in runs.accepted]
    if left:
        return (
            "fails",
            Text("有连接试图去别处", "connections tried to leave for elsewhere"),
            (*left, *(_end(outcome) if outcome.code else ())),
        )
    if outcome.code:
        text = Text(f"程序以 {outcome.code} 结束", f"the program ended with {outcome.code}")
        return "fails", text, _end(outcome)
    if not outcome.calls:
        return "fails", Text("没有一次调用到达替身", "no call reached the stand-in"), _end(outcome)
    count = len(outcome.calls)
    text = Text(
        f"{count} 次调用都到达目标地址上的替身，别无外出：{_seen(outcome)}",
        f"{count} calls reached the stand-in at the target's address, none left: {_seen(outcome)}",
    )
    return "holds", text, _tried(outcome, runs)


def _seen(outcome: Outcome) -> str:
    return ", ".join(dict.fromkeys(f"{c.method} {c.path}" for c in outcome.calls))


def _tried(outcome: Outcome, runs: Runs) -> tuple[str, ...]:
    return tuple(
        f"tried in vain, as before: {h}" if h in runs.accepted else f"tried in vain: {h}" for h in outcome.denied
    )


def _end(outcome: Outcome) -> tuple[str, ...]:
    return (outcome.tail[-ENDS:],) if outcome.tail else ()


def left_in(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(u for u in urls if find(u) is not None)
