"""Desk of the move: scan, plan, apply or take back, and prove."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from banjia.config.reader import read
from banjia.desk.clock import now
from banjia.desk.scan import scan
from banjia.errors import ConfigError
from banjia.move import enclosure, journal, proof
from banjia.move.plan import Plan, plan
from banjia.move.proof import Step
from banjia.move.recorder import Call, recording
from banjia.move.target import DEFAULT, Target
from banjia.text import Text

SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Record:
    """The proof of one moved tree, kept as JSON and shown as text."""

    steps: tuple[Step, ...]
    calls: tuple[Call, ...] = ()

    @property
    def holds(self) -> bool:
        return all(step.state != "fails" for step in self.steps)

    def to_json(self) -> dict[str, object]:
        return {
            "holds": self.holds,
            "steps": [s.to_json() for s in self.steps],
            "calls": [c.to_json() for c in self.calls],
        }


def target(to: str, gateway: str, config: Path | None) -> Target:
    """`gateway` with its address, or a configured route by its id."""
    if to == "gateway":
        return Target.parse(gateway or DEFAULT, where="--gateway")
    file = config or Path("banjia.yaml")
    route = read(file).route(to)
    if route is None:
        raise ConfigError(
            Text("配置里没有这条路线", "the config has no such route"),
            where=f"--to {to}",
            expected=Text("gateway 或路线 id", "gateway or a route id"),
        )
    return Target.parse(route.base_url, where=f"{file.name} routes.{to}.base_url")


def look(path: Path, where: Target, only: Iterable[str] = ()) -> Plan:
    return plan(path, scan(path), where, only=only)


def apply(path: Path, found: Plan, *, force: bool = False) -> Path | None:
    """Write the plan; None where there is nothing to write."""
    if not found.changes:
        return None
    return journal.apply(path, found, stamp=now().strftime("%Y%m%dT%H%M%S%f"), force=force)


def undo(path: Path) -> tuple[str, ...]:
    return journal.undo(path)


def verify(path: Path, found: Plan, *, run: str = "", tests: str = "") -> Record:
    """The ladder: scanned again, parses, compiles, own tests, run against a recording stand-in with all else denied."""
    after = plan(path, scan(path), found.target)
    steps = [
        proof.rescan(scan(path), after.checklist),
        proof.parses(found.changes),
        proof.compiles(path, found.changes),
        _settled(after),
    ]
    calls: tuple[Call, ...] = ()
    if tests:
        outcome = enclosure.run(shlex.split(tests), path, {}, seconds=10 * SECONDS)
        state: proof.State = "holds" if outcome.code == 0 else "fails"
        steps.append(
            Step(
                "tests",
                state,
                Text(f"项目自己的测试：退出码 {outcome.code}", f"the project's own tests: exit {outcome.code}"),
                (outcome.tail,) if outcome.code else (),
            )
        )
    else:
        steps.append(
            Step("tests", "not-run", Text("没有给出测试命令（--tests）", "no test command was given (--tests)"))
        )
    if run:
        step, calls = _recorded(path, run)
        steps.append(step)
    else:
        steps.append(
            Step("recorded", "not-run", Text("没有给出运行命令（--run）", "no command was given to run (--run)"))
        )
    return Record(tuple(steps), calls)


def _settled(after: Plan) -> Step:
    paths = tuple(c.path for c in after.changes)
    if paths:
        return Step("settled", "fails", Text("再跑一次还会改动", "a second run would change more"), paths)
    return Step("settled", "holds", Text("再跑一次没有改动", "a second run changes nothing"))


def _recorded(path: Path, command: str) -> tuple[Step, tuple[Call, ...]]:
    with recording() as kept:
        base = f"{kept.root}/v1"
        variables = {
            "OPENAI_BASE_URL": base,
            "OPENAI_API_BASE": base,
            "AZURE_OPENAI_ENDPOINT": kept.root,
            "OPENAI_API_KEY": "recording",
            "AZURE_OPENAI_API_KEY": "recording",
        }
        outcome = enclosure.run(shlex.split(command), path, variables, seconds=SECONDS)
        calls = tuple(kept.calls)
    seen = ", ".join(dict.fromkeys(f"{c.method} {c.path}" for c in calls))
    if outcome.denied:
        return Step(
            "recorded", "fails", Text("有连接试图去别处", "connections tried to leave for elsewhere"), outcome.denied
        ), calls
    if outcome.code:
        text = Text(f"程序以 {outcome.code} 结束", f"the program ended with {outcome.code}")
        return Step("recorded", "fails", text, (outcome.tail,)), calls
    if not calls:
        return Step("recorded", "fails", Text("没有一次调用到达替身", "no call reached the stand-in")), calls
    return Step(
        "recorded",
        "holds",
        Text(f"{len(calls)} 次调用都到达替身：{seen}", f"{len(calls)} calls reached the stand-in, none left: {seen}"),
    ), calls
