"""One self-contained HTML page of an inventory: no script, nothing loaded from anywhere."""

from __future__ import annotations

from html import escape

from banjia.scan.finding import Finding, Inventory
from banjia.scan.words import STEPS
from banjia.text import Lang, Text

TITLE = Text("AI 服务使用清单", "Uses of AI services")
HEADS = (Text("位置", "place"), Text("是什么", "what"), Text("服务商", "provider"), Text("模型", "model"))
NOTHING = Text("没有发现 AI 服务的使用。", "No use of an AI service was found.")
OPEN = Text("尚待说明", "open")
SKIPPED = Text("未读的文件", "files not read")

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c1c1e;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}code{font-size:.9em}
@media(prefers-color-scheme:dark){body{background:#1c1c1e;color:#eee}td,th{border-color:#444}}
"""


def page(inventory: Inventory, lang: Lang) -> str:
    parts = [
        "<!doctype html>",
        f'<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">',
        f"<title>{TITLE.say(lang)}</title><style>{STYLE}</style></head><body><h1>{TITLE.say(lang)}</h1>",
    ]
    if not inventory.findings:
        parts.append(f"<p>{NOTHING.say(lang)}</p>")
    left = list(inventory.findings)
    for name, title in STEPS:
        group = [finding for finding in left if name in (finding.kind, finding.fix)]
        left = [finding for finding in left if name not in (finding.kind, finding.fix)]
        if group:
            parts.append(f"<h2>{title.say(lang)} ({len(group)})</h2>{_table(group, lang)}")
    if inventory.open_urls:
        rows = "".join(
            f"<li>{escape(url.question.say(lang))} <code>{_at(url.path, url.line)}</code></li>"
            for url in inventory.open_urls
        )
        parts.append(f"<h2>{OPEN.say(lang)}</h2><ul>{rows}</ul>")
    if inventory.skipped:
        rows = "".join(
            f"<li><code>{escape(skipped.path)}</code> {escape(skipped.text.say(lang))}</li>"
            for skipped in inventory.skipped
        )
        parts.append(f"<h2>{SKIPPED.say(lang)} ({len(inventory.skipped)})</h2><ul>{rows}</ul>")
    return "".join(parts) + "</body></html>"


def _table(group: list[Finding], lang: Lang) -> str:
    head = "".join(f"<th>{title.say(lang)}</th>" for title in HEADS)
    rows = "".join(
        f"<tr><td><code>{_at(finding.path, finding.line)}</code></td><td>{escape(finding.text.say(lang))}</td>"
        f"<td>{escape(finding.provider)}</td><td>{escape(finding.model or '')}</td></tr>"
        for finding in group
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _at(path: str, line: int) -> str:
    return f"{escape(path)}:{line}"
