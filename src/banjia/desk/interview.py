"""Interview: the question that settles most per effort, again and again; it can be stopped and taken up again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from banjia.assess.assessment import Assessment, Missing
from banjia.config import plain
from banjia.desk import clock
from banjia.desk.assess import Answers, Request, assess
from banjia.errors import ConfigError, cause
from banjia.facts.catalogue import load as load_facts
from banjia.facts.fact import Fact
from banjia.facts.profile import Known, Profile, Provenance
from banjia.facts.value import Value, parse, show
from banjia.routes.catalogue import load as load_routes
from banjia.text import Text

DEFAULT_OUT = Path("banjia-facts.yaml")


@dataclass
class Interview:
    """One interview; `out` holds what was answered so far and is written after each answer."""

    request: Request
    out: Path = DEFAULT_OUT
    by: str = "interview"
    given: dict[str, Known] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    asked: int = 0

    def __post_init__(self) -> None:
        if self.out.is_file():
            self.given, self.skipped = _read(self.out)

    def answers(self) -> Answers:
        """The assessments with everything said so far."""
        return assess(replace(self.request, extra=Profile.merge(self.request.extra, Profile(self.given))))

    def next(self, answers: Answers) -> tuple[Missing, Fact] | None:
        """What to ask now: of the best route that is still open, the fact that settles most for its cost."""
        for answer in _by_hope(answers.assessments):
            for missing in answer.missing:
                if missing.fact not in self.skipped:
                    return missing, load_facts()[missing.fact]
        return None

    def known(self, answers: Answers) -> Iterator[tuple[str, Value, Provenance]]:
        """What need not be asked, and whence it is known."""
        seen: set[str] = set()
        for answer in answers.assessments[:1]:
            for item in answer.filled:
                seen.add(item.fact)
                yield item.fact, item.value, Provenance(item.kind, item.source)  # type: ignore[arg-type]
        for fact, known in answers.room.profile.items():
            if fact not in seen:
                yield fact, known.value, known.provenance

    def take(self, fact: Fact, words: str) -> Value | None:
        """Take one answer; None is a don't know. A word that is no answer raises FactError and changes nothing."""
        self.asked += 1
        raw: Any = words.strip()
        if raw.lower() in {"", "?", "-", "unknown", "不知道", "don't know", "dont know"}:
            self.skipped.add(fact.id)
            self.write()
            return None
        if fact.kind == "set" and raw in {"none", "无", "[]"} and "none" not in fact.values:
            raw = []
        value = parse(fact, raw, fact.id)
        if value is None:
            self.skipped.add(fact.id)
        else:
            self.given[fact.id] = Known(value, Provenance("declared", self.by, clock.today()))
        self.write()
        return value

    def write(self) -> None:
        """The answers as a file of facts that `--facts` reads; replaced whole or not at all."""
        document = {
            "facts": {
                fact: {
                    "value": show(known.value),
                    "kind": known.provenance.kind,
                    "source": known.provenance.source,
                    "on": known.provenance.on.isoformat() if known.provenance.on else None,
                }
                for fact, known in sorted(self.given.items())
            },
            "not_known": sorted(self.skipped),
        }
        draft = self.out.with_name(self.out.name + ".new")
        draft.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
        draft.replace(self.out)


def scanned(path: Path) -> Profile:
    """Facts that the code under *path* answers: the one kind of route it calls, and the maker of its models."""
    from banjia.assess.fill import maker
    from banjia.desk.check import route_kind
    from banjia.desk.scan import scan

    inventory = scan(path)
    calls = [f for f in inventory.findings if f.kind not in {"dependency", "import"}]
    kinds = {kind: finding for finding in calls if (kind := route_kind(finding, load_routes())) is not None}
    known: dict[str, Known] = {}
    if len(kinds) == 1:
        ((kind, finding),) = kinds.items()
        known["route"] = Known(kind, Provenance("scanned", f"{finding.path}:{finding.line}", clock.today()))
    makers = {vendor: f for f in calls if f.model and (vendor := maker(f.model)) is not None}
    if len(makers) == 1:
        ((vendor, finding),) = makers.items()
        known["model.vendor"] = Known(vendor, Provenance("scanned", f"{finding.path}:{finding.line}", clock.today()))
    return Profile(known)


def hint(fact: Fact) -> Text:
    """How an answer may be written."""
    match fact.kind:
        case "flag":
            return Text("是/否", "yes/no")
        case "count":
            return Text("一个数，或 [最少, 最多]", "a number, or [least, most]")
        case "date":
            return Text("日期，如 2026-08-02", "a date such as 2026-08-02")
        case "set":
            return _list(fact, Text("可多个，用逗号分隔", "several, with commas"))
        case _:
            return _list(fact, Text("一个值", "one value"))


def _list(fact: Fact, word: Text) -> Text:
    if not fact.values:
        return word
    names = " | ".join(fact.values)
    return word + Text("：", ": ") + Text(names, names)


def _by_hope(answers: tuple[Assessment, ...]) -> list[Assessment]:
    """Routes still open, those that may yet be permitted first."""
    still = [a for a in answers if a.verdict == "indeterminate"]
    return still or [a for a in answers if a.missing and a.verdict != "prohibited"][:1]


def _read(path: Path) -> tuple[dict[str, Known], set[str]]:
    try:
        data = plain.load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(
            Text("读不了已有的答案", "the earlier answers cannot be read"), where=str(path), found=cause(error)
        ) from error
    if not isinstance(data, Mapping) or not isinstance(data.get("facts", {}), Mapping):
        raise ConfigError(Text("已有的答案格式不对", "the earlier answers are no file of facts"), where=str(path))
    given = {}
    for id_, row in (data.get("facts") or {}).items():
        raw = row.get("value") if isinstance(row, Mapping) else row
        stamp = row if isinstance(row, Mapping) else {}
        fact = load_facts().need(str(id_), str(path))
        value = parse(fact, raw, f"{path.name}.{id_}")
        on = stamp.get("on")
        day = date.fromisoformat(str(on)) if on else None
        if value is not None:
            given[str(id_)] = Known(value, Provenance("declared", str(stamp.get("source", path.name)), day))
    return given, {str(word) for word in data.get("not_known") or ()}
