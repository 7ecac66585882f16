"""Notice: what the gateway's supervisor tells its operator in the log."""

from __future__ import annotations

from banjia.text import Text

OUTDATED = Text(
    "策略按 {day} 的法律编译，早于现行策略；它要放开的，后来的法律已关闭，不予放开。请按今天的法律重新编译",
    "the policy was compiled for the law of {day}, before that of the policy in force; what it would open, the later "
    "law has closed, and it stays closed. Compile it again for today's law",
)
CLOSED = Text("运营者关闭了所有境外路线，已生效", "an operator closed all routes abroad; that acts from now on")
REOPENED = Text(
    "运营者撤回了境外路线的关闭；放开须先批准",
    "an operator took back the closing of routes abroad; opening them waits for approval",
)
WAITING = Text(
    "新策略会放开路线，等待批准：banjia policy approve {hash} --by 姓名 --reason 理由",
    "the new policy opens a route; to let it: banjia policy approve {hash} --by WHO --reason TEXT",
)
WOULD_CHANGE = Text("{day} 的策略会改变：{line}", "the policy of {day} would change: {line}")
TAKEN = Text("新设置已生效，策略 {policy}", "the new settings are in force, with policy {policy}")
REFUSED = Text("新设置未采用，除密钥外维持原设置：", "reload refused, the former settings stay, but for the keys: ")
NOT_COMPILED = Text("策略未能编译，原因见上文", "the policy could not be compiled, for the reason above")
DEFERRED = Text("新策略等待存储恢复：", "the new policy waits for the store: ")
ENDED = Text("工作进程 {number} 已退出，正在重新启动", "worker {number} ended; it is started again")
