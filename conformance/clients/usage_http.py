"""Usages of HTTP itself, as clients of other languages, proxies and hands speak it: standard library only, over a bare socket."""

import json
import socket
import urllib.parse

from usages import CHAT, ECHO, HI, holds, run, same

BODY = json.dumps({"model": CHAT, "messages": [{"role": "user", "content": HI}]}).encode()
STREAM = json.dumps({"model": CHAT, "stream": True, "messages": [{"role": "user", "content": HI}]}).encode()
LENGTH = len(BODY)
PATH = "/v1/chat/completions"


class Subject:
    def __init__(self, base, key):
        self.key = key
        self._where = urllib.parse.urlsplit(base)

    def head(self, *lines, length=LENGTH, version="1.1", path=PATH, auth=None, method="POST"):
        given = [f"{method} {path} HTTP/{version}", "Host: here", auth or f"Authorization: Bearer {self.key}"]
        given += ["Content-Type: application/json", *lines]
        return "\r\n".join([*given, *([f"Content-Length: {length}"] if length is not None else []), "", ""]).encode()

    def said(self, *parts, until=None):
        """All that comes until the connection ends, or `until` has come so often as is told."""
        with socket.create_connection((self._where.hostname, self._where.port), 10) as wire:
            for part in parts:
                wire.sendall(part)
            said = b""
            while until is None or said.count(until[0]) < until[1]:
                data = wire.recv(65536)
                if not data:
                    break
                said += data
        return said

    def answer(self, *parts):
        said = self.said(*parts, until=(b'"finish_reason":', 1))
        holds(said.startswith((b"HTTP/1.1 200", b"HTTP/1.1 100")) and f'"{ECHO}"'.encode() in said, said[:300])
        return said


def odd_headers(s):
    for auth in (f"authorization: bearer {s.key}", f"AUTHORIZATION:   Bearer   {s.key}  ", f"Api-Key: {s.key}"):
        s.answer(s.head(auth=auth), BODY)
    s.answer(
        s.head("Accept: text/event-stream", "Accept-Encoding: gzip, br, zstd", "TE: trailers", "Priority: u=1"), BODY
    )
    s.answer(s.head().replace(b"Content-Type: application/json\r\n", b""), BODY)
    s.answer(s.head().replace(b"application/json", b"text/plain; charset=utf-8"), BODY)


def odd_paths(s):
    for path in (f"{PATH}/", f"{PATH}?a=b", "/v1/chat%2Fcompletions", f"http://here{PATH}", "/chat/completions"):
        s.answer(s.head(path=path), BODY)


def expectation(s):
    said = s.said(s.head("Expect: 100-continue"), until=(b"\r\n\r\n", 1))
    same(said, b"HTTP/1.1 100 Continue\r\n\r\n")
    s.answer(s.head("Expect: 100-continue"), BODY)


def chunked_body(s):
    head = s.head("Transfer-Encoding: chunked", length=None)
    pieces = [b"%x;a=b\r\n%b\r\n" % (len(BODY[i : i + 9]), BODY[i : i + 9]) for i in range(0, len(BODY), 9)]
    s.answer(head, *pieces, b"0\r\nX-Trailer: 1\r\n\r\n")


def offer_of_http_2(s):
    """As java.net.http does with each request to a plain address."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAAA")
    s.answer(s.head(*offer), BODY)
    s.answer(s.head(*offer) + BODY)
    s.answer(s.head(*offer, "Transfer-Encoding: chunked", length=None), b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY))


def http_1_0(s):
    for line in ("Connection: close", "Connection: keep-alive"):
        head, _, body = s.said(s.head(line, version="1.0"), BODY).partition(b"\r\n\r\n")
        same(json.loads(body)["choices"][0]["message"]["content"], ECHO)
        head, _, body = s.said(s.head(line, version="1.0", length=len(STREAM)), STREAM).partition(b"\r\n\r\n")
        holds(b"chunked" not in head and body.endswith(b"data: [DONE]\n\n"), body[-80:])
        same("".join(d.get("content") or "" for d in deltas(body)), ECHO)


def deltas(body):
    events = [json.loads(line[6:]) for line in body.decode().split("\n\n") if line.startswith("data: {")]
    return [choice["delta"] for event in events for choice in event["choices"]]


def pipelined(s):
    said = s.said((s.head() + BODY) * 3, until=(b'"finish_reason":', 3))
    same(said.count(b"HTTP/1.1 200"), 3)


def nulls(s):
    names = ("max_tokens", "n", "response_format", "tool_choice", "stream", "stream_options", "logit_bias", "seed", "user",
             "functions", "function_call", "reasoning_effort", "presence_penalty", "tools", "temperature", "stop")  # fmt: skip
    body = json.dumps({**json.loads(BODY), **dict.fromkeys(names)}).encode()
    s.answer(s.head(length=len(body)), body)


def packed_body(s):
    """Refused at once and aloud, whatever the body."""
    said = s.said(s.head("Content-Encoding: gzip", "Connection: close"), BODY)
    holds(said.startswith(b"HTTP/1.1 415") and b"content_encoding" in said, said[:200])


USAGES = (odd_headers, odd_paths, expectation, chunked_body, offer_of_http_2, http_1_0, pipelined, nulls, packed_body)

if __name__ == "__main__":
    run(Subject, USAGES)
