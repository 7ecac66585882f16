"""Reader of one statute file: Markdown with statute, provision, rule, duty, define, reading and case fences."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from banjia.errors import LawError
from banjia.law.fields import Fields, parse_toml
from banjia.law.markdown import MAX_BYTES, Fence, Section, bilingual, halves, sections
from banjia.law.statute import (
    BASES,
    CONFIDENCES,
    DUES,
    Basis,
    Case,
    Confidence,
    Definition,
    DutyText,
    Option,
    Provision,
    Reading,
    RuleText,
    Source,
    Statute,
    StatuteFile,
)
from banjia.text import Text

KINDS = ("statute", "provision", "rule", "duty", "define", "reading", "case")
MAX_CONDITION = 4_000
_REF = re.compile(r"^[\w\u4e00-\u9fff][^\n`]{0,79}$")


def read_statute(path: Path, *, name: str = "") -> StatuteFile:
    """Read one file; `name` is how errors call it."""
    file = name or path.name
    return parse_statute(read_text(path, file), file=file)


def read_text(path: Path, file: str) -> str:
    """The text of a pack's file: a regular file of bounded size in UTF-8."""
    if path.is_symlink() or not path.is_file():
        raise LawError(
            Text("不是普通文件", "not a regular file"),
            where=f"{file}:1",
            expected=Text("普通文件，不是符号链接", "a regular file, no symbolic link"),
        )
    if path.stat().st_size > MAX_BYTES * 2:
        raise LawError(
            Text("文件太大", "the file is too large"), where=f"{file}:1", expected=f"<= {MAX_BYTES * 2} bytes"
        )
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LawError(
            Text("文件不是 UTF-8", "the file is not UTF-8"),
            where=f"{file}:{data.count(bytes([10]), 0, error.start) + 1}",
            remedy=Text("以 UTF-8 保存", "save it as UTF-8"),
        ) from error


def parse_statute(text: str, *, file: str) -> StatuteFile:
    """The statute that `text` describes."""
    parts = sections(text, where=file)
    heads = [(s, f) for s in parts for f in s.fences if f.kind == "statute"]
    if len(heads) != 1:
        line = heads[1][1].line if heads else 1
        raise LawError(
            Text("每个文件恰有一个 statute 围栏", "a file has exactly one `statute` fence"),
            where=f"{file}:{line}",
            found=str(len(heads)),
        )
    section, fence = heads[0]
    if section.level == 0:
        raise LawError(
            Text("statute 围栏之前没有标题", "no heading stands before the `statute` fence"),
            where=f"{file}:{fence.line}",
            expected="# 中文标题 / English title",
        )
    head = _statute(_fields(fence, file), section)
    provisions: list[Provision] = []
    rules: list[RuleText] = []
    duties: list[DutyText] = []
    definitions: list[Definition] = []
    readings: list[Reading] = []
    cases: list[Case] = []
    for part in parts:
        for block in part.fences:
            match block.kind:
                case "provision":
                    provisions.append(_provision(_fields(block, file), part, head))
                case "rule":
                    rules.append(_rule(_fields(block, file)))
                case "duty":
                    duties.append(_duty(_fields(block, file)))
                case "define":
                    definitions.append(_definition(_fields(block, file)))
                case "reading":
                    readings.append(_reading(_fields(block, file)))
                case "case":
                    cases.append(_case(_fields(block, file), block))
                case other:
                    _other(other, block, file)
    statute = _with_provisions(head, provisions)
    return StatuteFile(statute, tuple(rules), tuple(duties), tuple(definitions), tuple(readings), tuple(cases))


def _fields(fence: Fence, file: str) -> Fields:
    return Fields(parse_toml(fence.body, file=file, line=fence.line), file, fence.line, fence.body)


def _other(kind: str, fence: Fence, file: str) -> None:
    """A fence of another language is prose, unless it looks like a misspelt one of ours."""
    near = difflib.get_close_matches(kind.lower(), KINDS, n=1, cutoff=0.7)
    if kind != "statute" and near:
        raise LawError(
            Text(f"没有名为 {kind} 的围栏", f"no fence is called `{kind}`"),
            where=f"{file}:{fence.line - 1}",
            expected=" | ".join(KINDS),
            remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?"),
        )


def _statute(fields: Fields, section: Section) -> Statute:
    statute = Statute(
        id=fields.id(),
        title=fields.both("title", halves(section.heading)),
        level=fields.text("level", ""),
        basis=fields.one_of("basis", BASES, "statute"),
        issuer=fields.texts("issuer"),
        number=fields.text("number", ""),
        promulgated=fields.day("promulgated"),
        since=fields.day("from"),
        until=fields.day("until"),
        read=fields.day("read"),
        confidence=_confidence(fields, "text"),
        sources=tuple(_source(item) for item in fields.tables("sources")),
        provisions=(),
        note=_note(fields),
        where=fields.where(),
    )
    fields.done()
    _in_order(fields, statute.since, statute.until)
    return statute


def _with_provisions(head: Statute, provisions: list[Provision]) -> Statute:
    seen: dict[str, Provision] = {}
    for provision in provisions:
        if provision.ref in seen and _overlap(seen[provision.ref], provision):
            raise LawError(
                Text(f"{provision.id} 出现两次", f"{provision.id} stands twice"),
                where=provision.where,
                found=seen[provision.ref].where,
            )
        seen[provision.ref] = provision
    return replace(head, provisions=tuple(provisions))


def _source(fields: Fields) -> Source:
    source = Source(fields.text("id"), fields.text("kind", ""), fields.text("ref", ""))
    fields.done()
    return source


def _provision(fields: Fields, section: Section, head: Statute) -> Provision:
    ref = fields.text("ref")
    if not _REF.match(ref):
        raise fields.fail("ref", Text("条款号不合法", "no article reference"), expected="art. 8", found=ref)
    heading = section.heading.removeprefix(ref).strip(" :：")
    provision = Provision(
        statute=head.id,
        ref=ref,
        title=fields.both("title", halves(heading or ref)),
        text=bilingual(section.paragraphs),
        topic=fields.text("topic", ""),
        confidence=_confidence(fields, head.confidence),
        source=fields.text("source", ""),
        since=fields.day("from") or head.since,
        until=fields.day("until") or head.until,
        where=fields.where(),
    )
    fields.done()
    _in_order(fields, provision.since, provision.until)
    return provision


def _rule(fields: Fields) -> RuleText:
    rule = RuleText(
        id=fields.id(),
        axis=fields.id("axis"),
        outcome=fields.id("outcome"),
        when=_condition(fields, "when", required=True),
        cites=fields.texts("cites"),
        since=fields.day("from"),
        until=fields.day("until"),
        defeats=fields.texts("defeats"),
        row=fields.text("row", ""),
        reading=_chosen(fields),
        duties=fields.texts("duties"),
        basis=_own_basis(fields),
        note=_note(fields),
        where=fields.where(),
    )
    fields.done()
    _in_order(fields, rule.since, rule.until)
    return rule


def _duty(fields: Fields) -> DutyText:
    duty = DutyText(
        id=fields.id(),
        axis=fields.text("axis", ""),
        when=_condition(fields, "when") or "True",
        unless=_condition(fields, "unless"),
        due=fields.one_of("due", DUES, "continuing"),
        met=_condition(fields, "met"),
        by=fields.day("by"),
        cites=fields.texts("cites"),
        text=fields.both("text"),
        since=fields.day("from"),
        until=fields.day("until"),
        reading=_chosen(fields),
        where=fields.where(),
    )
    fields.done()
    _in_order(fields, duty.since, duty.until)
    return duty


def _definition(fields: Fields) -> Definition:
    definition = Definition(
        id=fields.id(),
        when=_condition(fields, "when"),
        union=fields.texts("union"),
        cites=fields.texts("cites"),
        since=fields.day("from"),
        until=fields.day("until"),
        reading=_chosen(fields),
        where=fields.where(),
    )
    fields.get("note")
    fields.done()
    if bool(definition.when) is bool(definition.union):
        raise fields.fail(
            "when",
            Text("定义要么有 when 要么有 union", "a definition has either `when` or `union`"),
            found=definition.id,
        )
    return definition


def _reading(fields: Fields) -> Reading:
    options = tuple(_option(item) for item in fields.tables("options"))
    reading = Reading(
        id=fields.id(),
        question=fields.both("question"),
        options=options,
        default=fields.text("default"),
        when=_condition(fields, "when"),
        axis=fields.text("axis", ""),
        cites=fields.texts("cites"),
        since=fields.day("from"),
        until=fields.day("until"),
        where=fields.where(),
    )
    fields.done()
    names = [option.id for option in options]
    if len(names) < 2 or len(set(names)) != len(names):
        raise fields.fail(
            "options", Text("至少两种不同的理解", "a reading has two or more different options"), found=names
        )
    if reading.default not in names:
        raise fields.fail(
            "default",
            Text("默认的理解不在其中", "the default is none of the options"),
            expected=" | ".join(names),
            found=reading.default,
        )
    return reading


def _option(fields: Fields) -> Option:
    option = Option(fields.id(), fields.both("text"), fields.text("basis", ""), fields.texts("cites"))
    fields.done()
    return option


def _case(fields: Fields, fence: Fence) -> Case:
    on = fields.day("on")
    if on is None:
        raise fields.fail("on", Text("案例没有日期", "the case has no day"), expected="on = 2026-11-23")
    case = Case(
        id=fields.text("id"),
        why=fields.text("why", fence.before),
        on=on,
        facts=fields.table("facts"),
        expect=fields.table("expect"),
        readings={str(k): str(v) for k, v in fields.table("readings").items()},
        source=fields.text("source", ""),
        where=fields.where(),
    )
    fields.get("title")
    fields.done()
    if not case.why:
        raise fields.fail(
            "id", Text("案例之前缺一句理由", "no sentence before the case says why the outcome is right"), found=case.id
        )
    if not case.expect:
        raise fields.fail("expect", Text("案例什么也不期待", "the case expects nothing"), found=case.id)
    return case


def _condition(fields: Fields, key: str, *, required: bool = False) -> str:
    value = fields.text(key, None if required else "")
    if len(value) > MAX_CONDITION:
        raise fields.fail(key, Text("条件太长", "the condition is too long"), expected=f"<= {MAX_CONDITION}")
    return value


def _chosen(fields: Fields) -> tuple[str, str] | None:
    table = fields.table("reading")
    if not table:
        return None
    if set(table) != {"id", "option"} or not all(isinstance(v, str) and v for v in table.values()):
        raise fields.fail(
            "reading", Text("reading 有误", "the `reading` is wrong"), expected="{id = ..., option = ...}", found=table
        )
    return table["id"], table["option"]


def _own_basis(fields: Fields) -> Basis | None:
    """The basis of a clause that departs from its statute's."""
    fields.asked.add("basis")
    return fields.one_of("basis", BASES) if "basis" in fields.values else None


def _confidence(fields: Fields, default: Confidence) -> Confidence:
    return fields.one_of("confidence", CONFIDENCES, default)


def _in_order(fields: Fields, since: date | None, until: date | None) -> None:
    if since and until and since > until:
        raise fields.fail(
            "until", Text("结束日早于开始日", "it ends before it begins"), expected=f">= {since}", found=until
        )


def _overlap(one: Provision, other: Provision) -> bool:
    starts = max(str(one.since or ""), str(other.since or ""))
    ends = min(str(one.until or "9999"), str(other.until or "9999"))
    return starts <= ends


def _note(fields: Fields) -> Text | None:
    fields.asked.add("note")
    return fields.both("note") if "note" in fields.values else None
