"""Pages: what was kept of each run, as docs/en/conformance.md and docs/zh-CN/conformance.md show it between their marks.

`pages.py` writes them anew from docs/*.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
Json = dict[str, Any]
WORDS = {
    "en": {
        "on": "Run of {on}: {clients} clients × {scenarios} scenarios × {dialects} dialects, {passed} cells pass, {refused} are refused, "
        "{absent} the client cannot say, {failed} fail. “a+b” reads: a dialects pass, b refuse with a reason that stands in their file; “–”: the client has no such call.",
        "scenario": "scenario",
        "why": "What is refused, and where its reason stands:",
        "dialect": "dialect",
        "place": "place in the provider's file",
        "models": "The models that answered, as the provider files have them:",
    },
    "zh-CN": {
        "on": "{on} 的一次运行：{clients} 个客户端 × {scenarios} 个场景 × {dialects} 种方言；{passed} 格通过，{refused} 格被拒绝，{absent} 格客户端没有这种调用，"
        "{failed} 格失败。“a+b” 表示 a 种方言通过、b 种因其服务商文件里写明的理由被拒绝；“–” 表示客户端没有这种调用。",
        "scenario": "场景",
        "why": "被拒绝的，以及理由所在：",
        "dialect": "方言",
        "place": "服务商文件里的位置",
        "models": "作答的模型（按服务商文件）：",
    },
}


TESTS = {
    "en": "openai-python {version}, run of {on}: {passed} tests pass, {failed} fail, each for a reason that stands here:",
    "zh-CN": "openai-python {version}，{on} 的一次运行：{passed} 个测试通过，{failed} 个失败，理由都写在这里：",
}
SCHEMA = {
    "en": "OpenAI's description {description}, schemathesis {schemathesis}, run of {on}: {operations} operations, {cases} cases, "
    "{findings} findings, each for a reason that stands here; {server_errors} server errors without one:",
    "zh-CN": "OpenAI 的接口描述 {description}，schemathesis {schemathesis}，{on} 的一次运行：{operations} 个操作，{cases} 个用例，"
    "{findings} 处不一致，理由都写在这里；此外的服务器错误 {server_errors} 个：",
}
USAGES = {
    "en": "Run of {on}: {usages} usages × {dialects} dialects, {passed} succeed, {failed} fail.",
    "zh-CN": "{on} 的一次运行：{usages} 种用法 × {dialects} 种方言；{passed} 次成功，{failed} 次失败。",
}
SOAK = {
    "en": "Run of {on}: {seconds:.0f} seconds, {callers} callers, {requests:,} requests ({a_second} a second, on two busy cores), "
    "{grows:+.3f} MB in 100,000 requests (limit: 1), {most} MB at most, {wrong} wrong answers, nothing left open at the end.",
    "zh-CN": "{on} 的一次运行：{seconds:.0f} 秒，{callers} 个调用方，{requests:,} 个请求（每秒 {a_second} 个，两个繁忙的核心），"
    "每十万请求内存变化 {grows:+.3f} MB（上限 1），最多 {most} MB，{wrong} 个错误的答复，结束时没有遗留的连接或请求。",
}


IDLE = {
    "en": "Run of {on}: {connections:,} connections that say nothing cost {kb_a_connection} kB each, {lost} were lost; a call beside them takes "
    "{beside} ms against {alone} ms alone (medians, on two busy cores).",
    "zh-CN": "{on} 的一次运行：{connections:,} 个不说话的连接，每个占 {kb_a_connection} kB，丢失 {lost} 个；此时一次调用的中位耗时 {beside} 毫秒，"
    "没有它们时 {alone} 毫秒（两个繁忙的核心）。",
}


def write_pages(docs: Path = DOCS) -> None:
    for lang in WORDS:
        page = docs / lang / "conformance.md"
        text = page.read_text(encoding="utf-8")
        for name, file, made in PARTS:
            if (docs / file).exists():
                text = between(text, name, made(json.loads((docs / file).read_text(encoding="utf-8")), lang))
        page.write_text(text, encoding="utf-8")


def between(text: str, name: str, new: str) -> str:
    before, _, rest = text.partition(f"<!-- {name} -->")
    after = rest.partition(f"<!-- /{name} -->")[2]
    return f"{before}<!-- {name} -->\n{new}\n<!-- /{name} -->{after}"


def of_tests(kept: Json, lang: str) -> str:
    reasons = [f"- {e['tests']}: {e[lang[:2]]}" for e in kept["explained"] if e["tests"]]
    return "\n".join([TESTS[lang].format(**kept), "", *reasons])


def of_schema(kept: Json, lang: str) -> str:
    reasons = [f"- {e['found']} × {e['code']}: {e[lang[:2]]}" for e in kept["explained"] if e["found"]]
    return "\n".join([SCHEMA[lang].format(**kept), "", *reasons])


def of_soak(kept: Json, lang: str) -> str:
    more = {"grows": kept["mb_in_100000_requests"], "most": kept["memory_mb"]["most"]}
    return SOAK[lang].format(**kept, **more)


def of_idle(kept: Json, lang: str) -> str:
    return IDLE[lang].format(**kept, **kept["median_ms"])


def of_matrix(kept: Json, lang: str) -> str:
    words = WORDS[lang]
    clients: Json = kept["clients"]
    order = list(next(iter(clients.values()))["scenarios"])
    scenarios = sorted({s for c in clients.values() for s in c["scenarios"]}, key=lambda s: [*order, s].index(s))
    counts = dict.fromkeys(("passed", "refused", "absent", "failed"), 0)
    lines = ["| " + " | ".join([words["scenario"], *(f"{n} {c['version']}" for n, c in clients.items())]) + " |"]
    lines.append("|---" * (len(clients) + 1) + "|")
    reasons: dict[tuple[str, str], set[str]] = {}
    for scenario in scenarios:
        cells = []
        for client in clients.values():
            row = client["scenarios"].get(scenario, {"pass": 0, "absent": ""})
            refused, failed = row.get("refused", {}), row.get("fail", {})
            counts["passed"] += row["pass"]
            counts["refused"] += len(refused)
            counts["failed"] += len(failed)
            for dialect, reason in refused.items():
                reasons.setdefault((dialect, reason), set()).add(scenario)
            if "absent" in row:
                counts["absent"] += len(kept["dialects"]) - row["pass"] - len(refused) - len(failed)
                cells.append("–")
            else:
                cells.append(
                    f"{row['pass']}"
                    + (f"+{len(refused)}" if refused else "")
                    + (f" **−{len(failed)}**" if failed else "")
                )
        lines.append("| " + " | ".join([f"`{scenario}`", *cells]) + " |")
    head = words["on"].format(
        on=kept["on"], clients=len(clients), scenarios=len(scenarios), dialects=len(kept["dialects"]), **counts
    )
    why = [f"| {words['dialect']} | {words['scenario']} | {words['place']} |", "|---|---|---|"]
    why += [
        f"| {d} | {', '.join(f'`{s}`' for s in sorted(names))} | `{r}` |" for (d, r), names in sorted(reasons.items())
    ]
    uses = [
        f"- {name}: " + ", ".join(f"{use} `{m}`" for use, m in models.items())
        for name, models in sorted(kept["dialects"].items())
    ]
    return "\n".join([head, "", *lines, "", words["why"], "", *why, "", words["models"], "", *uses])


def of_usages(kept: Json, lang: str) -> str:
    rows = [
        (name, client, usage, row)
        for name, client in kept["clients"].items()
        for usage, row in client["usages"].items()
    ]
    failed = [(name, usage, d, why) for name, _, usage, row in rows for d, why in row.get("fail", {}).items()]
    passed = sum(row["pass"] for *_, row in rows)
    head = USAGES[lang].format(
        on=kept["on"], usages=len(rows), dialects=kept["dialects"], passed=passed, failed=len(failed)
    )
    lines = [
        f"- {', '.join(f'{n} {v}' for n, v in client['packages'].items()) or 'HTTP'}: "
        + ", ".join(f"`{usage}`" for usage in client["usages"])
        for client in kept["clients"].values()
    ]
    return "\n".join([head, "", *lines, *(f"- **{name} `{usage}` {d}**: {why}" for name, usage, d, why in failed)])


PARTS = (
    ("matrix", "conformance-matrix.json", of_matrix),
    ("usages", "conformance-usages.json", of_usages),
    ("tests", "conformance-openai-tests.json", of_tests),
    ("schema", "conformance-schema.json", of_schema),
    ("soak", "soak.json", of_soak),
    ("idle", "idle.json", of_idle),
)


if __name__ == "__main__":
    write_pages()
