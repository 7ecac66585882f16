"""Reason: why an edit is made, in the words that several codemods share."""

from __future__ import annotations

from banjia.text import Text

CLIENT = Text(
    "客户端的基础地址取自环境变量，默认网关", "the client's base URL comes from the environment, by default the gateway"
)
FRAMEWORK = Text(
    "这个框架自己建客户端，只读 OPENAI_BASE_URL：没有设置时用网关",
    "the framework makes its client itself and reads OPENAI_BASE_URL alone: where it is not set, the gateway",
)
ADDRESS = Text("地址取自环境变量，默认网关", "the address comes from the environment, by default the gateway")
DEFAULT = Text("变量的默认值改为网关", "the default of a variable becomes the gateway")
LITERAL = Text("写死的地址改为环境变量，默认网关", "a literal address becomes a setting, by default the gateway")
CONSTANT_ADDRESS = Text(
    "常量不能读环境变量，直接写网关地址", "a constant cannot read the environment: the gateway's address stands in it"
)
HEADER = Text(
    "按您的选择告诉网关用途或所涉个人", "by your choice the gateway is told the purpose or the person concerned"
)
