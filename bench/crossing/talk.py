"""Talks: requests as applications send them, full of invented persons, each with all that must not leave."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal
from urllib.parse import quote

from crossing.value import Values

Kind = Literal["json", "stream", "tools"]
KINDS: tuple[Kind, ...] = ("json", "stream", "tools")


@dataclass(frozen=True)
class Talk:
    number: int
    kind: Kind
    request: dict[str, Any]
    values: list[str]  # numbers, addresses, secrets
    names: list[str]


def talk(number: int, seed: int = 0) -> Talk:
    """The request of a number; the same for the same seed."""
    chance = Random(f"{seed}/{number}")
    values = Values(chance)
    kind = KINDS[number % 3]
    texts = {"zh": ZH, "en": EN, "mixed": MIXED}[("zh", "en", "mixed", "zh")[number % 4]]
    said = chance.choice(texts)(values)
    messages = [*_before(chance, values, texts), {"role": "user", "content": said}]
    request: dict[str, Any] = {"model": "gpt-4o", "seed": number, "messages": messages}
    if kind == "stream":
        request["stream"] = True
    if kind == "tools":
        request |= {"tools": TOOLS, "stream": chance.random() < 0.5}
    if chance.random() < 0.2:
        request |= {"logprobs": True, "top_logprobs": 2}
    if chance.random() < 0.2:
        request["response_format"] = {"type": "json_object"}
    if chance.random() < 0.2:
        request["n"] = 2
    if chance.random() < 0.3:
        request["user"] = values.email()
    if chance.random() < 0.2:
        request["metadata"] = {"contact": values.name_zh(), "phone": values.mobile()}
    return Talk(number, kind, request, values.made, values.names)


def _before(chance: Random, v: Values, texts: tuple[Callable[[Values], str], ...]) -> list[dict[str, Any]]:
    """What was said before: a system prompt, turns, calls of tools with their results."""
    found: list[dict[str, Any]] = []
    if chance.random() < 0.4:
        found.append({"role": "system", "content": chance.choice(SYSTEM)(v)})
    if chance.random() < 0.4:
        found.append({"role": "user", "content": chance.choice(texts)(v)})
        found.append({"role": "assistant", "content": chance.choice(texts)(v)})
    if chance.random() < 0.5:
        name, phone = v.name_zh(), v.mobile()
        record = chance.choice(RECORDS)(v, name, phone)
        call = {"name": "find_customer", "arguments": json.dumps({"name": name, "phone": phone})}
        found.append({"role": "user", "content": f"查一下客户{name}，手机{phone}"})
        found.append({"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": call}]})
        found.append({"role": "tool", "tool_call_id": "call_1", "content": record})
    if chance.random() < 0.2:
        parts = [{"type": "text", "text": chance.choice(texts)(v)}, {"type": "text", "text": chance.choice(texts)(v)}]
        found.append({"role": "user", "content": parts})
    return found


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "note",
            "description": "Keeps a note",
            "parameters": {"type": "object", "properties": {"text": {"type": "string"}}},
        },
    }
]

ZH: tuple[Callable[[Values], str], ...] = (
    lambda v: f"客户{v.name_zh()}来电，号码{v.mobile()}，说货还没到，地址是{v.address()}，麻烦写一段回复。",
    lambda v: f"请核对：姓名{v.name_zh()}，身份证{v.resident_id()}，银行卡{v.card()}，今天要给他退款。",
    lambda v: f"帮我写封邮件给{v.email()}，抄送{v.email()}，提醒{v.name_zh()}先生周三前补交材料。",
    lambda v: f"收件人：{v.name_zh()}\n电话：{v.mobile()}\n地址：{v.address()}\n请按快递面单格式整理。",
    lambda v: f"患者{v.name_zh()}，电话{v.mobile()}，近两周反复咳嗽，请整理成转诊说明。",
    lambda v: (
        f"| 姓名 | 电话 | 邮箱 |\n|---|---|---|\n| {v.name_zh()} | {v.mobile()} | {v.email()} |\n| {v.name_zh()} | {v.mobile()} | {v.email()} |\n把表格转成列表。"
    ),
    lambda v: (
        f"姓名,手机号,身份证号\n{v.name_zh()},{v.mobile()},{v.resident_id()}\n{v.name_zh()},{v.mobile()},{v.resident_id()}\n按姓名排序。"
    ),
    lambda v: f"联系人{v.name_zh()}的微信号是{v.wechat()}，车牌{v.plate()}，停在地下二层，请通知挪车。",
    lambda v: f"{v.name_zh()}女士您好，您预留的手机{v.mobile()}无法接通，请改用{v.email()}联系。把这段改得客气些。",
    lambda v: f"登录记录显示{v.ip()}异常，账号邮箱{v.email()}，负责人：{v.name_zh()}，写一份通报。",
    lambda v: f"护照号{v.passport()}的旅客{v.name_zh()}，请生成入住登记说明，联系电话{v.mobile()}。",
    lambda v: f"回调地址 https://example.com/cb?mail={quote(v.email())}&phone={v.mobile()} 为什么报错？",
    lambda v: (
        f"日志：{json.dumps({'customer': v.name_zh(), 'phone': v.mobile(), 'address': v.address()})} 帮我看看字段。"
    ),
    lambda v: f"我叫{v.name_zh()}，住在{v.address()}，想问社保怎么转移，我的电话{v.mobile()}。",
)
EN: tuple[Callable[[Values], str], ...] = (
    lambda v: f"Customer {v.name_en()} called from {v.phone_en()}; please draft an answer to {v.email()}.",
    lambda v: (
        f"Dear {v.name_en()},\nyour card {v.card()} was charged twice. Rewrite this politely.\nRegards, {v.name_en()}"
    ),
    lambda v: f"Name: {v.name_en()}\nEmail: {v.email()}\nPhone: {v.phone_en()}\nSSN: {v.ssn()}\nSummarise the record.",
    lambda v: f"Mr. {v.name_en()} signed in from {v.ip()} and lost access; his address is {v.email()}. What now?",
    lambda v: (
        f"name,email,phone\n{v.name_en()},{v.email()},{v.phone_en()}\n{v.name_en()},{v.email()},{v.phone_en()}\nSort it."
    ),
    lambda v: f"My name is {v.name_en()}, SSN {v.ssn()}, please explain how I correct my tax record. Mail: {v.email()}",
    lambda v: f"The payload was {json.dumps({'name': v.name_en(), 'email': v.email()})} and the server said 422. Why?",
    lambda v: f"Please tell {v.name_en()} at {v.phone_en()} that the parcel is late.",
)
MIXED: tuple[Callable[[Values], str], ...] = (
    lambda v: f"Please write to 客户{v.name_zh()} (mobile {v.mobile()}), cc {v.email()}, about the delayed 订单.",
    lambda v: f"员工{v.name_zh()}的 laptop 在 {v.ip()} 上线，mail 是 {v.email()}，帮我写 incident note。",
    lambda v: f"收货人：{v.name_zh()}，phone {v.mobile()}，address {v.address()}，translate into English.",
    lambda v: f"乘客 {v.name_en()}，passport {v.passport()}，联系邮箱 {v.email()}，写一封 confirmation。",
    lambda v: f"ID card {v.resident_id()} belongs to 姓名：{v.name_zh()}; check the format please.",
)
SYSTEM: tuple[Callable[[Values], str], ...] = (
    lambda v: f"你是客服助手。值班经理：{v.name_zh()}，电话{v.mobile()}。",
    lambda v: f"You are an assistant. Escalate to {v.email()}. The service key is {v.secret()}, never show it.",
    lambda v: f"接口密钥 {v.secret()}，不要外泄。账户联系人：{v.name_zh()}。",
)
RECORDS: tuple[Callable[[Values, str, str], str], ...] = (
    lambda v, name, phone: json.dumps({"name": name, "phone": phone, "id_card": v.resident_id(), "email": v.email()}),
    lambda v, name, phone: json.dumps(
        {"rows": [{"姓名": name, "电话": phone, "地址": v.address()}], "next": f"/c?m={quote(v.email(), safe='')}"},
        ensure_ascii=False,
    ),
    lambda v, name, phone: f"姓名：{name}\n电话：{phone}\n卡号：{v.card()}",
    lambda v, name, phone: json.dumps(
        {"name": name, "phone": phone, "header": "Basic " + base64.b64encode(f"{v.email()}:pass".encode()).decode()}
    ),
    lambda v, name, phone: json.dumps(
        {"payload": base64.b64encode(json.dumps({"name": name, "mobile": phone}, ensure_ascii=False).encode()).decode()}
    ),
)
