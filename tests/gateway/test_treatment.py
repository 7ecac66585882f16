"""Treatments per destination, class, field and type, as a caller and an upstream see them."""

from __future__ import annotations

import json

import pytest
from scripted import Scripted, completion, http, play, write

from banjia.policy.policy import Finer
from banjia.store.keys import Keys
from banjia.store.store import open_store
from banjia.store.vault import Vault
from house import chat, house, open_cells, policy, route

NAME, PHONE, CARD_ID, EMAIL = "贺雨桐", "13812345678", "110101199003077512", "he.yutong@example.com"
TEXT = f"客户{NAME}的电话是{PHONE}，身份证{CARD_ID}。"
PERSONAL = {"data.personal_info": True, "data.sensitive_pi": False}


def ask(tmp_path, cells, request, abroad=("azure",), facts=PERSONAL, **more):
    async def echo(seen, writer):
        await write(writer, http(completion(seen.json["messages"][-1]["content"])))

    async def main():
        async with Scripted(more.pop("handler", echo)) as upstream:
            named = {c.route for c in cells}
            routes = [route(name, upstream.url) for name in sorted(named)]
            async with house(tmp_path, routes, policy(cells, abroad=abroad), facts=facts) as h:
                answer = await h.post(body=request, **more)
            return answer, upstream.seen, h.entries()

    return play(main())


def body(text=TEXT, **more):
    return chat(messages=[{"role": "user", "content": text}], **more)


def test_a_type_has_a_treatment_of_its_own(tmp_path):
    cells = open_cells("azure", treatment="pseudonymise", finer=(Finer("mask", types=("ID_CN",)),))
    answer, seen, _ = ask(tmp_path, cells, body())
    assert "身份证号 已移除" in seen[0].json["messages"][-1]["content"]
    said = answer.json["choices"][0]["message"]["content"]
    assert NAME in said
    assert PHONE in said
    assert CARD_ID not in said


def test_a_field_has_a_treatment_of_its_own(tmp_path):
    cells = open_cells("azure", treatment="pseudonymise", finer=(Finer("allow", field="messages.*"),))
    answer, seen, entries = ask(tmp_path, cells, body(user=EMAIL))
    sent = seen[0].body.decode()
    assert TEXT in json.loads(sent)["messages"][-1]["content"]
    assert EMAIL not in sent
    assert "pseudonymise" == answer.headers["x-banjia-treatment"]
    decision = next(found for kind, found in entries if kind == "decision")
    assert decision["persons"]["ordinary"] >= 1


def test_json_inside_a_text_is_part_of_the_path(tmp_path):
    inside = json.dumps({"buyer": {"phone": PHONE, "mail": EMAIL}})
    cells = open_cells("azure", treatment="allow", finer=(Finer("mask", field="messages.*.buyer.phone"),))
    _, seen, _ = ask(tmp_path, cells, body(inside))
    sent = seen[0].body.decode()
    assert PHONE not in sent
    assert EMAIL in sent


@pytest.mark.parametrize(("treatment", "code"), [("refuse", "refused-field"), ("home", "kept-home")])
def test_a_type_that_may_not_leave_keeps_the_whole_call(tmp_path, treatment, code):
    cells = open_cells("azure", treatment="pseudonymise", finer=(Finer(treatment, types=("ID_CN",)),))
    answer, seen, _ = ask(tmp_path, cells, body())
    assert (403, code, []) == (answer.status, answer.error["code"], seen)


def test_a_type_that_may_not_leave_takes_the_route_at_home(tmp_path):
    finer = (Finer("home", types=("ID_CN",)),)
    cells = open_cells("azure", treatment="pseudonymise", finer=finer) + open_cells("local", finer=finer)
    answer, seen, _ = ask(tmp_path, cells, body())
    assert "local" == answer.headers["x-banjia-route"]
    assert CARD_ID in seen[0].body.decode() or CARD_ID in json.dumps(seen[0].json, ensure_ascii=False)
    answer, seen, _ = ask(tmp_path, cells, body(f"电话{PHONE}"))
    assert "azure" == answer.headers["x-banjia-route"]


def test_what_is_masked_in_its_field_lets_the_rest_go_where_all_else_stays_home(tmp_path):
    cells = open_cells("azure", treatment="home", finer=(Finer("mask", field="user"),))
    facts = {"data.personal_info": False}
    answer, seen, _ = ask(tmp_path, cells, body("how are you", user=EMAIL), facts=facts)
    assert 200 == answer.status
    assert EMAIL not in seen[0].body.decode()
    answer, _, _ = ask(tmp_path, cells, body(f"mail {EMAIL}", user=EMAIL), facts=facts)
    assert "kept-home" == answer.error["code"]


def test_a_class_declared_graver_than_found_keeps_the_treatment_of_the_cell(tmp_path):
    cells = open_cells("azure", treatment="home", finer=(Finer("mask", field="user"),))
    facts = {"data.personal_info": True, "data.sensitive_pi": True}
    answer, seen, _ = ask(tmp_path, cells, body("how are you", user=EMAIL), facts=facts)
    assert ("kept-home", []) == (answer.error["code"], seen)


def test_a_fake_goes_out_in_the_same_form_and_the_answer_has_the_original(tmp_path):
    answer, seen, _ = ask(tmp_path, open_cells("azure", treatment="fake"), body())
    sent = seen[0].json["messages"][-1]["content"]
    assert "的电话是12" in sent
    assert "身份证99" in sent
    assert TEXT == answer.json["choices"][0]["message"]["content"]
    assert "fake" == answer.headers["x-banjia-treatment"]


@pytest.mark.parametrize("treatment", ["mask", "pseudonymise"])
def test_a_route_at_home_is_treated_too_where_the_config_says_so(tmp_path, treatment):
    answer, seen, _ = ask(tmp_path, open_cells("local", treatment=treatment), body(), abroad=())
    assert PHONE not in seen[0].body.decode()
    said = answer.json["choices"][0]["message"]["content"]
    assert (PHONE in said) == (treatment == "pseudonymise")
    assert treatment == answer.headers["x-banjia-treatment"]


def test_without_detection_a_finer_treatment_refuses(tmp_path):
    from banjia.gateway.personal import PrivacySettings

    cells = open_cells("azure", treatment="allow", finer=(Finer("mask", types=("PHONE",)),))

    async def main():
        async with Scripted() as upstream:
            table = policy(cells, abroad=("azure",))
            off = {"privacy": PrivacySettings(detect=False)}
            async with house(tmp_path, [route("azure", upstream.url)], table, facts=PERSONAL, settings=off) as h:
                return await h.post(body=body())

    assert "untreated" == play(main()).error["code"]


@pytest.mark.parametrize(
    ("changes", "counted", "exempt"),
    [
        ({"treatment": "pseudonymise"}, 1, {}),
        ({"treatment": "pseudonymise", "basis": "pseudonymised", "uncounted": True}, 0, {"pseudonymised": [1, 1]}),
        ({"treatment": "allow", "basis": "cross-border-hr", "uncounted": True}, 0, {"cross-border-hr": [1, 1]}),
        ({"treatment": "allow", "basis": "cross-border-hr"}, 1, {}),
        (
            {
                "treatment": "pseudonymise",
                "basis": "pseudonymised",
                "uncounted": True,
                "finer": (Finer("allow", types=("PHONE",)),),
            },
            1,
            {},
        ),
    ],
)
def test_the_tally_counts_as_the_readings_say(tmp_path, changes, counted, exempt):
    from banjia.ledger.destinations import exempt as exempted
    from banjia.store import people

    _, _, entries = ask(tmp_path, open_cells("azure", **changes), body())
    decision = next(found for kind, found in entries if kind == "decision")
    assert counted == decision["tally"]["sensitive"][1]  # an identity number, by the strict reading
    assert changes.get("basis") == decision.get("more", {}).get("basis")
    with open_store(f"sqlite:///{tmp_path}/banjia.db").snapshot() as tx:
        row = people.censuses(tx)[0]
        assert exempt == {basis: count["sensitive"] for basis, count in exempted(tx, row.id).items()}


def embed(tmp_path, texts, **headers):
    """What a foreign model is given for some texts, each a call of its own on the same store."""

    async def vectors(seen, writer):
        data = [{"index": 0, "object": "embedding", "embedding": [0.1]}]
        await write(
            writer,
            http({"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}),
        )

    async def main():
        store = open_store(f"sqlite:///{tmp_path}/banjia.db")
        async with Scripted(vectors) as upstream:
            table = policy(open_cells("azure", treatment="pseudonymise"), abroad=("azure",))
            vault = Vault.open(store, Keys(tmp_path / "keys"))
            async with house(tmp_path, [route("azure", upstream.url)], table, facts=PERSONAL, vault=lambda: vault) as h:
                for text in texts:
                    answer = await h.post("/v1/embeddings", {"model": "e", "input": [text]}, **headers)
                    assert 200 == answer.status
        store.close()
        return [seen.json["input"][0] for seen in upstream.seen]

    return play(main())


def test_a_value_has_one_token_in_all_of_a_corpus(tmp_path):
    first, second, query = embed(tmp_path, [f"客户{NAME}，手机{PHONE}", f"手机 138-1234-5678 的客户{NAME}", PHONE])
    assert NAME not in first + second
    token = first[first.index("手机") + 2 :]
    assert token in second
    assert token == query
    again = embed(tmp_path, [PHONE])[0]
    assert token == again
    assert token != embed(tmp_path, [PHONE], x_banjia_conversation="another corpus")[0]


def test_a_type_that_is_never_found_is_refused_with_the_nearest(tmp_path):
    from banjia.config.reader import read
    from banjia.errors import ConfigError
    from banjia.gateway.treatment import check_types

    path = tmp_path / "banjia.yaml"
    path.write_text("apps:\n  - id: desk\n    treatment: {abroad: mask, types: {ID_CARD: mask}}\n")
    with pytest.raises(ConfigError, match="ID_CN") as found:
        check_types(read(path))
    assert "apps[0].treatment.types.ID_CARD" in found.value.say("en")
