"""Checklist: what no codemod moves, with place and remedy, and what must be saved before access ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
    "state": ("save-first", Text("对象存在服务商一侧：导出后再停用，要求删除并留存证明", "the object lives at the provider: export it first, ask for deletion and keep the proof")),
    "secret": ("by-hand", Text("改从环境或文件读取，并轮换这把密钥", "read it from the environment or a file, and rotate the key")),
    "http": ("by-hand", Text("地址写法没有对应的改法：改为读取 OPENAI_BASE_URL", "no codemod fits this form of address: read OPENAI_BASE_URL instead")),
    "client": ("setting", Text("客户端的地址来自别处：在运行环境设 OPENAI_BASE_URL 或 AZURE_OPENAI_ENDPOINT，并核对", "the client takes its address from elsewhere: set OPENAI_BASE_URL or AZURE_OPENAI_ENDPOINT where it runs, and check")),
    "env": ("setting", Text("在运行环境把它设为网关的值", "set it to the gateway's value where the application runs")),
    "config": ("setting", Text("把它设为网关的值", "set it to the gateway's value")),
    "model": ("by-hand", Text("按模型名分支：换了模型会悄悄走错分支；保留旧名字并由网关映射，或改写分支", "a branch on the model's name takes the wrong way silently: keep the old name and let the gateway map it, or rewrite the branch")),
}  # fmt: skip
SAVED: tuple[tuple[re.Pattern[str], Text], ...] = (
    (re.compile(r"asst_|thread|assistant", re.IGNORECASE), Text("助手和会话：逐个导出指令、工具和消息（beta.assistants、beta.threads），再要求删除，留存确认", "assistants and threads: export instructions, tools and messages one by one, then ask for deletion and keep the confirmation")),
    (re.compile(r"vector_?stores?|vs_", re.IGNORECASE), Text("向量库：导出其中的原始文件；向量在新模型上重建", "vector stores: export the source files in them; the vectors are rebuilt on the new model")),
    (re.compile(r"fine_?tun|\bft[:j]|FineTun", re.IGNORECASE), Text("微调：保存训练与验证数据、参数和评测结果；权重带不走", "fine-tunes: save training and validation data, parameters and evaluations; the weights do not leave")),
    (re.compile(r"batch", re.IGNORECASE), Text("批处理：取回结果和错误文件，再要求删除", "batches: fetch result and error files, then ask for deletion")),
    (re.compile(r"previous_response|resp_|conversation|responses\.retrieve", re.IGNORECASE), Text("存放在服务商的回答链：导出对话，改为自己保存历史", "chains of stored responses: export the talks and keep the history yourself")),
    (re.compile(r"file", re.IGNORECASE), Text("文件：下载原件，再要求删除，留存确认", "files: download the originals, then ask for deletion and keep the confirmation")),
)  # fmt: skip
USAGE = Text(
    "账户：导出用量记录和账单（出境人数与费用的依据），请求删除数据并留存书面确认，最后吊销密钥；保存时也只用允许的访问方式",
    "the account: export usage records and invoices (they show what left and what it cost), ask for deletion and keep the "
    "written confirmation, revoke the keys last; for saving too use permitted access only",
)
OTHER_VENDOR = Text(
    "这家服务商的接口网关不代为接收：改用 OpenAI 兼容的客户端，或换成允许的路线",
    "the gateway does not speak this vendor's API: use an OpenAI-compatible client, or a permitted route",
)
ACCOUNT = Text(
    "账户、账单和用量接口只属于服务商，网关不提供：停用这个调用，改看网关的台账；记录先保存",
    "account, billing and usage paths belong to the provider and the gateway has none: drop the call and read the "
    "gateway's ledger instead; save the records first",
)
TRACES = Text(
    "跟踪上传会把提示词和回答发给服务商：关闭它（OPENAI_AGENTS_DISABLE_TRACING=1）",
    "the upload of traces sends prompts and answers to the provider: switch it off (OPENAI_AGENTS_DISABLE_TRACING=1)",
)
MODERATION = Text(
    "网关前面的自有或境内模型没有 moderations 接口（回答 501）：改用 banjia.yaml 的 moderation，或自有的内容检查",
    "models at home have no moderations endpoint, so the gateway answers 501: use `moderation` of banjia.yaml, or a check of your own",
)
CONTAINED = Text(
    "容器里的 127.0.0.1 是容器自己：用 --gateway http://网关的名字:8420 再搬一次，或改成容器里能到的地址",
    "in a container 127.0.0.1 is the container itself: move with --gateway http://NAME-OF-THE-GATEWAY:8420, or write an address "
    "that is reached from there",
)
HOST_ONLY = Text(
    "只写了主机名：主机、端口和协议要一起改成网关的；网关用 https 的 443 端口时（--gateway https://HOST）可以自动改",
    "only the host's name stands here: host, port and scheme change together to the gateway's; an https gateway on port 443 "
    "(--gateway https://HOST) can be put in for you",
)
ACCOUNT_PATH = re.compile(r"openai\.com(?:/v1)?/(?:dashboard|usage|organization|billing|subscription)")
MODERATION_PATH = re.compile(r"(?<![a-z])moderations?(?:/|\.create\b|$)", re.IGNORECASE)
CONTAINER_FILE = re.compile(
    r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$|(?:^|/)(?:Docker|Container)file|\.dockerfile$|(?:^|/)values[\w.-]*\.ya?ml$"
)
CONTAINERS = re.compile(
    r"^\s*(?:- )?(?:containers|initContainers|configMapGenerator):|^kind:\s*(?:ConfigMap|Secret)\b", re.MULTILINE
)
TRACE_PATH = re.compile(r"openai\.com/v1/traces")
MOVABLE = frozenset({"openai", "azure_openai", "relay", "any"})
BRANCHES = ("startswith", "includes", "in model", "==", "!=", "match", "switch", "case ")
SILENT = ("api_key", "apiKey", "organization", "api_type", "api_version", "api_key_path", "proxy")


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
    findings: Iterable[Finding],
    moved: frozenset[tuple[str, str]],
    edited: frozenset[tuple[str, int]],
    line_of: Mapping[tuple[str, int], str],
    contained: frozenset[str] = frozenset(),
) -> Iterator[Item]:
    """What asks for something that no edit does. `moved`: keys of findings; `edited`: lines of the files before.

    `contained`: files of containers in which the target's own address is written though it is loopback.
    """
    account = False
    told: set[str] = set()
    for finding in findings:
        if finding.path in contained - told and any((finding.path, n) in edited for n in _lines(finding)):
            told.add(finding.path)
            yield Item("setting", finding, CONTAINED)
        url = finding.url or ""
        if not account and finding.provider in {"openai", "azure_openai"}:
            account = True
            yield Item("save-first", finding, USAGE)
        if ACCOUNT_PATH.search(url):
            yield Item("by-hand", finding, ACCOUNT)
            continue
        if TRACE_PATH.search(url):
            yield Item("by-hand", finding, TRACES)
        if finding.kind in {"http", "call"} and finding.provider in MOVABLE and _moderates(finding):
            yield Item("by-hand", finding, MODERATION)
        if finding.key in moved or finding.kind not in REMEDIES:
            continue
        yield from _left(finding, line_of, touched=any((finding.path, n) in edited for n in _lines(finding)))


def _lines(finding: Finding) -> range:
    return range(finding.line, finding.end + 1)


def in_container(path: str, text: str) -> bool:
    """Whether what a settings file says holds inside a container, where loopback is another machine's."""
    return CONTAINER_FILE.search(path) is not None or (
        path.endswith((".yml", ".yaml")) and CONTAINERS.search(text) is not None
    )


def _moderates(finding: Finding) -> bool:
    return any(MODERATION_PATH.search(word) for word in (finding.url or "", finding.symbol or ""))


def _left(finding: Finding, line_of: Mapping[tuple[str, int], str], *, touched: bool) -> Iterator[Item]:
    line = line_of.get((finding.path, finding.line), "")
    group, remedy = REMEDIES[finding.kind]
    if finding.kind in {"client", "http", "config", "env"}:
        if finding.provider not in MOVABLE:
            if finding.kind in {"client", "http"}:
                yield Item("by-hand", finding, OTHER_VENDOR)
            return
        if touched or (finding.symbol or "").endswith(SILENT):
            return
    if finding.kind == "http" and find(line) is None:
        if finding.url and "openai" in finding.url and "://" not in finding.url:
            yield Item("by-hand", finding, HOST_ONLY)
        return
    if finding.kind == "model" and not any(b in line for b in BRANCHES):
        return
    if finding.kind in {"env", "config"} and not _is_address(finding):
        return
    if finding.kind == "state":
        special = [text for mark, text in SAVED if mark.search(f"{finding.symbol or ''} {line}")]
        yield from (Item(group, finding, text) for text in special or [remedy])
        return
    yield Item(group, finding, remedy)


def _is_address(finding: Finding) -> bool:
    name = (finding.env or "").upper()
    return finding.url is not None or name.endswith(
        ("BASE_URL", "API_BASE", "ENDPOINT", "API_HOST", "BASE", "PROXY_URL")
    )
