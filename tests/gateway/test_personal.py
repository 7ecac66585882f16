"""Personal information is found, raises the class, is replaced before it leaves and comes back in the answer."""

from __future__ import annotations

import json

from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write

from house import cell, chat, house, open_cells, policy, route

NAME, PHONE = "王小明", "13812345678"
TEXT = f"客户{NAME}的电话是{PHONE}，请回访。"
PERSONAL = {"data.personal_info": True, "data.sensitive_pi": False}


def body(**more):
    return chat(messages=[{"role": "user", "content": TEXT}], **more)


def echo(split: int = 0):
    """An upstream that says back what the user said, whole or in pieces of `split` characters."""

    async def handler(seen, writer):
        said = seen.json["messages"][-1]["content"]
        if not split:
            await write(writer, http(completion(said)))
            return
        await write(writer, SSE_HEAD)
        for at in range(0, len(said), split):
            await write(writer, chunk(event(piece({"content": said[at : at + split]}))))
        await write(writer, chunk(event(piece({}, "stop")) + event("[DONE]")) + b"0\r\n\r\n")

    return handler


def ask(tmp_path, table, handler, request=None, facts=PERSONAL, **headers):
    async def main():
        async with Scripted(handler) as upstream:
            async with house(tmp_path, [route("azure", upstream.url)], table, facts=facts) as h:
                answer = await h.post(body=request or body(), **headers)
            return answer, upstream.seen, h.entries()

    return play(main())


def test_names_and_numbers_are_replaced_before_they_leave_and_restored_in_the_answer(tmp_path):
    table = policy(open_cells("azure", treatment="pseudonymise"), abroad=("azure",))
    answer, seen, entries = ask(tmp_path, table, echo())
    sent = seen[0].body.decode()
    assert NAME not in sent
    assert PHONE not in sent
    assert answer.json["choices"][0]["message"]["content"] == TEXT
    assert answer.headers["x-banjia-treatment"] == "pseudonymise"
    decision = next(found for kind, found in entries if kind == "decision")
    assert decision["persons"] == {"ordinary": 1}
    assert PHONE not in json.dumps(entries, ensure_ascii=False)


def test_a_stream_is_restored_wherever_its_pieces_fall(tmp_path):
    table = policy(open_cells("azure", treatment="pseudonymise"), abroad=("azure",))
    for split in (1, 2, 5):
        answer, seen, _ = ask(tmp_path, table, echo(split), body(stream=True))
        assert PHONE not in seen[0].body.decode()
        text = "".join(e["choices"][0]["delta"].get("content", "") for e in answer.events if e != "[DONE]")
        assert text == TEXT
        assert answer.events[-1] == "[DONE]"


def test_what_is_masked_does_not_come_back(tmp_path):
    table = policy(open_cells("azure", treatment="mask"), abroad=("azure",))
    answer, _, _ = ask(tmp_path, table, echo())
    assert PHONE not in answer.body.decode()


def test_a_found_class_raises_the_declared_one(tmp_path):
    none_only = policy([cell("azure", data_class="none")], abroad=("azure",))
    answer, seen, _ = ask(tmp_path, none_only, echo(), facts={"data.personal_info": False})
    assert (answer.status, answer.error["code"], seen) == (403, "unlisted", [])


def test_a_call_without_personal_information_passes_as_declared(tmp_path):
    none_only = policy([cell("azure", data_class="none")], abroad=("azure",))
    answer, _, _ = ask(tmp_path, none_only, echo(), chat(), facts={"data.personal_info": False})
    assert answer.status == 200


def test_what_cannot_be_looked_into_does_not_leave(tmp_path):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    request = chat(messages=[{"role": "user", "content": [image, {"type": "text", "text": "what is this"}]}])
    table = policy(open_cells("azure", treatment="pseudonymise"), abroad=("azure",))
    answer, seen, _ = ask(tmp_path, table, echo(), request)
    assert (answer.status, answer.error["code"], seen) == (403, "unreadable_content", [])


def test_at_home_nothing_is_replaced(tmp_path):
    _, seen, _ = ask(tmp_path, policy(open_cells("azure", treatment="home")), echo())
    assert PHONE in json.loads(seen[0].body)["messages"][0]["content"]
