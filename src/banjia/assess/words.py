"""Words: an assessment as a short text for people, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from banjia.assess.assessment import COUNSEL, Assessment, AxisResult, DutyResult
from banjia.assess.doubt import Contested, Open, Silent, Stale
from banjia.facts.value import show
from banjia.text import Lang, Text, same

VERDICTS = {
    "permitted": Text("未发现禁止", "no bar found"),
    "conditional": Text("附条件", "conditional"),
    "doubtful": Text("存疑", "doubtful"),
    "prohibited": Text("禁止", "prohibited"),
    "indeterminate": Text("待定", "indeterminate"),
}
MARKS = {
    "text": Text("", ""),
    "secondary": Text("（据二手资料）", " (secondary source)"),
    "memory": Text("（凭记忆，未核对原文）", " (from memory, unchecked)"),
}
WHO = {
    "scan": Text("扫描", "scan"),
    "catalogue": Text("目录", "catalogue"),
    "ledger": Text("台账", "ledger"),
    "engineer": Text("工程", "engineering"),
    "product": Text("产品", "product"),
    "legal": Text("法务", "legal"),
    "finance": Text("财务", "finance"),
    "vendor": Text("服务商", "vendor"),
}
DUE = {
    "before-use": Text("使用前", "before use"),
    "deadline": Text("限期", "by a deadline"),
    "continuing": Text("持续", "continuing"),
}


def verdict(word: str) -> Text:
    return VERDICTS.get(word, same(word))


def headline(answer: Assessment) -> Text:
    """One line: the route and what was found."""
    name = same(answer.route or answer.id or "-")
    said = verdict(answer.verdict)
    if answer.verdict == "indeterminate":
        zh = "、".join(verdict(v).zh for v in answer.reachable)
        en = " or ".join(verdict(v).en for v in answer.reachable)
        said = said + Text(f"（可能是{zh}）", f" ({en})")
    return name + Text("：", ": ") + said


def full(answer: Assessment, lang: Lang, *, why: bool = True) -> str:
    """The answer in a few lines; `why=False` leaves out trace, law and levers."""
    return "\n".join(line.say(lang) for line in _lines(answer, why=why))


def _lines(answer: Assessment, *, why: bool) -> Iterator[Text]:
    yield headline(answer) + Text(f"（{answer.on}）", f"  ({answer.on})")
    marks: dict[str, str] = {cite.id: cite.confidence for cite in answer.cites}
    for axis in answer.axes.values():
        if why or axis.verdict != "permitted":
            yield _axis(axis, marks)
            yield from (same("    ") + note for note in axis.notes)
    if answer.because and why:
        facts = "; ".join(f"{b.fact}={_short(show(b.value))}" for b in answer.because)
        yield Text(f"  依据的事实：{facts}", f"  because: {facts}")
    for lever in answer.levers[:3] if why else ():
        change = f"{lever.fact}: {_short(show(lever.before))} → {_short(lever.after)}"
        yield Text("  可改变：", "  would change it: ") + same(f"{change} → ") + verdict(lever.verdict)
    if answer.missing:
        yield Text("  待答的问题：", "  open questions:")
        for number, item in enumerate(answer.missing[:5], 1):
            who = WHO.get(item.who, same(item.who))
            yield (
                same(f"    {number}. ")
                + item.question
                + Text("（", "  (")
                + same(item.fact)
                + Text("，", ", ")
                + who
                + Text("）", ")")
            )
    yield from _duties(answer.duties.certain, Text("  义务：", "  duties:"))
    if why:
        yield from _duties(answer.duties.possible, Text("  可能的义务：", "  possible duties:"))
        yield from _doubts(answer)
        packs = ", ".join(f"{name} {version}" for name, version in answer.law.packs.items())
        yield Text(
            f"  规则：{packs}；{answer.law.hash[:19]}；{answer.on} 的法律",
            f"  law: {packs}; {answer.law.hash[:19]}; as of {answer.on}",
        )
        yield same("  ") + COUNSEL


def _axis(axis: AxisResult, marks: Mapping[str, str]) -> Text:
    cites = "; ".join(
        f"{cite}{'' if marks.get(cite, 'text') == 'text' else '?' if marks[cite] == 'secondary' else '??'}"
        for cite in axis.cites[:4]
    )
    outcome = axis.outcome if axis.outcome != "indeterminate" else " | ".join(axis.reachable)
    said = verdict(axis.verdict)
    tail = same(f"  [{cites}]") if cites else same("")
    return same(f"  {axis.id}: ") + said + same(f"  {outcome}") + tail


def _duties(duties: tuple[DutyResult, ...], title: Text) -> Iterator[Text]:
    if not duties:
        return
    yield title
    for duty in duties:
        mark = "x" if duty.met else " "
        by = same(f" {duty.by}") if duty.by else same("")
        cites = same(f"  {', '.join(duty.cites[:2])}") if duty.cites else same("")
        yield same(f"    [{mark}] ") + duty.text + Text("（", "  (") + DUE[duty.when] + by + Text("）", ")") + cites


def _doubts(answer: Assessment) -> Iterator[Text]:
    for doubt in answer.doubts:
        match doubt:
            case Contested():
                chosen = dict(doubt.options).get(doubt.chosen, same(doubt.chosen))
                yield (
                    Text("  有争议：", "  contested: ")
                    + doubt.question
                    + Text(" 采用：", "  taken: ")
                    + chosen
                    + (
                        Text("", "")
                        if doubt.is_default
                        else Text(f"（自选，理由：{doubt.reason}）", f" (chosen, because: {doubt.reason})")
                    )
                )
            case Silent():
                yield Text("  未涉及：", "  silent: ") + doubt.text
            case Stale():
                read = doubt.read.isoformat() if doubt.read else "-"
                yield Text("  来源待复核：", "  stale source: ") + doubt.title + same(f" ({read})")
            case Open():
                continue


def _short(value: object) -> str:
    text = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:37] + "..."
