"""The verbs: name, the module that runs it, one line of help. Nothing is imported until a verb is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    help: Text
    expert: bool = True

    @property
    def module(self) -> str:
        return f"banjia.cli.{self.name}"


VERBS: tuple[Verb, ...] = (
    Verb(
        "init",
        Text("根据扫描结果写一份带注释的 banjia.yaml", "write a commented banjia.yaml from what the scan finds"),
        expert=False,
    ),
    Verb(
        "check",
        Text("一屏看清：在用什么、哪些已关闭、还能用什么", "one screen: what is used, what is closed, what is open"),
        expert=False,
    ),
    Verb(
        "move",
        Text("改写调用或指向网关；先看差异", "rewrite the calls or point them at the gateway; diff first"),
        expert=False,
    ),
    Verb(
        "serve",
        Text("运行网关：同样的接口，只走允许的上游", "run the gateway: same API, permitted upstream"),
        expert=False,
    ),
    Verb("scan", Text("找出代码和配置中对模型的每处使用", "find every use of a model in code and configuration")),
    Verb("assess", Text("某日法律下哪些路线可走，为什么", "which routes are open on a day, and why")),
    Verb("routes", Text("列出、筛选和比较服务商与模型", "list, filter and compare providers and models")),
    Verb("policy", Text("编译、查看、比较和批准网关策略", "compile, show, compare and approve the gateway's policy")),
    Verb(
        "ledger",
        Text("核验台账、统计人数、导出、查询个人", "verify the ledger, tally persons, export, look up one person"),
    ),
    Verb("privacy", Text("在文本中找出、替换和还原个人信息", "find, replace and restore personal information in text")),
    Verb(
        "law",
        Text(
            "按日期查看法条、时间线和变化；检查规则包",
            "read the rules as of a day, their timeline and changes; check packs",
        ),
    ),
)
