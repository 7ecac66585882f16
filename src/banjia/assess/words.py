"""Words: an assessment as a short text for people, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from banjia.assess.assessment import COUNSEL, Assessment, AxisResult, DutyResult
from banjia.assess.doubt import Contested, Open, Silent, Stale
from banjia.facts.value import say as say_value
from banjia.facts.value import show
from banjia.logic.condition import show as show_condition
from banjia.logic.trace import Branch
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
    if why and (legend := _legend(answer)):
        yield legend
    if answer.because and why:
        facts = {b.fact: say_value(show(b.value)) for b in answer.because}
        zh = "; ".join(f"{fact}={_short(said.zh)}" for fact, said in facts.items())
        en = "; ".join(f"{fact}={_short(said.en)}" for fact, said in facts.items())
        yield Text(f"  依据的事实：{zh}", f"  because: {en}")
    for lever in answer.levers[:3] if why else ():
        before, after = say_value(show(lever.before)), say_value(lever.after)
        change = Text(f"{_short(before.zh)} → {_short(after.zh)}", f"{_short(before.en)} → {_short(after.en)}")
        head = Text("  可改变：", "  would change it: ") + same(f"{lever.fact}: ")
        yield head + change + same(" → ") + verdict(lever.verdict)
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
        if answer.duties.possible:
            names = ", ".join(duty.id for duty in answer.duties.possible)
            yield Text(f"  视事实而定的义务：{names}", f"  duties that depend on open facts: {names}")
        yield from _doubts(answer)
        yield from trace_lines(answer)
        packs = ", ".join(f"{name} {version}" for name, version in answer.law.packs.items())
        yield Text(
            f"  规则：{packs}；{answer.law.hash[:19]}；{answer.on} 的法律",
            f"  law: {packs}; {answer.law.hash[:19]}; as of {answer.on}",
        )
        yield same("  ") + COUNSEL


TRUTH = {True: Text("是", "yes"), False: Text("否", "no"), None: Text("未定", "open")}


def trace_lines(answer: Assessment) -> Iterator[Text]:
    """Every rule that fires or still may, with its citations and the truth of its parts."""
    for axis in answer.trace:
        yield Text(f"  {axis.axis} 的规则：", f"  rules of {axis.axis}:")
        for rule in axis.rules:
            if rule.fires is False and not rule.defeated_by:
                continue
            beaten = ", ".join(rule.defeated_by)
            tail = Text(f"（被 {beaten} 推翻）", f" (defeated by {beaten})") if beaten else same("")
            cites = f"  [{', '.join(rule.rule.cites)}]" if rule.rule.cites else ""
            yield same("    ") + TRUTH[rule.fires] + same(f"  {rule.rule.id} → {rule.rule.outcome}{cites}") + tail
            for depth, branch in _branches(rule.when, 0):
                yield (
                    same("      " + "  " * depth) + TRUTH[branch.truth] + same(f"  {show_condition(branch.condition)}")
                )


def _branches(branch: Branch, depth: int) -> Iterator[tuple[int, Branch]]:
    if not branch.parts:
        yield depth, branch
    for part in branch.parts:
        yield from _branches(part, depth + 1 if len(branch.parts) > 1 and depth else depth)


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
    silent: list[str] = []
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
            case Silent(pack, axis, text):
                if axis:
                    yield Text("  尚无规则：", "  silent: ") + text
                else:
                    silent.append(pack)
            case Stale():
                read = doubt.read.isoformat() if doubt.read else "-"
                yield Text("  来源待复核：", "  stale source: ") + doubt.title + same(f" ({read})")
            case Open():
                continue
    if silent:
        names = ", ".join(silent)
        yield Text(f"  已知事实没有指向、未评估：{names}", f"  silent, known facts do not point there: {names}")


def _legend(answer: Assessment) -> Text | None:
    """What the marks behind citations mean, where one is shown."""
    shown = {cite for axis in answer.axes.values() for cite in axis.cites[:4]}
    marks = {cite.confidence for cite in answer.cites if cite.id in shown}
    words = []
    if "secondary" in marks:
        words.append(Text("? 据二手资料", "? secondary source"))
    if "memory" in marks:
        words.append(Text("?? 凭记忆，未核对原文", "?? from memory, unchecked"))
    if not words:
        return None
    line = words[0]
    for more in words[1:]:
        line = line + Text("；", "; ") + more
    return Text("  （", "  (") + line + Text("）", ")")


def _short(said: str) -> str:
    return said if len(said) <= 40 else said[:37] + "..."
