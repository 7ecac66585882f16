"""Page: assessments as one self-contained HTML file; no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from banjia.assess.assessment import COUNSEL, Assessment, DutyResult
from banjia.assess.doubt import Contested, Silent, Stale
from banjia.assess.words import DUE, MARKS, WHO, headline, trace_lines, verdict
from banjia.facts.value import say as say_value
from banjia.facts.value import show
from banjia.text import Lang, Text, same

STYLE = (
    ":root{color-scheme:light dark}"
    'body{font:15px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;}'
    "body{padding:0 1rem}h1{font-size:1.4rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}"
    "h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid #8886}"
    "table{border-collapse:collapse;width:100%}td:last-child{overflow-wrap:anywhere}"
    "th,td span{white-space:nowrap}pre{overflow-x:auto}"
    "td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8883}"
    ".permitted{color:#187a3c}.conditional,.doubtful{color:#8a5a00}.prohibited{color:#b3261e}"
    ".indeterminate{color:#555}small{opacity:.75}"
)


def page(answers: Sequence[Assessment], lang: Lang) -> str:
    """The whole document."""
    title = Text("评估", "Assessment").say(lang)
    body = "".join(_answer(answer, lang) for answer in answers)
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style></head>'
        f"<body><h1>{title}</h1>{body}<p><strong>{_e(COUNSEL, lang)}</strong></p></body></html>\n"
    )


def _answer(answer: Assessment, lang: Lang) -> str:
    parts = [f'<h2 class="{answer.verdict}">{_e(headline(answer), lang)} <small>{answer.on}</small></h2>']
    rows = []
    for axis in answer.axes.values():
        outcome = axis.outcome if axis.outcome != "indeterminate" else " | ".join(axis.reachable)
        rows.append(
            [
                escape(axis.id),
                f'<span class="{axis.verdict}">{_e(verdict(axis.verdict), lang)}</span>',
                f"{escape(outcome)}<br><small>{_e(axis.text, lang)}</small>",
                escape(axis.basis),
                escape("; ".join(axis.cites)),
            ]
        )
    head = [Text("问题", "question"), Text("结论", "verdict"), Text("结果", "outcome"), Text("依据", "basis")]
    parts.append(_table([*head, Text("出处", "citations")], rows, lang))
    if answer.because:
        parts.append(_title(Text("足以得出结论的事实", "Facts that suffice"), lang))
        rows = [[escape(b.axis), escape(b.fact), _v(show(b.value), lang)] for b in answer.because]
        parts.append(_table([Text("问题", "question"), Text("事实", "fact"), Text("值", "value")], rows, lang))
    if answer.levers:
        parts.append(_title(Text("什么会改变结论", "What would change it"), lang))
        rows = [
            [
                escape(v.fact),
                f"{_v(show(v.before), lang)} → {_v(v.after, lang)}",
                _e(verdict(v.verdict), lang),
            ]
            for v in answer.levers
        ]
        parts.append(_table([Text("事实", "fact"), Text("变化", "change"), Text("结论", "verdict")], rows, lang))
    if answer.missing:
        parts.append(_title(Text("待答的问题", "Open questions"), lang))
        rows = [
            [_e(m.question, lang), escape(m.fact), _e(WHO.get(m.who, same(m.who)), lang), f"{m.settles:.2f}"]
            for m in answer.missing
        ]
        parts.append(
            _table(
                [Text("问题", "question"), Text("事实", "fact"), Text("谁知道", "who"), Text("比特", "bits")],
                rows,
                lang,
            )
        )
    for title, duties in (
        (Text("义务", "Duties"), answer.duties.certain),
        (Text("可能的义务", "Possible duties"), answer.duties.possible),
    ):
        if duties:
            parts += [_title(title, lang), _duties(duties, lang)]
    parts.append(_doubts(answer, lang))
    if answer.cites:
        parts.append(_title(Text("出处", "Citations"), lang))
        rows = [
            [
                escape(c.id),
                f"{_e(c.title, lang)}<br><small>{_e(c.text, lang)}</small>",
                "<span>" + " – ".join(str(day) if day else "" for day in c.in_force) + "</span>",
                escape(c.confidence) + _e(MARKS[c.confidence], lang),
                escape(c.source),
            ]
            for c in answer.cites
        ]
        head = [
            Text("出处", "citation"),
            Text("名称", "title"),
            Text("有效期", "in force"),
            Text("把握", "confidence"),
            Text("来源", "source"),
        ]
        parts.append(_table(head, rows, lang))
    if answer.filled:
        parts.append(_title(Text("自动填入的事实", "Facts filled in"), lang))
        rows = [[escape(f.fact), _v(show(f.value), lang), escape(f.kind), escape(f.source)] for f in answer.filled]
        parts.append(
            _table([Text("事实", "fact"), Text("值", "value"), Text("方式", "how"), Text("来源", "source")], rows, lang)
        )
    if answer.trace:
        lines = "\n".join(line.say(lang) for line in trace_lines(answer))
        parts += [_title(Text("规则的推导", "Trace of the rules"), lang), f"<pre>{escape(lines)}</pre>"]
    packs = ", ".join(f"{k} {v}" for k, v in answer.law.packs.items())
    parts.append(f"<p><small>{escape(packs)} · {escape(answer.law.hash)} · {answer.on}</small></p>")
    return "".join(parts)


def _duties(duties: Sequence[DutyResult], lang: Lang) -> str:
    rows = [
        [
            "☑" if d.met else "☐",
            _e(d.text, lang),
            _e(DUE[d.when], lang) + (f" {d.by}" if d.by else ""),
            escape("; ".join(d.cites)),
        ]
        for d in duties
    ]
    return _table([Text("", ""), Text("义务", "duty"), Text("时间", "when"), Text("出处", "citations")], rows, lang)


def _doubts(answer: Assessment, lang: Lang) -> str:
    rows = []
    for doubt in answer.doubts:
        match doubt:
            case Contested():
                options = "<br>".join(f"{'•' if o == doubt.chosen else '◦'} {_e(t, lang)}" for o, t in doubt.options)
                why = f"<br><small>{escape(doubt.reason)}</small>" if doubt.reason else ""
                rows.append([_e(Text("有争议", "contested"), lang), f"{_e(doubt.question, lang)}<br>{options}{why}"])
            case Silent():
                rows.append([_e(Text("未涉及", "silent"), lang), _e(doubt.text, lang)])
            case Stale():
                rows.append(
                    [_e(Text("来源待复核", "stale source"), lang), f"{_e(doubt.title, lang)} {doubt.read or ''}"]
                )
            case _:
                continue
    if not rows:
        return ""
    return _title(Text("疑点", "Doubts"), lang) + _table([Text("种类", "kind"), Text("内容", "what")], rows, lang)


def _table(head: Sequence[Text], rows: Sequence[Sequence[str]], lang: Lang) -> str:
    top = "".join(f"<th>{_e(h, lang)}</th>" for h in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"


def _title(text: Text, lang: Lang) -> str:
    return f"<h3>{_e(text, lang)}</h3>"


def _v(shown: object, lang: Lang) -> str:
    return escape(say_value(shown).say(lang))


def _e(text: Text, lang: Lang) -> str:
    return escape(text.say(lang))
