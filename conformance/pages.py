"""Pages: the tables of the matrix in docs/en/conformance.md and docs/zh-CN/conformance.md, between their marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BEGIN, END = "<!-- matrix -->", "<!-- /matrix -->"
Json = dict[str, Any]
WORDS = {
    "en": {
        "on": "Run of {on}: {clients} clients × {scenarios} scenarios × {dialects} dialects, {passed} cells pass, {refused} are refused, "
        "{absent} the client cannot say, {failed} fail. “18+4” reads: 18 dialects pass, 4 refuse with a reason that stands in their file; “–”: the client has no such call.",
        "scenario": "scenario",
        "why": "What is refused, and where its reason stands:",
        "dialect": "dialect",
        "place": "place in the provider's file",
        "models": "The models that answered, as the provider files have them:",
    },
    "zh-CN": {
        "on": "{on} 的一次运行：{clients} 个客户端 × {scenarios} 个场景 × {dialects} 种方言；{passed} 格通过，{refused} 格被拒绝，{absent} 格客户端没有这种调用，"
        "{failed} 格失败。“18+4” 表示 18 种方言通过、4 种因其服务商文件里写明的理由被拒绝；“–” 表示客户端没有这种调用。",
        "scenario": "场景",
        "why": "被拒绝的，以及理由所在：",
        "dialect": "方言",
        "place": "服务商文件里的位置",
        "models": "作答的模型（按服务商文件）：",
    },
}


def write_pages(kept: Json, docs: Path) -> None:
    for lang, words in WORDS.items():
        page = docs / lang / "conformance.md"
        text = page.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n{tables(kept, words)}\n{END}{after}", encoding="utf-8")


def tables(kept: Json, words: dict[str, str]) -> str:
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
