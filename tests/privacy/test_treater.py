"""A treated request holds no original; a conversation keeps its tokens; nothing that cannot be read leaves."""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjia.errors import RouteError, StoreError
from banjia.privacy.engine import Engine
from banjia.privacy.treater import Treater, Unreadable
from banjia.privacy.vault import Maps
from banjia.store.keys import Keys
from banjia.store.ring import KEY_FILE, SealingKey
from banjia.store.store import open_store
from banjia.store.vault import Vault

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from privacy_prompts import prompts

ENGINE = Engine()
DAY = date(2026, 11, 24)


def user(text, **more):
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}


def leaves_of(node):
    if isinstance(node, dict):
        return [x for v in node.values() for x in leaves_of(v)]
    if isinstance(node, list):
        return [x for v in node for x in leaves_of(v)]
    return [node] if isinstance(node, str) else []


def test_no_found_original_survives_in_a_treated_body_and_all_come_back():
    treater = Treater(ENGINE)
    for row in prompts(17, 40):
        found = [row["text"][s.start : s.end] for s in ENGINE.detect(row["text"]) if s.type not in ("ORG", "USCC")]
        treated = treater.request(user(row["text"]), on=DAY)
        sent = json.dumps(treated.body, ensure_ascii=False)
        assert [] == [v for v in found if len(v) > 3 and v in sent], row["text"]
        if "sk-" not in row["text"]:
            assert row["text"] == treated.restorer().text(treated.body["messages"][-1]["content"])


def test_a_value_found_in_one_message_is_replaced_in_all():
    body = {
        "messages": [{"role": "user", "content": "联系人：葛思远"}, {"role": "user", "content": "葛思远那边怎么说"}]
    }
    sent = json.dumps(Treater(ENGINE).request(body).body, ensure_ascii=False)
    assert "葛思远" not in sent


def test_tool_arguments_and_results_are_read_as_json():
    arguments = json.dumps({"name": "贺雨桐", "phone": "13812345678"})
    result = json.dumps({"email": "he.yt@mail.example.net", "住院号": "00451210"})
    body = {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "find", "arguments": arguments}}],
            },
            {"role": "tool", "tool_call_id": "t1", "content": result},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "find", "description": "按姓名查找", "parameters": {"type": "object"}},
            }
        ],
    }
    treated = Treater(ENGINE).request(body)
    sent = json.dumps(treated.body, ensure_ascii=False)
    for value in ("贺雨桐", "\\u8d3a", "13812345678", "he.yt@", "00451210"):
        assert value not in sent
    call = treated.body["messages"][1]["tool_calls"][0]
    assert ("t1", "find") == (call["id"], call["function"]["name"])
    assert json.loads(arguments) == json.loads(treated.restorer().text(call["function"]["arguments"], in_json=True))
    assert "sensitive" == treated.data_class


def test_every_field_of_the_callers_own_is_looked_into():
    body = user("你好", user="13812345678", metadata={"customer_phone": "13912345678"})
    sent = json.dumps(Treater(ENGINE).request(body).body, ensure_ascii=False)
    assert "13812345678" not in sent
    assert "13912345678" not in sent


def test_secrets_are_removed_for_good():
    treated = Treater(ENGINE).request(user("密码是Tq7!vexz92，为什么登录不了"))
    assert "Tq7!vexz92" not in json.dumps(treated.body)
    assert "Tq7!vexz92" not in treated.surrogates.originals.values()


def test_masking_leaves_no_way_back():
    treated = Treater(ENGINE).request(user("电话13812345678"), "mask")
    assert "⟦电话 已移除⟧" in treated.body["messages"][0]["content"]
    assert not treated.restorer()


def test_allow_changes_nothing_and_still_counts():
    body = user("电话13812345678")
    treated = Treater(ENGINE).request(body, "allow")
    assert body is treated.body
    assert (("PHONE", "13812345678"),) == treated.persons[0].strong


@pytest.mark.parametrize("treatment", ["refuse", "home"])
def test_other_treatments_send_nothing(treatment):
    with pytest.raises(RouteError):
        Treater(ENGINE).request(user("你好"), treatment)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
        {"type": "input_audio", "input_audio": {"data": "AA"}},
    ],
)
def test_images_and_audio_are_refused(part):
    with pytest.raises(Unreadable):
        Treater(ENGINE).request({"messages": [{"role": "user", "content": [part]}]})


def test_token_numbers_are_refused():
    with pytest.raises(Unreadable):
        Treater(ENGINE).request({"model": "text-embedding-3-small", "input": [1, 2, 3]})


@pytest.mark.parametrize("kind", ["audio_url", "video", "novel_media"])
def test_a_part_of_a_message_that_nobody_knows_is_refused(kind):
    body = user([{"type": "text", "text": "看"}, {"type": kind, kind: {"data": "iVBORw0KGgo="}}])
    with pytest.raises(Unreadable, match=kind):
        Treater(ENGINE).request(body)


@pytest.mark.parametrize("kind", ["audio_url", "novel_media"])
def test_a_part_of_a_result_that_nobody_knows_is_refused(kind):
    part = {"type": kind, kind: {"data": "iVBORw0KGgo="}}
    told = user([{"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "看"}, part]}])
    asked = {"input": [{"type": "function_call_output", "call_id": "a", "output": [part]}]}
    for body in (told, asked):
        with pytest.raises(Unreadable, match=kind):
            Treater(ENGINE).request(body)


NUMBERS = [
    {"phone": 13987654321},
    {"rows": [{"id": 7, "mobile": 13987654321, "at": 1770000000}, [13987654321]]},
    {"card": 6222021234567890128},
    {"身份证号": 110105199003072039},
]


@pytest.mark.parametrize("numbers", NUMBERS, ids=str)
def test_numbers_of_json_are_looked_into_as_texts_are(numbers):
    text = json.dumps(numbers, ensure_ascii=False)
    call = {"id": "t1", "type": "function", "function": {"name": "find", "arguments": text}}
    body = {
        "messages": [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "t1", "content": text},
        ],
        "metadata": numbers,
        "seed": 1770000000,
    }
    treated = Treater(ENGINE).request(body)
    sent = json.dumps(treated.body, ensure_ascii=False)
    assert not [n for n in ("13987654321", "6222021234567890128", "110105199003072039") if n in sent]
    if "rows" in numbers:
        assert "1770000000" in treated.body["messages"][-1]["content"]
        assert {"id": 7} == {k: v for k, v in treated.body["metadata"]["rows"][0].items() if k == "id"}


@pytest.mark.parametrize(
    "field",
    [
        {"messages": [{"role": "tool", "tool_call_id": "13987654321", "content": "x"}]},
        {"tools": [{"type": "function", "function": {"name": "call_13987654321", "parameters": {}}}]},
        {"seed": 13987654321},
        {"logit_bias": {"13987654321": 5}},
        {"model": "someone@corp-mail.cn"},
    ],
)
def test_somebodys_number_in_a_field_that_must_stay_keeps_the_call_here(field):
    with pytest.raises(Unreadable, match=r"PHONE|EMAIL"):
        Treater(ENGINE).request({**user("好"), **field})


@pytest.mark.parametrize("seed", [0, 42, 2**32 - 1, 2**53 - 1, 20261124093015])
def test_seeds_that_machines_make_stop_nothing(seed):
    assert seed == Treater(ENGINE).request(user("好", seed=seed, logit_bias={"100257": -1})).body["seed"]


@pytest.mark.parametrize("made", ["call_0f3b9c21d8e74a53", "1398765432112345678", "chatcmpl-01a20e2e25a27c05", "m@v2"])
def test_ids_that_machines_make_stop_nothing(made):
    body = {"messages": [{"role": "user", "content": "好"}, {"role": "tool", "tool_call_id": made, "content": "x"}]}
    assert made in str(Treater(ENGINE).request(body).body)


def test_log_probabilities_are_not_asked_for():
    assert "logprobs" not in Treater(ENGINE).request(user("电话13812345678", logprobs=True)).body


def test_a_text_that_begins_like_a_data_address_is_read():
    sent = json.dumps(Treater(ENGINE).request(user("data: 电话13812345678")).body)
    assert "13812345678" not in sent


def test_schemas_are_looked_into():
    schema = {"type": "object", "properties": {"who": {"enum": ["客户：贺雨桐"]}}}
    body = {"input": "选一个", "text": {"format": {"type": "json_schema", "name": "pick", "schema": schema}}}
    treated = Treater(ENGINE).request(body)
    assert "贺雨桐" not in json.dumps(treated.body, ensure_ascii=False)
    assert "pick" == treated.body["text"]["format"]["name"]


def test_the_responses_api_is_not_asked_for_log_probabilities():
    body = {"input": "电话13812345678", "include": ["message.output_text.logprobs", "file_search_call.results"]}
    assert ["file_search_call.results"] == Treater(ENGINE).request(body).body["include"]


def test_the_model_is_told_to_copy_the_marks_in_one_system_message():
    body = {"messages": [{"role": "system", "content": "你是客服"}, {"role": "user", "content": "电话13812345678"}]}
    messages = Treater(ENGINE).request(body).body["messages"]
    assert ["system", "user"] == [m["role"] for m in messages]
    assert messages[0]["content"].endswith("你是客服")


def test_a_text_about_nobody_is_sent_as_it_is():
    body = user("什么是递归？", logprobs=True)
    treated = Treater(ENGINE).request(body)
    assert (body, (), "none") == (treated.body, treated.persons, treated.data_class)


def test_one_person_in_two_messages_is_one_person():
    body = {
        "messages": [
            {"role": "user", "content": "丁慧敏 电话13812345678"},
            {"role": "user", "content": "138-1234-5678 打不通"},
        ]
    }
    assert 1 == len(Treater(ENGINE).request(body).persons)


def test_an_old_number_and_its_new_form_are_one_person():
    body = {
        "messages": [
            {"role": "user", "content": "身份证号110105491231002"},
            {"role": "user", "content": "身份证11010519491231002X"},
        ]
    }
    assert 1 == len(Treater(ENGINE).request(body).persons)


def test_a_key_of_a_machine_is_nobody():
    treated = Treater(ENGINE).request(user("api_key=sk-proj-abcDEF1234567890abcDEF1234567890abcd 报错 401"))
    assert ((), "ordinary") == (treated.persons, treated.data_class)
    assert "sk-proj" not in json.dumps(treated.body)


def test_two_bearers_of_one_name_with_numbers_of_their_own_are_two():
    body = {
        "messages": [
            {"role": "user", "content": "丁慧敏 身份证11010519491231002X"},
            {"role": "user", "content": "丁慧敏 身份证440524188001010014"},
        ]
    }
    assert 2 == len(Treater(ENGINE).request(body).persons)


def test_a_later_message_joins_what_two_earlier_ones_said():
    texts = ("电话13812345678", "邮箱li.na@mail.example.cn", "电话13812345678，邮箱li.na@mail.example.cn")
    body = {"messages": [{"role": "user", "content": t} for t in texts]}
    assert 1 == len(Treater(ENGINE).request(body).persons)


def test_a_health_word_makes_the_persons_sensitive():
    treated = Treater(ENGINE).request(user("丁慧敏确诊糖尿病，电话13812345678"))
    assert ("sensitive", "sensitive") == (treated.data_class, treated.persons[0].data_class)


@pytest.fixture
def opened(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/a.db")
    keys = Keys(tmp_path / "keys")
    yield store, keys, tmp_path
    store.close()


def test_a_conversation_keeps_its_tokens_and_two_share_none(opened):
    store, keys, _ = opened
    treater = Treater(ENGINE, Maps(Vault.open(store, keys)))

    def ask(conversation):
        treated = treater.request(user("电话13812345678"), app="a", conversation=conversation, at=1)
        return treated.surrogates.originals

    assert ask("c1") == ask("c1")
    assert not ask("c1").keys() & ask("c2").keys()


def test_maps_are_sealed_and_expire(opened):
    store, keys, home = opened
    maps = Maps(Vault.open(store, keys), life=1000)
    treater = Treater(ENGINE, maps)
    treater.request(user("电话13812345678"), app="a", conversation="张三的会话", at=5)
    kept = b"".join(p.read_bytes() for p in home.glob("a.db*"))
    assert b"13812345678" not in kept
    assert "张三".encode() not in kept
    assert maps.load("a", "张三的会话", at=1004) is not None
    assert maps.load("a", "张三的会话", at=1006) is None
    assert maps.load("b", "张三的会话", at=6) is None


def test_with_a_wrong_key_nothing_is_sent(opened):
    store, keys, home = opened
    Treater(ENGINE, Maps(Vault.open(store, keys))).request(user("电话13812345678"), app="a", conversation="c", at=1)
    other = Treater(ENGINE, Maps(Vault(store, SealingKey("", AESGCM(b"\1" * 32)), keys)))
    with pytest.raises(StoreError):
        other.request(user("电话13812345678"), app="a", conversation="c", at=2)
    (home / "keys" / KEY_FILE).unlink()
    with pytest.raises(StoreError):
        Vault.open(store, Keys(home / "keys"))


def test_streamed_answers_read_as_if_untreated():
    chance = random.Random(5)
    treater = Treater(ENGINE)
    for row in prompts(23, 12):
        treated = treater.request(user(row["text"]))
        answer = "回复：" + treated.body["messages"][-1]["content"]
        stream, said, at = treated.stream(), "", 0
        while at < len(answer):
            size = chance.randrange(1, 6)
            event = {"choices": [{"index": 0, "delta": {"content": answer[at : at + size]}}]}
            said += "".join(
                json.loads(d)["choices"][0]["delta"]["content"] for d in stream.data(json.dumps(event).encode())
            )
            at += size
        said += "".join(json.loads(d)["choices"][0]["delta"]["content"] for d in stream.end())
        assert treated.restorer().text(answer) == said
