"""The connection to callers: whatever they send, answers come whole, in order, and once."""

import asyncio
import json
import socket

import pytest

from banjia.gateway import wire
from banjia.gateway.server import server_for
from house import shut

HEAD = b"POST /x HTTP/1.1\r\nhost: a\r\n"


def talk(app, *sends, closes=False, idle=None, by=None):
    """What the server says to bytes sent one after the other, until it closes or nothing more is expected."""

    async def run():
        server = server_for(app, drain=1)
        if idle is not None:
            server.config.timeout_keep_alive = idle
        stop = asyncio.Event()
        server.main_loop = stop.wait
        server.shutdown = lambda sockets=None: shut(server)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        task = asyncio.ensure_future(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.002)
        said = b"" if by is None else await asyncio.to_thread(by, listening.getsockname())
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        for data, until in sends:
            writer.write(data)
            said += await reader.readuntil(until) if until else b""
        if closes:
            said += await reader.read()
        writer.close()
        while server.server_state.connections or server.server_state.tasks:  # noqa: ASYNC110
            await asyncio.sleep(0)
        stop.set()
        await task
        return said

    return asyncio.run(asyncio.wait_for(run(), 20))


def app_of(serve):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await serve(scope, receive, send)

    return app


async def body_of(receive):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def reply(send, body, *headers, status=200):
    given = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})


async def echo(scope, receive, send):
    body = await body_of(receive)
    await reply(send, b"<" + scope["path"].encode() + b"?" + scope["query_string"] + b" " + body + b">")


def test_a_body_in_pieces_arrives_whole():
    asked = HEAD + b"content-length: 6\r\n\r\nab"
    assert talk(app_of(echo), (asked, b""), (b"cdef", b">")).endswith(b"</x? abcdef>")


def test_a_chunked_body_arrives_whole():
    asked = HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"
    assert talk(app_of(echo), (asked, b">")).endswith(b"</x? abcdef>")


def test_requests_sent_at_once_are_answered_in_order():
    asked = b"".join(b"GET /%d?q=%d HTTP/1.1\r\nhost: a\r\n\r\n" % (n, n) for n in range(4))
    said = talk(app_of(echo), (asked, b"</3?q=3 >"))
    places = [said.index(b"</%d?q=%d >" % (n, n)) for n in range(4)]
    assert sorted(places) == places


def test_a_connection_serves_again_and_again():
    one = b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n"
    assert 3 == talk(app_of(echo), (one, b">"), (one, b">"), (one, b">")).count(b"HTTP/1.1 200 OK")


def test_a_path_is_unquoted_and_an_absolute_one_is_understood():
    quoted = b"GET /a%20b HTTP/1.1\r\nhost: a\r\n\r\n"
    assert b"</a b? >" in talk(app_of(echo), (quoted, b">"))
    absolute = b"GET http://h/c HTTP/1.1\r\nhost: a\r\n\r\n"
    assert b"</c? >" in talk(app_of(echo), (absolute, b">"))


@pytest.mark.parametrize("asked", [b"GET /a HTTP/1.0\r\n\r\n", b"GET /a HTTP/1.1\r\nconnection: close\r\n\r\n"])
def test_who_wants_no_further_answer_is_closed(asked):
    assert b"connection: close\r\n" in talk(app_of(echo), (asked, b""), closes=True)


def test_a_caller_that_waits_is_asked_for_its_body():
    asked = HEAD + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n"
    said = talk(app_of(echo), (asked, b"Continue\r\n\r\n"), (b"ab", b">"))
    assert said.startswith(b"HTTP/1.1 100") and said.endswith(b"</x? ab>")


def test_a_body_that_nobody_asked_for_ends_the_connection():
    async def refuse(scope, receive, send):
        await reply(send, b"no", status=401)

    asked = HEAD + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n"
    assert b"connection: close\r\n" in talk(app_of(refuse), (asked, b""), closes=True)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        (b"\x16\x03\x01 nonsense\r\n\r\n", 400, "invalid_http"),
        (HEAD + b"content-length: x\r\n\r\n", 400, "invalid_http"),
        (HEAD + b"bad header\r\n\r\n", 400, "invalid_http"),
        (HEAD + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400, "invalid_http"),
        (HEAD + b"x: " + b"y" * (wire.MAX_HEAD + 1), 431, "header_too_long"),
    ],
)
def test_what_is_no_request_is_turned_down_in_openais_form(asked, status, code):
    said = talk(app_of(echo), (asked, b""), closes=True)
    head, _, body = said.partition(b"\r\n\r\n")
    assert (status, code) == (int(head.split()[1]), json.loads(body)["error"]["code"])


def test_a_header_with_a_line_break_is_never_sent():
    async def inject(scope, receive, send):
        await reply(send, b"", (b"x-a", b"1\r\nset-cookie: b"))

    said = talk(app_of(inject), (b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b""), closes=True)
    assert said.startswith(b"HTTP/1.1 500") and b"set-cookie" not in said


def test_a_failure_inside_shows_no_trace_and_a_begun_answer_is_cut():
    async def early(scope, receive, send):
        raise KeyError("secret")

    async def late(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
        raise KeyError("secret")

    one = (b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"")
    assert b"internal_error" in talk(app_of(early), one, closes=True)
    said = talk(app_of(late), one, closes=True)
    assert said.endswith(b"4\r\npart\r\n")  # without the end mark of a whole answer


def test_head_has_no_body():
    asked = b"HEAD /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    said = talk(app_of(echo), (asked, b""), closes=True)
    assert said.endswith(b"\r\n\r\n") and b"content-length: 6" in said


def test_a_caller_that_is_still_sending_gets_its_refusal_before_the_connection_ends():
    async def refuse(scope, receive, send):
        await reply(send, b"no", status=401)

    def sends_first_and_reads_then(address):
        with socket.create_connection(address, 10) as calling:
            calling.sendall(HEAD + b"connection: close\r\ncontent-length: 9000000\r\n\r\n" + b"x" * 9_000_000)
            said = b""
            while data := calling.recv(4096):
                said += data
            return said

    said = talk(app_of(refuse), by=sends_first_and_reads_then)
    assert said.startswith(b"HTTP/1.1 401") and said.endswith(b"no")


def test_a_caller_that_never_ends_its_body_is_let_go_in_the_end(monkeypatch):
    async def refuse(scope, receive, send):
        await reply(send, b"no", status=401)

    monkeypatch.setattr(wire, "PARTING", 0.05)
    head = HEAD + b"connection: close\r\ncontent-length: 30\r\n\r\n"
    assert talk(app_of(refuse), (head, b"no"), closes=True).endswith(b"no")


def test_another_protocol_is_not_spoken():
    asked = b"GET /a HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
    said = talk(app_of(echo), (asked, b""), closes=True)
    assert said.startswith(b"HTTP/1.1 200") and b"connection: close" in said


OFFER = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAA\r\n"


@pytest.mark.parametrize(
    "sends",
    [
        [HEAD + OFFER + b"content-length: 6\r\n\r\nabcdef"],
        [HEAD + OFFER + b"content-length: 6\r\n\r\n", b"abc", b"def"],
        [HEAD + OFFER + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nd", b"ef\r\n0\r\n\r\n"],
    ],
)
def test_a_body_beside_an_offer_of_another_protocol_arrives_whole(sends):
    """As java.net.http sends every request to a plain address."""
    *first, last = sends
    said = talk(
        app_of(echo), *((part, b"") for part in first), (last, b">"), (sends[0], b""), (b"".join(sends[1:]), b">")
    )
    assert 2 == said.count(b"</x? abcdef>") and b"connection: close" not in said


def test_requests_that_offer_another_protocol_at_once_are_answered_in_order():
    asked = b"".join(HEAD + OFFER + b"content-length: 1\r\n\r\n%d" % n for n in range(3))
    said = talk(app_of(echo), (asked, b"</x? 2>"))
    places = [said.index(b"</x? %d>" % n) for n in range(3)]
    assert sorted(places) == places


def test_the_body_beside_an_offer_is_checked_as_any_other():
    asked = HEAD + OFFER + b"transfer-encoding: chunked\r\n\r\nnonsense\r\n"
    assert b"invalid_http" in talk(app_of(echo), (asked, b""), closes=True)


def test_an_answer_without_a_length_has_no_chunks_under_http_1_0():
    async def stream(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one ", "more_body": True})
        await send({"type": "http.response.body", "body": b"two", "more_body": False})

    said = talk(app_of(stream), (b"GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", b""), closes=True)
    head, _, body = said.partition(b"\r\n\r\n")
    assert (b"one two", False, True) == (body, b"chunked" in head, b"connection: close" in head)


def test_a_connection_without_a_request_is_closed():
    assert b"" == talk(app_of(echo), (b"GET / HTT", b""), closes=True, idle=0.05)


def test_a_caller_that_hangs_up_is_known():
    seen = []

    async def wait(scope, receive, send):
        await body_of(receive)
        seen.append((await receive())["type"])
        await reply(send, b"nobody hears")

    talk(app_of(wait), (HEAD + b"content-length: 0\r\n\r\n", b""))
    assert ["http.disconnect"] == seen


def test_a_caller_that_does_not_read_stops_the_answer_from_growing():
    written = 0

    async def pour(scope, receive, send):
        nonlocal written
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(500):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            written += 65536

    async def run():
        server = server_for(app_of(pour), drain=1)
        stop = asyncio.Event()
        server.main_loop = stop.wait
        server.shutdown = lambda sockets=None: shut(server)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        task = asyncio.ensure_future(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        _, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        before = -1
        while written != before:  # until it stands still
            before = written
            await asyncio.sleep(0.05)
        stands = written
        writer.transport.abort()
        stop.set()
        await task
        return stands

    assert asyncio.run(asyncio.wait_for(run(), 20)) < 500 * 65536
