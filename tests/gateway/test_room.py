"""Requests and answers share one bounded room; what finds none is refused at once, and nobody waits."""

from __future__ import annotations

import asyncio
import json
import socket
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, completion, http, play, write

from banjia.errors import ConfigError
from banjia.gateway.breaker import BREAK_AFTER
from banjia.gateway.refusal import Refusal
from banjia.gateway.room import Room
from banjia.gateway.settings import check_settings
from house import DAY, KEY, chat, config, house, open_cells, policy, route

ONE = policy(open_cells("local"))
KB = 1024


@given(
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["take", "back", "some"]), st.integers(0, 60)), max_size=80),
)
def test_never_is_more_held_than_there_is_room_for(most, steps):
    """Whatever calls take and give back, in whatever order."""
    room, calls = Room(most), [SimpleNamespace(holds=0) for _ in range(4)]
    for which, what, size in steps:
        call = calls[which]
        if what == "take":
            fits = room.held + size <= most
            try:
                room.take(call, size)
            except Refusal as refusal:
                assert not fits
                assert (refusal.status, refusal.retry, refusal.wait) == (503, True, 1.0)
            else:
                assert fits
        else:
            room.give_back(call, keeping=min(size, call.holds) if what == "some" else 0)
        assert sum(c.holds for c in calls) == room.held <= most
    for call in calls:
        room.give_back(call)
    assert room.held == 0


class Watched(Room):
    """Remembers the most that was ever held."""

    __slots__ = ("highest",)

    def __init__(self, most):
        super().__init__(most)
        self.highest = 0

    def take(self, holder, size):
        super().take(holder, size)
        self.highest = max(self.highest, self.held)


def behind(tmp_path, use, handler, *, most, **more):
    async def main():
        async with Scripted(handler) as upstream:
            routes = [route("local", upstream.url, options=more)]
            async with house(tmp_path, routes, ONE, settings={"max_held": most}) as h:
                room = h.gateway._room = Watched(most)
                object.__setattr__(h.gateway._tools, "room", room)
                return await use(h, upstream), room.highest, room.held

    return play(main())


def long_answers(size):
    async def handler(seen, writer):
        await write(writer, http(completion("x" * size)))

    return handler


@pytest.mark.parametrize("body", [chat(), chat(n=2, response_format={"type": "json_object"})])
def test_many_long_answers_at_once_stay_within_the_room_and_each_call_is_answered(tmp_path, body):
    async def use(h, upstream):
        return await asyncio.gather(*(h.post(body=body) for _ in range(12)))

    answers, most, left = behind(tmp_path, use, long_answers(200 * KB), most=500 * KB)
    statuses = [a.status for a in answers]
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert 0 < most <= 500 * KB
    assert left == 0
    for refused in (a for a in answers if a.status == 503):
        assert refused.error["code"] == "memory_spent"
        assert refused.headers["retry-after"] == "1"


def test_an_answer_that_no_room_could_hold_is_too_large_and_not_to_be_asked_for_again_and_again(tmp_path):
    async def use(h, upstream):
        return await h.post()

    answer, most, left = behind(tmp_path, use, long_answers(200 * KB), most=100 * KB, retries=0)
    assert (answer.status, answer.error["code"]) == (502, "upstream_too_large")
    assert most <= 100 * KB
    assert left == 0


def test_requests_count_together_with_answers(tmp_path):
    async def use(h, upstream):
        return await h.post(body=chat(user="x" * 100 * KB)), await h.post()

    (refused, served), _, left = behind(tmp_path, use, long_answers(10), most=50 * KB)
    assert (refused.status, refused.error["code"]) == (503, "memory_spent")
    assert (served.status, left) == (200, 0)


def test_want_of_room_is_no_fault_of_the_route(tmp_path):
    async def use(h, upstream):
        filling = SimpleNamespace(holds=0)
        h.gateway._room.take(filling, 90 * KB)
        refused = [(await h.post()).status for _ in range(BREAK_AFTER + 1)]
        h.gateway._room.give_back(filling)
        return refused, h.gateway._router.state("local", 0.0), (await h.post()).status

    (refused, state, after), _, _ = behind(tmp_path, use, long_answers(50 * KB), most=100 * KB)
    assert (set(refused), state, after) == ({503}, "closed", 200)


def test_an_answer_counts_until_its_caller_has_taken_it(tmp_path):
    size = 8 * KB * KB

    async def use(h, upstream):
        with socket.socket() as caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            caller.connect(("127.0.0.1", h.port))
            data = json.dumps(chat()).encode()
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {KEY}\r\n"
            caller.sendall(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
            caller.settimeout(10)
            await asyncio.to_thread(caller.recv, 1000)
            held = h.gateway._room.held
            caller.setblocking(False)
            async with asyncio.timeout(20):
                while h.gateway._room.held:
                    await asyncio.get_running_loop().sock_recv(caller, 1 << 20)
            return held

    held, _, left = behind(tmp_path, use, long_answers(size), most=3 * size)
    assert held >= size
    assert left == 0


def test_room_for_less_than_one_request_is_refused_with_its_place(tmp_path):
    conf = config(tmp_path, [route("local", "http://127.0.0.1:1/v1")])
    conf.options["limits"] = {"body_bytes": 1000, "held_bytes": 999}
    with pytest.raises(ConfigError, match=r"limits\.held_bytes.*at least 1000"):
        check_settings(conf, DAY)
