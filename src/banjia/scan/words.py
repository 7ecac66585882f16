"""What is said of a finding, by kind; `{what}` is the rule's own text."""

from __future__ import annotations

import re

from banjia.scan.finding import Kind
from banjia.text import Text

WORDS: dict[Kind, Text] = {
    "dependency": Text("依赖：{what}", "dependency: {what}"),
    "import": Text("引入：{what}", "import: {what}"),
    "client": Text("建立或设置客户端：{what}", "a client is made or set: {what}"),
    "call": Text("向模型发送数据：{what}", "data is sent to the model: {what}"),
    "http": Text("手写的接口请求：{what}", "hand-written HTTP: {what}"),
    "env": Text("读取环境设置：{what}", "a setting is read: {what}"),
    "config": Text("配置：{what}", "configuration: {what}"),
    "model": Text("行为取决于模型名：{what}", "behaviour depends on the model: {what}"),
    "tokenizer": Text("按服务商的方式计算词元：{what}", "tokens are counted the vendor's way: {what}"),
    "embed_dim": Text(
        "向量宽度写死：换模型须重建向量", "the width of vectors is fixed: another model means new vectors"
    ),
    "state": Text("数据留在服务商一侧：{what}", "kept on the provider's side: {what}"),
    "proxy": Text("流量经过中转或代理：{what}", "traffic goes through a relay or proxy: {what}"),
    "secret": Text("密钥写在文件里，须更换：{what}", "a key stands in the file and must be rotated: {what}"),
}

# What to do, in the order in which people should read it.
STEPS: tuple[tuple[str, Text], ...] = (
    ("secret", Text("更换密钥，移入环境变量", "rotate the key and keep it in the environment")),
    ("proxy", Text("停用中转和反向代理", "retire relays and reverse proxies")),
    ("auto", Text("可由 banjia move 改写", "banjia move rewrites these")),
    ("config", Text("改配置即可指向网关", "configuration points these at the gateway")),
    ("manual", Text("须人工处理", "these need a person")),
    ("none", Text("仅供了解", "for information")),
)


def model_constant(path: str) -> str:
    """GPT4oMini -> gpt-4o-mini, qwen_turbo -> qwen-turbo: as the constant's name suggests, not looked up."""
    last = path.rsplit(".", 1)[-1]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", last).replace("_", "-").lower()
    words = re.sub(r"^(gpt|o)-?(\d)", lambda found: f"{found[1]}-{found[2]}" if found[1] == "gpt" else found[0], words)
    words = re.sub(r"^(gpt-\d)-?([oO])(?=-|$|mini)", r"\1o", words)
    return re.sub(r"turbo(?=\d)", "turbo-", words)
