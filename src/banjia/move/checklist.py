"""Checklist: what no codemod moves, with place and remedy, and what must be saved before access ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from banjia.move.address import find
from banjia.scan.finding import Finding
from banjia.text import Text

Group = Literal["retire", "by-hand", "save-first", "setting"]

TITLES: dict[str, Text] = {
    "retire": Text("停用，不搬", "retire, never move"),
    "by-hand": Text("需要人改", "by hand"),
    "save-first": Text("访问结束前先保存（只用允许的访问方式）", "save before access ends, by permitted access only"),
    "setting": Text("在运行环境里设置", "set where it runs"),
}
REMEDIES: dict[str, tuple[Group, Text]] = {
    "proxy": ("retire", Text("停用中转或反向代理：两边的条款和法律都不允许它", "retire the relay or reverse proxy: neither side's terms nor the law allow it")),
    "tokenizer": ("by-hand", Text("换成目标模型的分词器；tiktoken 首次运行还会从境外下载词表", "use the target model's tokeniser; tiktoken also downloads its vocabulary from abroad on first use")),
    "embed_dim": ("by-hand", Text("向量宽度随新模型改，并重建全部向量；两种模型的向量不能混用", "change the width to the new model's and rebuild every vector; vectors of two models never mix")),
    "state": ("save-first", Text("对象存在服务商一侧：导出文件、会话、微调数据和用量记录，要求删除并留存证明", "the object lives at the provider: export files, threads, fine-tuning data and usage records, ask for deletion and keep the proof")),
    "secret": ("by-hand", Text("改从环境或文件读取，并轮换这把密钥", "read it from the environment or a file, and rotate the key")),
    "http": ("by-hand", Text("地址写法没有对应的改法：改为读取 OPENAI_BASE_URL", "no codemod fits this form of address: read OPENAI_BASE_URL instead")),
    "client": ("setting", Text("客户端的地址来自别处：在运行环境设 OPENAI_BASE_URL 或 AZURE_OPENAI_ENDPOINT，并核对", "the client takes its address from elsewhere: set OPENAI_BASE_URL or AZURE_OPENAI_ENDPOINT where it runs, and check")),
    "env": ("setting", Text("在运行环境把它设为网关的值", "set it to the gateway's value where the application runs")),
    "config": ("setting", Text("把它设为网关的值", "set it to the gateway's value")),
    "model": ("by-hand", Text("按模型名分支：换了模型会悄悄走错分支；保留旧名字并由网关映射，或改写分支", "a branch on the model's name takes the wrong way silently: keep the old name and let the gateway map it, or rewrite the branch")),
}  # fmt: skip
OTHER_VENDOR = Text(
    "这家服务商的接口网关不代为接收：改用 OpenAI 兼容的客户端，或换成允许的路线",
    "the gateway does not speak this vendor's API: use an OpenAI-compatible client, or a permitted route",
)
MOVABLE = frozenset({"openai", "azure_openai", "relay", "any"})
BRANCHES = ("startswith", "includes", "in model", "==", "!=", "match", "switch", "case ")


@dataclass(frozen=True, slots=True)
class Item:
    group: Group
    finding: Finding
    remedy: Text

    def to_json(self) -> dict[str, object]:
        return {
            "group": self.group,
            "path": self.finding.path,
            "line": self.finding.line,
            "kind": self.finding.kind,
            "provider": self.finding.provider,
            "remedy": self.remedy.as_dict(),
        }


def items(
    findings: Iterable[Finding], moved: frozenset[str], changed: frozenset[str], line_of: dict[tuple[str, int], str]
) -> Iterator[Item]:
    """One item for each finding that no edit covers (`moved` holds fingerprints) and that still asks for something."""
    for finding in findings:
        if finding.fingerprint in moved or finding.kind not in REMEDIES:
            continue
        group, remedy = REMEDIES[finding.kind]
        if finding.kind in {"client", "http", "config", "env"} and finding.provider not in MOVABLE:
            if finding.kind in {"client", "http"}:
                yield Item("by-hand", finding, OTHER_VENDOR)
            continue
        line = line_of.get((finding.path, finding.line), "")
        if finding.kind == "client" and (finding.url or finding.path in changed):
            continue  # its address stands elsewhere in the file and moves there
        if finding.kind == "http" and find(line) is None:
            continue
        if finding.kind == "model" and not any(b in line for b in BRANCHES):
            continue
        if finding.kind in {"env", "config"} and not _is_address(finding):
            continue
        yield Item(group, finding, remedy)


def _is_address(finding: Finding) -> bool:
    name = (finding.env or "").upper()
    return finding.url is not None or name.endswith(
        ("BASE_URL", "API_BASE", "ENDPOINT", "API_HOST", "BASE", "PROXY_URL")
    )
