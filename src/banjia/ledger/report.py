"""Report: what verifying found, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from banjia.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad place of one log; `until` bounds it where a checkpoint only says that it lies before."""

    log: str
    what: Text
    index: int | None = None
    until: int | None = None
    id: str = ""

    def say(self, lang: Lang) -> str:
        where = self.log
        if self.index is not None:
            where += f" #{self.index}" + (f"..{self.until - 1}" if self.until and self.until > self.index + 1 else "")
        return f"{where}{f' ({self.id})' if self.id else ''}: {self.what.say(lang)}"


@dataclass(frozen=True, slots=True)
class LogReport:
    origin: str
    entries: int
    closed: bool
    dropped: int  # bodies that retention has dropped
    root: str


@dataclass(frozen=True, slots=True)
class Report:
    """`fault` is the first of `faults`; there is at most one for each log."""

    logs: tuple[LogReport, ...]
    faults: tuple[Fault, ...]
    key: str
    outside: int  # outside checkpoints compared
    remarks: tuple[Text, ...]

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def fault(self) -> Fault | None:
        return self.faults[0] if self.faults else None

    @property
    def entries(self) -> int:
        return sum(log.entries for log in self.logs)

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "entries": self.entries,
            "key": self.key,
            "outside_checkpoints": self.outside,
            "logs": [
                {"origin": x.origin, "entries": x.entries, "closed": x.closed, "dropped": x.dropped, "root": x.root}
                for x in self.logs
            ],
            "first_bad": _fault(self.fault) if self.fault else None,
            "faults": [_fault(f) for f in self.faults],
            "remarks": [r.as_dict() for r in self.remarks],
        }

    def say(self, lang: Lang) -> str:
        lines = [f.say(lang) for f in self.faults]
        if self.ok:
            lines.append(
                Text(
                    f"台账完好：{len(self.logs)} 本日志，{self.entries} 条",
                    f"the ledger is whole: {len(self.logs)} logs, {self.entries} entries",
                ).say(lang)
            )
        else:
            lines.insert(0, Text("台账已被改动；第一处：", "the ledger was changed; first bad place:").say(lang))
        return "\n".join([*lines, *(r.say(lang) for r in self.remarks)])


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "log": fault.log,
        "index": fault.index,
        "until": fault.until,
        "id": fault.id,
        "what": fault.what.as_dict(),
    }
