"""Images by URL: fetched by choice, from named hosts and public addresses only, never larger or slower than allowed."""

from __future__ import annotations

import asyncio
import base64
import socket

import pytest
from certified import certificate
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, answer_all, http, play, write

from banjia.errors import ConfigError
from banjia.gateway.image import ImageSettings, images_for, inlined, read_images, sniffed
from banjia.gateway.refusal import Refusal
from banjia.gateway.target import NEVER, Target
from house import chat, house, open_cells, policy, route

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 16
LOOPBACK = {"hosts": ["127.0.0.1", "localhost"], "networks": ["127.0.0.0/8"], "http": True}

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"]
PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.1.1", "172.16.0.1", "192.168.1.1", "192.0.2.1",
    "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001::1", "fc00::1", "fd00::1",
    "fe80::1", "fe80::1%eth0", "ff02::1", *sorted(NEVER),
]  # fmt: skip


def images(url: str, *more: str) -> dict:
    parts = [{"type": "image_url", "image_url": {"url": u, "detail": "low"}} for u in (url, *more)]
    return chat(messages=[{"role": "system", "content": "s"}, {"role": "user", "content": [*parts]}])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address):
    assert Target("h", 443, tls=True, only_public=True).admits(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_network_may_not(address):
    assert not Target("h", 443, tls=True, only_public=True).admits(address)


@pytest.mark.parametrize("address", sorted(NEVER))
def test_no_setting_opens_the_way_to_a_clouds_credentials(address):
    settings = read_images({"hosts": ["*"], "networks": ["0.0.0.0/0", "::/0"]}, "x")
    assert not Target("h", 443, tls=True, only_public=True, networks=settings.networks).admits(address)
    if "." in address:
        assert not Target("h", 443, tls=True, only_public=True, networks=settings.networks).admits(f"::ffff:{address}")


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_the_same_in_every_form_that_carries_it(ip):
    target = Target("h", 443, tls=True, only_public=True)
    plain = target.admits(str(ip))
    for form in (f"::ffff:{ip}", f"64:ff9b::{ip}"):
        assert plain or not target.admits(form)


def fetch(request, upstream=None, **settings):
    chosen = read_images({**LOOPBACK, **({"ports": [upstream.port]} if upstream else {}), **settings}, "x")
    return inlined(request, chosen)


def refused(request, handler=None, **settings):
    """The refusal, and how often the server of images was asked."""

    async def main():
        async with Scripted(handler or give(PNG)) as server:
            url = request if isinstance(request, str) else ""
            asked = images(url.replace("PORT", str(server.port)))
            with pytest.raises(Refusal) as caught:
                await fetch(asked, server, **settings)
            return caught.value, len(server.seen)

    return play(main())


def give(content, status="200 OK", kind="text/html", **headers):
    async def handler(seen, writer):
        await write(writer, http(content, status, kind, **headers))

    return handler


def test_a_picture_comes_as_data_with_the_type_of_its_bytes_and_the_rest_of_its_part():
    async def main():
        async with Scripted(give(JPEG)) as server:
            url = f"http://127.0.0.1:{server.port}/a.png?sig=x"
            done = await fetch(images(url, url, "data:image/png;base64,AA=="), server)
            return done, server.seen

    done, seen = play(main())
    first, second, third = (p["image_url"] for p in done["messages"][1]["content"])
    assert first == second == {"url": f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}", "detail": "low"}
    assert third["url"] == "data:image/png;base64,AA=="
    assert [(s.method, s.path) for s in seen] == [("GET", "/a.png?sig=x")]
    assert "authorization" not in seen[0].headers


@pytest.mark.parametrize(
    ("url", "settings", "code"),
    [
        ("http://127.0.0.1:PORT/", {"networks": []}, "image_forbidden"),
        ("http://localhost:PORT/", {"networks": []}, "image_forbidden"),
        ("http://2130706433:PORT/", {"networks": [], "hosts": ["*"]}, "image_forbidden"),
        ("http://0x7f.1:PORT/", {"networks": [], "hosts": ["*"]}, "image_forbidden"),
        ("http://[::ffff:127.0.0.1]:PORT/", {"networks": [], "hosts": ["*"]}, "image_forbidden"),
        ("http://127.0.0.1:PORT/", {"hosts": ["images.example.cn"]}, "image_forbidden"),
        ("http://127.0.0.1:PORT/", {"ports": [443]}, "image_forbidden"),
        ("http://127.0.0.1:PORT/", {"http": False}, "image_forbidden"),
        ("http://user:secret@127.0.0.1:PORT/", {}, "image_forbidden"),
        ("file:///etc/passwd", {}, "image_forbidden"),
        ("ftp://127.0.0.1/", {}, "image_forbidden"),
        ("//127.0.0.1/", {}, "image_forbidden"),
        ("not a url", {}, "image_forbidden"),
        ("http://127.0.0.1:99999/", {}, "image_forbidden"),
        ("http://[::1/", {}, "image_forbidden"),
        ("http://127.0.0.1:PORT/\r\nx: y", {}, "image_forbidden"),
    ],
)
def test_what_may_not_be_fetched_is_not_asked_for(url, settings, code):
    refusal, asked = refused(url, **settings)
    assert (400, code, "messages[1].content[0].image_url.url", 0) == (
        refusal.status,
        refusal.code,
        refusal.param,
        asked,
    )
    assert "secret" not in refusal.text.en


@pytest.mark.parametrize(
    ("handler", "settings", "code"),
    [
        (give(b"<svg/>", kind="image/png"), {}, "image_type"),
        (give(b"", kind="image/png"), {}, "image_type"),
        (give(PNG * 10), {"max_bytes": 100}, "image_too_large"),
        (give(PNG, "404 Not Found"), {}, "image_unreachable"),
        (give(PNG, "302 Found"), {}, "image_unreachable"),
        (give(b"", "302 Found", location="http://10.0.0.1/"), {}, "image_forbidden"),
        (
            give(b"", "301 Moved", location="https://169.254.169.254/latest/meta-data/"),
            {"hosts": ["*"]},
            "image_forbidden",
        ),
        (give(b"", "307 Temporary Redirect", location="file:///etc/passwd"), {}, "image_forbidden"),
        (give(b"", "308 Permanent Redirect", location="/again"), {}, "image_unreachable"),
    ],
)
def test_what_comes_instead_of_a_picture_is_refused_by_the_part(handler, settings, code):
    refusal, asked = refused("http://127.0.0.1:PORT/a.png", handler, **settings)
    assert (code, "messages[1].content[0].image_url.url") == (refusal.code, refusal.param)
    assert asked <= 4


@pytest.mark.parametrize("trusted", [True, False])
def test_a_picture_over_tls_comes_from_a_host_that_shows_who_it_is(tmp_path, trusted):
    pem, context = certificate(tmp_path, "localhost")

    async def main():
        async with Scripted(give(PNG), ssl=context) as server:
            more = {"ca": str(pem)} if trusted else {}
            url = f"https://localhost:{server.port}/a.png"
            chosen = read_images({**LOOPBACK, "http": False, "ports": [server.port], **more}, "x", tmp_path)
            if trusted:
                return await inlined(images(url), chosen)
            with pytest.raises(Refusal) as caught:
                await inlined(images(url), chosen)
            return caught.value.code

    found = play(main())
    assert found == "image_unreachable" or "data:image/png" in str(found)
    assert isinstance(found, str) is not trusted


def test_a_redirect_within_the_rules_is_followed():
    async def handler(seen, writer):
        body = http(PNG) if seen.path == "/b" else http(b"", "302 Found", location="/b")
        await write(writer, body)

    async def main():
        async with Scripted(handler) as server:
            return await fetch(images(f"http://127.0.0.1:{server.port}/a"), server)

    assert play(main())["messages"][1]["content"][0]["image_url"]["url"].startswith("data:image/png")


def test_a_server_that_hangs_costs_no_more_than_the_time_given():
    async def handler(seen, writer):
        await asyncio.Event().wait()

    refusal, _ = refused("http://127.0.0.1:PORT/", handler, seconds=0.2)
    assert refusal.code == "image_timeout"


def test_a_server_that_is_not_there_cannot_be_reached():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]

        async def main():
            with pytest.raises(Refusal) as caught:
                await fetch(images(f"http://127.0.0.1:{port}/"), ports=[port])
            return caught.value.code

        assert play(main()) == "image_unreachable"


def test_too_many_pictures_and_too_much_of_them_are_refused_at_the_part_that_is_too_many():
    async def main():
        async with Scripted(give(PNG)) as server:
            urls = [f"http://127.0.0.1:{server.port}/{i}" for i in range(3)]
            codes = []
            for settings in ({"max_images": 2}, {"max_total": 90}):
                with pytest.raises(Refusal) as caught:
                    await fetch(images(*urls), server, **settings)
                codes.append((caught.value.code, caught.value.param))
            return codes

    place = "messages[1].content[2].image_url.url"
    assert play(main()) == [("too_many_images", place), ("images_too_large", place)]


@pytest.mark.parametrize("abroad", [False, True])
@pytest.mark.parametrize("where", ["app", "route", "off"])
def test_a_call_with_a_picture_takes_it_along_on_routes_at_home_by_choice(tmp_path, abroad, where):
    async def main():
        async with Scripted(give(PNG)) as server, Scripted() as upstream:
            chosen = {**LOOPBACK, "ports": [server.port]}
            way = route(
                "r", upstream.url, options={"inline_images": chosen if where == "route" else where != "off" or False}
            )
            if where == "app":
                way = route("r", upstream.url)
            app = (
                {"options": {"inline_images": chosen, "privacy": {"allow_unreadable": True}}}
                if where != "route"
                else {}
            )
            if where == "route":
                app = {"options": {"privacy": {"allow_unreadable": True}}}
            table = policy(open_cells("r"), abroad=("r",) if abroad else ())
            async with house(tmp_path, [way], table, **app) as h:
                url = f"http://127.0.0.1:{server.port}/x.png"
                answers = [await h.post(body=images(url))]
                asked = {"type": "input_image", "image_url": url}
                item = {"role": "user", "content": [{"type": "input_text", "text": "what is it"}, asked]}
                answers.append(await h.post("/v1/responses", body={"model": "gpt-4o", "input": [item]}))
            sent = [s.json["messages"][-1]["content"][-1]["image_url"]["url"] for s in upstream.seen]
            return [a.status for a in answers], sent, len(server.seen)

    statuses, sent, fetched = play(main())
    assert statuses == [200, 200]
    if abroad or where == "off":
        assert (0, 2) == (fetched, sum(s.startswith("http://") for s in sent))
    else:
        assert (2, 2) == (fetched, sum(s.startswith("data:image/png") for s in sent))


def test_a_refusal_of_a_picture_is_told_to_the_caller_and_not_tried_elsewhere(tmp_path):
    async def main():
        async with Scripted(answer_all) as upstream:
            way = route("r", upstream.url, options={"inline_images": {"hosts": ["images.example.cn"]}})
            async with house(tmp_path, [way], policy(open_cells("r"))) as h:
                return await h.post(body=images("https://elsewhere.example/x.png")), upstream.seen

    answer, seen = play(main())
    assert (400, "image_forbidden", []) == (answer.status, answer.error["code"], seen)
    assert answer.headers["x-should-retry"] == "false"


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (True, "x.hosts"),
        ({}, "x.hosts"),
        ({"hosts": []}, "x.hosts"),
        ({"hosts": [1]}, "x.hosts"),
        ({"hosts": ["*"], "networks": ["10.0.0.1/8"]}, "x.networks[0]"),
        ({"hosts": ["*"], "ports": ["443"]}, "x.ports"),
        ({"hosts": ["*"], "size": 1}, "x.size"),
    ],
)
def test_a_setting_that_is_wrong_is_named(raw, where):
    with pytest.raises(ConfigError) as caught:
        read_images(raw, "x")
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("host", "admitted"),
    [
        ("a.example.cn", True),
        ("A.Example.CN.", True),
        ("example.cn", False),
        ("evil-example.cn", False),
        ("b.c.example.cn", True),
    ],
)
def test_a_suffix_admits_what_is_below_it(host, admitted):
    assert ImageSettings(hosts=("*.example.cn",)).admits(host) is admitted


def test_the_routes_word_goes_before_the_applications():
    app, off = ImageSettings(hosts=("*",)), ImageSettings()
    assert images_for(app, None, abroad=False) is app
    assert images_for(app, off, abroad=False) is None
    assert images_for(None, None, abroad=False) is None


@given(st.binary(max_size=20))
def test_bytes_are_a_picture_or_nothing(content):
    assert sniffed(content) in {"", "image/png", "image/jpeg", "image/gif", "image/webp"}
    assert sniffed(b"GIF89a" + content) == "image/gif"
    assert sniffed(b"RIFF1234WEBP" + content) == "image/webp"
