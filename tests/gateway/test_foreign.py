"""What leaves the country is recorded first, counted exactly, and not sent where it cannot be recorded."""

from __future__ import annotations

import asyncio

from scripted import Scripted, answer_all, play

from banjia.errors import StoreError
from banjia.gateway.personal import PrivacySettings
from banjia.policy.policy import Band
from house import cell, closed_cells, house, open_cells, policy, route

PERSONAL = {"data.personal_info": True, "data.sensitive_pi": False}


def table(*cells, abroad=("azure",)):
    return policy(list(cells), abroad=abroad)


def test_the_entry_is_on_disk_before_a_byte_leaves(tmp_path):
    found: list[int] = []

    async def main():
        async def handler(seen, writer):
            found.append(len([k for k, _ in h.entries() if k == "decision"]))
            await answer_all(seen, writer)

        async with Scripted(handler) as upstream:
            async with house(tmp_path, [route("azure", upstream.url)], table(*open_cells("azure"))) as h:
                answer = await h.post(x_banjia_subject="u-1")
            return answer, h.entries()

    answer, entries = play(main())
    assert answer.status == 200
    assert found == [1]
    decision = next(body for kind, body in entries if kind == "decision")
    assert (decision["abroad"], decision["country"], decision["data_class"]) == (True, "US", "ordinary")
    assert decision["persons"] == {"ordinary": 1}
    outcome = next(body for kind, body in entries if kind == "outcome")
    assert outcome["more"] | {"ms": 0} == {"status": 200, "input": 3, "output": 2, "ms": 0}


def test_a_ledger_that_cannot_be_written_stops_what_goes_abroad_and_tells_the_operator_why(tmp_path, monkeypatch):
    async def main():
        async with Scripted() as upstream:
            routes = [
                route("azure", upstream.url, models={"gpt-4o": "m"}),
                route("local", upstream.url, models={"qwen": "q"}),
            ]
            async with house(tmp_path, routes, table(*open_cells("azure"), *open_cells("local"))) as h:

                def broken(self, group, lost, failed):
                    raise StoreError("the disk is full")

                monkeypatch.setattr(h.journal._writer, "_commit", broken.__get__(h.journal))
                foreign = await h.post(x_banjia_lang="en")
                domestic = await h.post(body={"model": "qwen", "messages": []})
                ready = await h.get("/readyz")
                sent = len(upstream.seen)
                monkeypatch.undo()
                return foreign, domestic, ready, sent

    foreign, domestic, ready, sent = play(main())
    assert (foreign.status, foreign.error["code"]) == (503, "ledger_unavailable")
    assert "disk is full" not in foreign.error["message"]
    assert domestic.status == 200
    assert sent == 1
    assert "disk is full" in ready.json["foreign_routes"]


def test_without_a_store_domestic_calls_are_served_and_foreign_ones_refused(tmp_path):
    async def main():
        async with Scripted() as upstream:
            routes = [route("azure", upstream.url), route("local", upstream.url)]
            both = table(*open_cells("azure"), *open_cells("local"))
            async with house(tmp_path, routes, both, ledger=False) as h:
                return await h.post(), len(upstream.seen)

    answer, sent = play(main())
    assert (answer.status, answer.headers["x-banjia-route"], sent) == (200, "local", 1)


def banded(edge: int):
    low, high = Band((0, edge), (0, None)), Band((edge, None), (0, None))
    return [
        cell("azure", data_class="ordinary", band=low),
        *closed_cells("azure", band=high, rule="cbdf.volume")[1:2],
    ]


def test_the_person_who_would_reach_the_line_is_not_sent(tmp_path):
    async def main():
        async with Scripted() as upstream:
            async with house(tmp_path, [route("azure", upstream.url)], table(*banded(3)), facts=PERSONAL) as h:
                answers = [await h.post(x_banjia_subject=f"u-{n}") for n in (1, 2, 1, 3, 2)]
            return answers, len(upstream.seen), h.entries()

    answers, sent, entries = play(main())
    assert [a.status for a in answers] == [200, 200, 200, 403, 200]
    assert answers[3].error["code"] == "cbdf.volume"
    assert sent == 4
    assert [k for k, _ in entries if k in {"decision", "refusal"}] == ["decision"] * 3 + ["refusal", "decision"]


def test_many_at_once_do_not_pass_the_line_together(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("azure", upstream.url)], table(*banded(6)), facts=PERSONAL) as h,
        ):
            answers = await asyncio.gather(*[h.post(x_banjia_subject=f"u-{n}") for n in range(12)])
            return [a.status for a in answers], len(upstream.seen)

    statuses, sent = play(main())
    assert (statuses.count(200), statuses.count(403), sent) == (5, 7, 5)


def test_without_a_declaration_of_what_goes_elsewhere_a_line_is_taken_as_reached(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("azure", upstream.url)], table(*banded(100)), facts=PERSONAL, elsewhere=None) as h,
        ):
            return await h.post(x_banjia_subject="u-1")

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (403, "cbdf.volume")


def test_a_call_with_personal_information_but_no_person_counts_one_unknown(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("azure", upstream.url)], table(*open_cells("azure")), facts=PERSONAL) as h,
        ):
            await h.post()
            await h.post()
            return h.journal.tally(h.gateway._clock.at())

    tally = play(main())
    assert (tally.ordinary.low, tally.ordinary.high) == (0, 2)


def test_a_call_kept_home_goes_to_the_domestic_route(tmp_path):
    async def main():
        async with Scripted() as upstream:
            routes = [route("azure", upstream.url), route("local", upstream.url)]
            kept = table(*open_cells("azure", treatment="home"), *open_cells("local"))
            async with house(tmp_path, routes, kept, facts=PERSONAL) as h:
                return await h.post()

    assert play(main()).headers["x-banjia-route"] == "local"


def test_a_treatment_that_nobody_can_carry_out_refuses(tmp_path):
    async def main():
        async with Scripted() as upstream:
            masked = table(*open_cells("azure", treatment="mask"))
            blind = {"privacy": PrivacySettings(detect=False)}
            async with house(tmp_path, [route("azure", upstream.url)], masked, facts=PERSONAL, settings=blind) as h:
                return await h.post(), len(upstream.seen)

    answer, sent = play(main())
    assert (answer.status, answer.error["code"], sent) == (403, "untreated", 0)


def test_an_unknown_class_is_taken_at_its_worst(tmp_path):
    async def main():
        async with Scripted() as upstream:
            only_ordinary = table(cell("azure", data_class="none"), cell("azure", data_class="ordinary"))
            async with house(tmp_path, [route("azure", upstream.url)], only_ordinary, facts={}) as h:
                return await h.post()

    assert play(main()).error["code"] == "unlisted"
