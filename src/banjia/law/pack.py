"""A pack: one folder of data, `pack.toml` and one Markdown file a statute; no code, so a stranger's pack is safe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from banjia.errors import LawError
from banjia.law.extras import Decision, Exposure, Reason, Step, read_exposures, read_reasons, read_steps
from banjia.law.fields import Fields, parse_toml
from banjia.law.reader import MAX_CONDITION, parse_statute, read_text
from banjia.law.statute import StatuteFile
from banjia.logic.rule import VERDICTS, Verdict
from banjia.text import Text

SCHEMA = 1
MAX_FILES = 200
MAX_SIZE = 20_000_000  # bytes of all files together
Hit = Literal["gravest", "all"]
HITS: tuple[Hit, ...] = ("gravest", "all")


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """One outcome of an axis; `verdicts` are (condition, verdict), the first that holds counts."""

    id: str
    text: Text
    verdicts: tuple[tuple[str, Verdict], ...]
    duties: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class AxisText:
    """One legal question and its outcomes in ascending order of precedence."""

    id: str
    question: Text
    outcomes: tuple[OutcomeText, ...]
    default: str
    default_cites: tuple[str, ...]
    applies: str
    otherwise: str
    otherwise_cites: tuple[str, ...]
    joins: str  # further condition under which the axis speaks at all; "" is always
    since: date | None
    before: str  # outcome on days before `since`
    hit: Hit
    where: str


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A code, or another list, as a member from one day to another."""

    code: str
    of: str
    since: date | None
    until: date | None  # last day


@dataclass(frozen=True, slots=True)
class ListText:
    id: str
    entries: tuple[ListEntry, ...]
    minus: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One jurisdiction, or one family of terms."""

    id: str
    title: Text
    version: str
    time_zone: str
    joins: str
    joins_when_open: bool  # True: joins unless known facts exclude it; False: joins if known facts place it there
    never: tuple[tuple[str, str], ...]  # (condition, where)
    parameters: dict[str, Any]
    axes: tuple[AxisText, ...]
    lists: tuple[ListText, ...]
    files: tuple[StatuteFile, ...]
    exposures: tuple[Exposure, ...]
    decisions: tuple[Decision, ...]
    steps: tuple[Step, ...]
    reasons: tuple[Reason, ...]
    hash: str
    where: str


def read_pack(folder: Path) -> Pack:
    """Read one folder; every fault is a LawError that names file and line."""
    name = folder.name
    if not (folder / "pack.toml").is_file():
        raise LawError(
            Text("文件夹里没有 pack.toml", "the folder has no pack.toml"),
            where=f"{name}/pack.toml:1",
            expected=Text("规则包的文件夹", "a folder that holds a pack"),
        )
    paths = sorted(p for p in folder.iterdir() if p.suffix in {".md", ".toml"} and not p.name.startswith("."))
    if len(paths) > MAX_FILES:
        raise LawError(Text("文件太多", "too many files"), where=f"{name}/pack.toml:1", expected=f"<= {MAX_FILES}")
    size = sum(path.stat().st_size for path in paths)
    if size > MAX_SIZE:
        raise LawError(
            Text("规则包太大", "the pack is too large"),
            where=f"{name}/pack.toml:1",
            expected=f"<= {MAX_SIZE}",
            found=str(size),
        )
    texts = {path.name: read_text(path, f"{name}/{path.name}") for path in paths}
    digest = hashlib.sha256()
    for file, text in texts.items():
        digest.update(f"{file}\0{len(text.encode())}\0".encode() + text.encode())
    head = _table(texts, "pack.toml", name)
    files = tuple(
        parse_statute(text, file=f"{name}/{file}")
        for file, text in texts.items()
        if file.endswith(".md") and file.lower() != "readme.md"
    )
    exposures, decisions = read_exposures(_table(texts, "exposure.toml", name))
    pack = _pack(
        head,
        lists=_lists(_table(texts, "lists.toml", name)),
        files=files,
        exposures=exposures,
        decisions=decisions,
        steps=read_steps(_table(texts, "plan.toml", name)),
        reasons=read_reasons(_table(texts, "reasons.toml", name)),
        digest="sha256:" + digest.hexdigest(),
    )
    _unique(pack)
    return pack


def _table(texts: dict[str, str], file: str, name: str) -> Fields:
    body = texts.get(file, "")
    return Fields(parse_toml(body, file=f"{name}/{file}", line=1), f"{name}/{file}", 1, body)


def _pack(
    head: Fields,
    *,
    lists: tuple[ListText, ...],
    files: tuple[StatuteFile, ...],
    exposures: tuple[Exposure, ...],
    decisions: tuple[Decision, ...],
    steps: tuple[Step, ...],
    reasons: tuple[Reason, ...],
    digest: str,
) -> Pack:
    schema = head.number("schema", 0)
    if schema != SCHEMA:
        raise head.fail(
            "schema",
            Text("不认识的格式版本", "a schema this reader does not know"),
            expected=str(SCHEMA),
            found=schema,
        )
    never = head.texts("never")
    pack = Pack(
        id=head.id(),
        title=head.both("title"),
        version=head.text("version"),
        time_zone=head.text("time_zone", "UTC"),
        joins=head.text("joins", "True"),
        joins_when_open=head.flag("joins_when_open", default=False),
        never=tuple((text, head.where("never")) for text in never),
        parameters=head.table("parameters"),
        axes=tuple(_axis(item) for item in head.tables("axis")),
        lists=lists,
        files=files,
        exposures=exposures,
        decisions=decisions,
        steps=steps,
        reasons=reasons,
        hash=digest,
        where=head.where("id"),
    )
    head.done()
    return pack


def _axis(fields: Fields) -> AxisText:
    outcomes = tuple(_outcome(item) for item in fields.tables("outcome"))
    axis = AxisText(
        id=fields.id(),
        question=fields.both("question"),
        outcomes=outcomes,
        default=fields.text("default"),
        default_cites=fields.texts("default_cites"),
        applies=_short(fields, "applies", "True"),
        otherwise=fields.text("otherwise", ""),
        otherwise_cites=fields.texts("otherwise_cites"),
        joins=_short(fields, "joins", ""),
        since=fields.day("since"),
        before=fields.text("before", ""),
        hit=fields.one_of("hit", HITS, "gravest"),
        where=fields.where("id"),
    )
    fields.done()
    names = [outcome.id for outcome in outcomes]
    for key, value in (("default", axis.default), ("otherwise", axis.otherwise), ("before", axis.before)):
        if value and value not in names:
            raise fields.fail(
                key, Text("不是该轴的结果", "is no outcome of the axis"), expected=" | ".join(names), found=value
            )
    if len(set(names)) != len(names):
        raise fields.fail("outcome", Text("结果重名", "two outcomes share a name"), found=names)
    if axis.applies != "True" and not axis.otherwise:
        raise fields.fail("applies", Text("缺 otherwise", "`otherwise` is missing"), expected='otherwise = "..."')
    return axis


def _outcome(fields: Fields) -> OutcomeText:
    single = fields.text("verdict", "")
    several = fields.tables("verdicts")
    verdicts: list[tuple[str, Verdict]] = []
    for item in several:
        verdicts.append((_short(item, "when", "True"), item.one_of("verdict", VERDICTS)))
        item.done()
    if single:
        verdicts.append(("True", fields.one_of("verdict", VERDICTS)))
    outcome = OutcomeText(fields.id(), fields.both("text"), tuple(verdicts), fields.texts("duties"), fields.where("id"))
    fields.done()
    if not verdicts:
        raise fields.fail("verdict", Text("结果没有结论", "the outcome has no verdict"), expected=" | ".join(VERDICTS))
    return outcome


def _short(fields: Fields, key: str, default: str) -> str:
    value = fields.text(key, default)
    if len(value) > MAX_CONDITION:
        raise fields.fail(key, Text("条件太长", "the condition is too long"), expected=f"<= {MAX_CONDITION}")
    return value


def _lists(fields: Fields) -> tuple[ListText, ...]:
    found = []
    for item in fields.tables("list"):
        raw = item.get("codes") or []
        if not isinstance(raw, list) or len(raw) > 1_000:
            raise item.fail(
                "codes", Text("codes 有误", "`codes` is wrong"), expected='["CN", {code = "JP", from = ...}]'
            )
        entries = [_entry(value, item) for value in raw]
        entries += [ListEntry("", name, None, None) for name in item.texts("union")]
        found.append(ListText(item.id(), tuple(entries), item.texts("minus"), item.where("id")))
        item.both("title", Text("", ""))
        item.both("note", Text("", ""))
        item.texts("cites")
        item.text("source", "")
        item.day("read")
        item.done()
    fields.done()
    return tuple(found)


def _entry(value: object, item: Fields) -> ListEntry:
    if isinstance(value, str):
        return ListEntry(value, "", None, None)
    if not isinstance(value, dict):
        raise item.fail("codes", Text("codes 有误", "`codes` is wrong"), found=value)
    part = Fields(value, item.file, item.line)
    entry = ListEntry(part.text("code", ""), part.text("list", ""), part.day("from"), part.day("until"))
    part.done()
    if bool(entry.code) is bool(entry.of):
        raise item.fail("codes", Text("条目要么有 code 要么有 list", "an entry has `code` or `list`"), found=value)
    return entry


def _unique(pack: Pack) -> None:
    """Ids of rules, statutes, definitions, readings, cases, axes and lists stand once in a pack."""
    seen: dict[tuple[str, str], str] = {}
    for kind, id_, where in _ids(pack):
        if (kind, id_) in seen:
            raise LawError(
                Text(f"{kind} {id_} 出现两次", f"the {kind} `{id_}` stands twice"),
                where=where,
                found=seen[kind, id_],
                remedy=Text("换一个标识", "give one of them another id"),
            )
        seen[kind, id_] = where


def _ids(pack: Pack) -> Iterable[tuple[str, str, str]]:
    for axis in pack.axes:
        yield "axis", axis.id, axis.where
    for list_ in pack.lists:
        yield "list", list_.id, list_.where
    for file in pack.files:
        yield "statute", file.statute.id, file.statute.where
        for rule in file.rules:
            yield "rule", rule.id, rule.where
        for definition in file.definitions:
            yield "definition", definition.id, definition.where
        for reading in file.readings:
            yield "reading", reading.id, reading.where
        for case in file.cases:
            yield "case", case.id, case.where
