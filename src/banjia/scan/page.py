"""One self-contained HTML page of an inventory: no script, nothing loaded, every word from a file escaped."""

from __future__ import annotations

import hashlib
from datetime import datetime
from html import escape

from banjia.routes.catalogue import load
from banjia.scan.finding import NO_REASON, Finding, Inventory
from banjia.scan.words import STEPS
from banjia.text import Lang, Text

TITLE = Text("AI 服务使用清单", "Uses of AI services")
NOTHING = Text("没有发现 AI 服务的使用。", "No use of an AI service was found.")
TILES = (
    Text("处使用", "uses"),
    Text("家服务商", "providers"),
    Text("个模型", "models"),
    Text("个文件已读", "files read"),
    Text("处已接受", "accepted"),
)
SIDES = {
    "cn_mainland": Text("境内", "mainland"),
    "hk": Text("香港", "Hong Kong"),
    "overseas": Text("境外", "abroad"),
    "self_hosted": Text("自建", "self-hosted"),
    "mixed": Text("境内或境外，视地址而定", "mainland or abroad, by address"),
}
ANY = Text("未能确定的服务商", "provider not settled")
PROVIDERS = (Text("服务商", "provider"), Text("所在", "place"), Text("使用", "uses"), Text("模型", "models"))
PROVIDED = Text("服务商", "Providers")
OPEN = Text("尚待说明", "To be answered")
SKIPPED = Text("未读的文件", "Files not read")
REMARKS = Text("不予采纳的忽略标记", "Remarks that do not count")
MODELS = 16  # of one provider, so many are named in the table; each stands at its line below
URGENT = frozenset({"secret", "proxy"})

STYLE = """
:root{color-scheme:light dark;
--ink:#1b1f24;--soft:#59636e;--line:#d8dee4;--paper:#fff;--tint:#f5f7f9;--hot:#b42318;--mark:#0b5cad}
@media(prefers-color-scheme:dark){:root{
--ink:#e6e9ec;--soft:#9aa4af;--line:#343b43;--paper:#15181c;--tint:#1d2126;--hot:#ff8a7a;--mark:#7ab8ff}}
*{box-sizing:border-box}
body{font:15px/1.55 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
color:var(--ink);background:var(--paper);margin:0 auto;max-width:70rem;padding:2rem 1.25rem 4rem}
h1{font-size:1.5rem;margin:0}header p{color:var(--soft);margin:.2rem 0 1.2rem}
h2{font-size:1.05rem;margin:2.2rem 0 .5rem}
h2.hot{color:var(--hot)}h2 small,summary small{color:var(--soft);font-weight:400}
ul{list-style:none;margin:0;padding:0}
.tiles{display:flex;flex-wrap:wrap;gap:.6rem}.tiles li{background:var(--tint);border-radius:.5rem;padding:.5rem .9rem}
.tiles b{font-size:1.25rem;margin-right:.35rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th{color:var(--soft);font-weight:400;font-size:.85rem;white-space:nowrap}
td,th{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
code{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
.file{margin:.9rem 0 .15rem;color:var(--mark)}
.uses li{display:flex;gap:.8rem;padding:.22rem 0;border-top:1px solid var(--line)}
.uses .n{flex:0 0 3.2rem;text-align:right;color:var(--soft)}.uses span{flex:1;min-width:0;overflow-wrap:anywhere}
.uses em{flex:0 0 auto;max-width:45%;font-style:normal;color:var(--soft);text-align:right;overflow-wrap:anywhere}
.plain li{padding:.2rem 0;border-top:1px solid var(--line)}summary{cursor:pointer;margin:2.2rem 0 .5rem;font-weight:600}
@media print{body{max-width:none;padding:0}.uses li{break-inside:avoid}}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(inventory: Inventory, lang: Lang, *, name: str, time: datetime) -> str:
    title = f"{TITLE.say(lang)} · {escape(name)}" if name else TITLE.say(lang)
    parts = [
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8"/>',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        f"<header><h1>{title}</h1><p>banjia scan · {time:%Y-%m-%d %H:%M} UTC</p></header>",
        _tiles(inventory, lang),
    ]
    if inventory.findings:
        parts.append(_providers(inventory, lang))
    else:
        parts.append(f"<p>{NOTHING.say(lang)}</p>")
    left = list(inventory.findings)
    for key, heading in STEPS:
        group = [finding for finding in left if key in (finding.kind, finding.fix)]
        left = [finding for finding in left if key not in (finding.kind, finding.fix)]
        if group:
            hot = ' class="hot"' if key in URGENT else ""
            label = heading.say(lang)
            parts.append(
                f"<h2{hot}>{label[:1].upper()}{label[1:]} <small>{len(group)}</small></h2>{_uses(group, lang)}"
            )
    parts.append(
        _list(OPEN.say(lang), [(url.question.say(lang), f"{url.path}:{url.line}") for url in inventory.open_urls])
    )
    parts.append(
        _list(
            REMARKS.say(lang),
            [(NO_REASON.say(lang), f"{remark.path}:{remark.line}") for remark in inventory.remarks],
        )
    )
    if inventory.skipped:
        rows = "".join(_row(skipped.text.say(lang), skipped.path) for skipped in inventory.skipped)
        head = f"{SKIPPED.say(lang)} <small>{len(inventory.skipped)}</small>"
        parts.append(f'<details><summary>{head}</summary><ul class="plain">{rows}</ul></details>')
    return "".join(parts) + "</body></html>\n"


def _tiles(inventory: Inventory, lang: Lang) -> str:
    providers = {finding.provider for finding in inventory.findings} - {"any", "relay"}
    models = {finding.model for finding in inventory.findings if finding.model}
    counts = (len(inventory.findings), len(providers), len(models), inventory.files, inventory.suppressed)
    shown = [(count, text) for count, text in zip(counts, TILES, strict=True) if count or text in TILES[:4]]
    return '<ul class="tiles">' + "".join(f"<li><b>{n}</b>{text.say(lang)}</li>" for n, text in shown) + "</ul>"


def _providers(inventory: Inventory, lang: Lang) -> str:
    groups: dict[str, list[Finding]] = {}
    for finding in inventory.findings:
        groups.setdefault(finding.provider, []).append(finding)
    rows = []
    for provider_id, found in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        provider = load().find(provider_id)
        name = provider.name.say(lang) if provider else (ANY.say(lang) if provider_id == "any" else provider_id)
        side = SIDES[provider.side].say(lang) if provider else ""
        models = sorted({finding.model for finding in found if finding.model})
        listed = ", ".join(models[:MODELS]) + (f" … +{len(models) - MODELS}" if len(models) > MODELS else "")
        rows.append(
            f'<tr><td>{escape(name)}</td><td>{side}</td><td class="n">{len(found)}</td>'
            f"<td><code>{escape(listed)}</code></td></tr>"
        )
    heads = [text.say(lang) for text in PROVIDERS]
    head = f'<th>{heads[0]}</th><th>{heads[1]}</th><th class="n">{heads[2]}</th><th>{heads[3]}</th>'
    return f"<h2>{PROVIDED.say(lang)}</h2><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _uses(group: list[Finding], lang: Lang) -> str:
    """By file, in the order of the lines."""
    files: dict[str, list[Finding]] = {}
    for finding in group:
        files.setdefault(finding.path, []).append(finding)
    parts = []
    for path, found in files.items():
        rows = "".join(
            f'<li id="{_anchor(finding)}"><code class="n">{finding.line}</code>'
            f"<span>{escape(finding.text.say(lang))}</span><em>{escape(_what(finding))}</em></li>"
            for finding in found
        )
        parts.append(f'<p class="file"><code>{escape(path)}</code></p><ul class="uses">{rows}</ul>')
    return "".join(parts)


def _anchor(finding: Finding) -> str:
    """One of its own for each: an id stands once in a page."""
    place = hashlib.sha256("\x1f".join((*finding.key, finding.rule, finding.provider)).encode()).hexdigest()[:20]
    return f"f{finding.line}-{place}"


def _what(finding: Finding) -> str:
    names = (finding.provider if finding.provider != "any" else "", finding.model or finding.env or "")
    return " · ".join(name for name in names if name)


def _list(heading: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    return f'<h2>{heading} <small>{len(rows)}</small></h2><ul class="plain">{"".join(_row(*row) for row in rows)}</ul>'


def _row(text: str, place: str) -> str:
    return f"<li>{escape(text)} <code>{escape(place)}</code></li>"
