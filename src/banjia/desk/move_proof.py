"""Desk of the move's proof: the ladder climbed step by step, recorded as JSON and as text."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import banjia
from banjia.desk.clock import now, today
from banjia.desk.scan import scan
from banjia.errors import ConfigError
from banjia.move import compilers, journal, ladder, proof
from banjia.move.call import Call
from banjia.move.change import Change
from banjia.move.enclosure import LEFT_OUT, Enclosure, Host, Kind, Outcome, Service
from banjia.move.ladder import Runs
from banjia.move.plan import Plan, plan
from banjia.move.proof import Step
from banjia.move.recorder import free_port
from banjia.move.writing import Writing, read
from banjia.text import Lang, Text

SECONDS = 120.0
HEAVY = (*LEFT_OUT, "node_modules", ".venv", "venv", ".tox")
GATEWAY = """\
store: sqlite:///{folder}/proof.db
keys: {folder}/keys/
gateway: {{country: CN}}
entity: {{id: proof, facts: {{actor.establishment: CN, actor.mainland_entity: yes, actor.kind: company, actor.sector: [other], actor.ciio: no, actor.state_organ: no}}}}
elsewhere: {{{year}: {{ordinary: 0, sensitive: 0, by: proof, on: {year}-01-01}}}}
apps:
  - id: proof
    keys: [env:OPENAI_API_KEY, env:AZURE_OPENAI_API_KEY]
    facts: {{service.offered_to_domestic_public: no, service.form: internal-tool, users.countries: [CN], staff.countries: [CN], data.personal_info: yes, data.sensitive_pi: no, data.important: no, data.foreign_origin_only: no, export.scenario: none, actor.negative_list: none}}
    labels: {{explicit: auto, implicit: on}}
routes:
  - {{id: stand-in, provider: self_hosted, base_url: "http://127.0.0.1:{port}/v1", channel: none, models: {{"*": stand-in}}, facts: {{model.licence: apache-2.0}}}}
"""  # noqa: E501 - one fact list a line reads best
MARKS = {"holds": "[x]", "fails": "[!]", "not-run": "[ ]", "as-before": "[=]"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller gives: commands, env files of the application, hosts it may try in vain, checkers."""

    run: str = ""
    tests: str = ""
    types: str = ""
    env_files: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    accepted: frozenset[str] = frozenset()
    accepted_keys: frozenset[str] = frozenset()  # body fields that a library sends to OpenAI's own host alone
    gateway: bool = True
    enclosure: Kind | None = None
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Record:
    """The proof of one moved tree, kept as JSON and shown as text."""

    on: date
    to: str
    steps: tuple[Step, ...]
    runs: dict[str, Outcome] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return all(step.state != "fails" for step in self.steps)

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.runs["recorded"].calls if "recorded" in self.runs else ()

    def to_json(self) -> dict[str, object]:
        return {
            "on": self.on.isoformat(),
            "to": self.to,
            "holds": self.holds,
            "steps": [s.to_json() for s in self.steps],
            "calls": [c.to_json() for c in self.calls],
            "runs": {
                name: {
                    "enclosure": o.kind,
                    "code": o.code,
                    "calls": [c.to_json() for c in o.calls],
                    "denied": list(o.denied),
                }
                for name, o in self.runs.items()
            },
        }

    def text(self, lang: Lang) -> str:
        lines = [f"banjia move --verify  {self.on.isoformat()}  {self.to}"]
        for step in self.steps:
            lines.append(f"{MARKS[step.state]} {step.id}: {step.text.say(lang)}")
            lines += [f"      {line}" for detail in step.details for line in detail.splitlines()]
        return "\n".join(lines)


def verify(path: Path, found: Plan, wishes: Wishes) -> Record:
    """The ladder. Both states are laid over the tree for each run; the disk stays as it is."""
    if not path.is_dir():
        raise ConfigError(
            Text("证明要运行整个程序", "a proof runs a whole application"),
            where=str(path),
            expected=Text("程序所在的文件夹", "the folder of the application"),
        )
    whole = found if found.changes else _applied(path, found)
    was, will = ladder.overlays(whole)
    with _tree(path, was, keep=bool(found.changes)) as old, _tree(path, will, keep=True) as new:
        after = plan(new, scan(new, remember=False), found.target)
        rescanned = scan(new, remember=False)
        paths = [c.path for c in whole.changes]
        steps = [
            proof.rescan(rescanned, after.checklist),
            proof.parses(whole.changes),
            proof.compiles(compilers.complaints(old, paths), compilers.complaints(new, paths), whole.changes),
            _settled(after),
        ]
        if wishes.types:
            steps.append(_types(old, new, wishes.types))
        inventory = scan(old, remember=False)
    before, moved = (
        Enclosure(path, kind=wishes.enclosure, overlay=was),
        Enclosure(path, kind=wishes.enclosure, overlay=will),
    )
    runs = _runs(path, wishes, was, will)
    before = replace(before, answers=ladder.hosts_before(inventory, runs.variables_before))
    moved = replace(moved, answers=ladder.at_target(found))
    steps.append(_tests(before, moved, runs, wishes.tests))
    if not wishes.run:
        text = Text("没有给出运行命令（--run）", "no command was given to run (--run)")
        steps += [Step(name, "not-run", text) for name in ("before", "recorded", "same", "gateway")]
        return Record(today(), found.target.v1, tuple(steps))
    first, old_run = ladder.before(before, runs)
    second, new_run = ladder.after(moved, runs)
    outcomes = {"before": old_run, "recorded": new_run}
    steps += [first, second, ladder.same(old_run, new_run, wishes.accepted_keys)]
    if wishes.gateway:
        third, last = _through_gateway(moved, runs, found, wishes)
        steps.append(third)
        outcomes |= {"gateway": last} if last is not None else {}
    return Record(today(), found.target.v1, tuple(steps), outcomes)


def keep(path: Path, record: Record) -> tuple[Path, Path]:
    """Write the record as JSON and as text in both languages beside the journal; where they stand."""
    folder = path / ".banjia" / "proofs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="ascii")
    stem = now().strftime("%Y%m%dT%H%M%S%f")
    written = folder / f"{stem}.json", folder / f"{stem}.txt"
    written[0].write_text(json.dumps(record.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    written[1].write_text(f"{record.text('zh')}\n\n{record.text('en')}\n", encoding="utf-8")
    return written


def _applied(path: Path, found: Plan) -> Plan:
    """The plan that was carried out last, from the journal."""
    rows = journal.latest(path)
    changes = tuple(_change(name, data, (path / name).read_bytes()) for name, data in sorted(rows.items()))
    return replace(found, changes=changes)


def _change(name: str, was: bytes, will: bytes) -> Change:
    text, writing = read(was) or ("", Writing())
    return Change(name, text, will.decode(writing.encoding), (), writing.encoding)


@contextmanager
def _tree(path: Path, contents: dict[str, bytes], *, keep: bool) -> Iterator[Path]:
    """A copy of the tree with these contents, for what reads files by itself."""
    del keep
    with tempfile.TemporaryDirectory(prefix="banjia-proof-") as name:
        tree = Path(name) / "tree"
        shutil.copytree(path, tree, symlinks=True, ignore=shutil.ignore_patterns(*HEAVY))
        modules = path / "node_modules"
        if modules.is_dir():
            (tree / "node_modules").symlink_to(modules.resolve())
        for place, data in contents.items():
            (tree / place).write_bytes(data)
        yield tree


def _runs(path: Path, wishes: Wishes, was: dict[str, bytes], will: dict[str, bytes]) -> Runs:
    """The application's own env files are read as its start-up would: the former text before, the moved text after."""
    given = dict(pair.partition("=")[::2] for pair in wishes.variables)
    sides: list[dict[str, str]] = []
    for contents in (was, will):
        found: dict[str, str] = {}
        for name in wishes.env_files:
            data = contents[name] if name in contents else (path / name).read_bytes()
            found |= {k: v for k, v in ladder.settings(data.decode("utf-8", "replace")).items() if v}
        sides.append(found | given)
    return Runs(tuple(shlex.split(wishes.run)), sides[0], sides[1], wishes.accepted, wishes.seconds)


def _settled(after: Plan) -> Step:
    paths = tuple(c.path for c in after.changes)
    if paths:
        return Step("settled", "fails", Text("再跑一次还会改动", "a second run would change more"), paths)
    return Step("settled", "holds", Text("再跑一次没有改动", "a second run changes nothing"))


def _types(old: Path, new: Path, command: str) -> Step:
    words = shlex.split(command)
    fresh = compilers.command(new, words) - compilers.command(old, words)
    if fresh:
        return Step("types", "fails", Text("有新的类型错误", "new errors of types"), tuple(fresh))
    return Step("types", "holds", Text(f"没有新的错误：{command}", f"no new error: {command}"))


def _tests(before: Enclosure, moved: Enclosure, runs: Runs, command: str) -> Step:
    if not command:
        return Step("tests", "not-run", Text("没有给出测试命令（--tests）", "no test command was given (--tests)"))
    words = shlex.split(command)
    now_ = moved.run(words, ladder.KEYS | dict(runs.variables_after), seconds=10 * runs.seconds)
    if now_.code == 0:
        return Step("tests", "holds", Text("项目自己的测试通过", "the project's own tests pass"))
    was = before.run(words, ladder.KEYS | dict(runs.variables_before), seconds=10 * runs.seconds)
    if was.code == now_.code and was.tail.splitlines()[-1:] == now_.tail.splitlines()[-1:]:
        text = Text(
            "项目自己的测试搬迁前就不通过，结果相同", "the project's own tests failed before too, with the same result"
        )
        return Step("tests", "as-before", text, tuple(now_.tail.splitlines()[-1:]))
    text = Text(f"项目自己的测试：退出码 {now_.code}", f"the project's own tests: exit {now_.code}")
    return Step("tests", "fails", text, (now_.tail[-600:],))


def _through_gateway(moved: Enclosure, runs: Runs, found: Plan, wishes: Wishes) -> tuple[Step, Outcome | None]:
    """The moved application calls a real gateway at the target's address; behind it stands the recorder."""
    parts = urlsplit(found.target.root)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"} and parts.scheme == "http"
    if not loopback or found.target.prefix != "/v1" or wishes.enclosure == "process":
        text = Text(
            "目标不是本机的网关，未试", "the target is no gateway on loopback with a network of its own; not tried"
        )
        return Step("gateway", "not-run", text), None
    with tempfile.TemporaryDirectory(prefix="banjia-gateway-") as name:
        folder, port = Path(name), free_port()
        config = folder / "banjia.yaml"
        config.write_text(GATEWAY.format(folder=folder, port=port, year=today().year), encoding="utf-8")
        words = (sys.executable, "-m", "banjia", "serve", "--config", str(config), "--port", str(parts.port or 80))
        own = str(Path(banjia.__file__).resolve().parent.parent)  # the gateway of this very program
        variables = ladder.KEYS | {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": own}
        service = Service(words, folder, variables, f"{found.target.root}/readyz")
        through = replace(moved, answers=(Host("127.0.0.1", port, tls=False),), services=(service,), kind="namespace")
        known = replace(runs, variables_after=dict(runs.variables_after) | ladder.KEYS)  # keys that the gateway knows
        return ladder.after(through, known, name="gateway")
