"""No fallback crosses a legal border: whatever fails, only routes that the policy allows are ever connected to."""

from __future__ import annotations

import contextlib
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, answer_all, chunk, event, http, piece, play, write

from banjia.policy.policy import DATA_CLASSES
from house import cell, chat, house, policy, route

NAMES = ("a", "b", "c", "d")
FAULTS = ["fine", "500", "429", "401", "404", "garbage", "closed", "broken", "hidden"]


def behaving(fault: str):
    async def handler(seen, writer):
        streamed = json.loads(seen.body).get("stream")
        match fault:
            case "fine":
                await answer_all(seen, writer)
            case "garbage":
                await write(writer, b"nonsense\r\n\r\n")
                writer.transport.abort()
            case "closed":
                writer.transport.abort()
            case "broken" if streamed:
                await write(writer, SSE_HEAD + chunk(event(piece({"content": "x"}))))
                writer.transport.abort()
            case "hidden" | "broken":
                await write(writer, http({"error": {"message": "no", "code": "overloaded"}}))
            case _:
                await write(writer, http({"error": {"message": "no"}}, status=f"{fault} X"))

    return handler


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(DATA_CLASSES)),
    st.sampled_from(["pass", "refuse"]),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "rollout": st.fixed_dictionaries({"route": st.sampled_from(NAMES), "percent": st.sampled_from([0, 50, 100])}),
        "fallback": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    CELLS,
    st.sets(st.sampled_from(NAMES)),
    st.lists(st.sampled_from(FAULTS), min_size=4, max_size=4),
    OPTIONS,
    st.sampled_from(DATA_CLASSES),
    st.booleans(),
    st.lists(st.floats(0, 5), min_size=4, max_size=4),
)
def test_only_allowed_routes_are_connected_to(
    tmp_path_factory, table, abroad, faults, options, declared, streamed, weights
):
    path = tmp_path_factory.mktemp("border")
    facts = {
        "none": {"data.personal_info": False},
        "ordinary": {"data.personal_info": True, "data.sensitive_pi": False},
        "sensitive": {"data.personal_info": True, "data.sensitive_pi": True},
    }[declared]
    cells = [cell(r, data_class=c, decision=d) for (r, c), d in table.items()]
    allowed = {r for (r, c), d in table.items() if c == declared and d == "pass"}

    async def main():
        async with contextlib.AsyncExitStack() as stack:
            ups = {
                n: await stack.enter_async_context(Scripted(behaving(f))) for n, f in zip(NAMES, faults, strict=True)
            }
            routes = [route(n, ups[n].url, options={"weight": w}) for n, w in zip(NAMES, weights, strict=True)]
            async with house(path, routes, policy(cells, tuple(sorted(abroad))), facts=facts, options=options) as h:
                answers = [await h.post(body=chat(stream=streamed), x_banjia_conversation=str(n)) for n in range(2)]
            return answers, {n for n, up in ups.items() if up.seen}

    answers, used = play(main())
    assert used <= allowed
    assert all(a.status == 403 for a in answers) or allowed
