"""Where an upstream may be: its address, its certificate, and the proxy before it."""

from __future__ import annotations

import asyncio

import pytest
from certified import certificate
from exchanging import exchange, ok, pool, run
from scripted import Scripted, play

from banjia.errors import ConfigError
from banjia.gateway.answer import UpstreamError
from banjia.gateway.target import is_forbidden, parse_proxy, parse_target


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/v1",
        "http://",
        "https://user:secret@host/v1",
        "http://host/v1?x=1",
        "http://host/v1#x",
        "http://host\r\nx: y/v1",
        "http://ho st/v1",
        "http://host:99999/v1",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/v1",
        "http://0.0.0.0:80/v1",
    ],
)
def test_a_base_url_that_could_mislead_is_refused_without_showing_its_password(url):
    with pytest.raises(ConfigError) as caught:
        parse_target(url, where="routes[0].base_url")
    assert "secret" not in str(caught.value)


def test_a_target_knows_its_port_and_prefix():
    target = parse_target("https://api.example.com/compatible-mode/v1/", where="")
    assert (target.authority, target.port, target.tls, target.path) == (
        "api.example.com",
        443,
        True,
        "/compatible-mode/v1",
    )
    assert parse_target("http://[::1]:8081/v1", where="").authority == "[::1]:8081"


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1%eth0", "224.0.0.1", "::"])
def test_metadata_and_multicast_addresses_are_never_connected_to(address):
    assert is_forbidden(address)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_is_verified_against_the_named_authority(tmp_path, trusted):
    pem, context = certificate(tmp_path, "localhost")

    async def main():
        async with Scripted(ok, ssl=context) as server:
            url = f"https://localhost:{server.port}/v1"
            upstream = pool(url, ca=pem if trusted else None)
            try:
                return await exchange(upstream)
            except UpstreamError as error:
                return error.kind
            finally:
                upstream.close()

    assert play(main()) == ((200, b"fine") if trusted else "tls")


def test_a_certificate_for_another_name_is_refused(tmp_path):
    pem, context = certificate(tmp_path, "other.example")

    async def main():
        async with Scripted(ok, ssl=context) as server:
            upstream = pool(f"https://localhost:{server.port}/v1", ca=pem)
            with pytest.raises(UpstreamError, match="tls"):
                await exchange(upstream)

    play(main())


@pytest.mark.parametrize("tls", [True, False])
def test_a_configured_proxy_is_asked_to_connect(tmp_path, tls):
    pem, context = certificate(tmp_path, "localhost")
    asked: list[bytes] = []

    async def main():
        async with Scripted(ok, ssl=context if tls else None) as server:

            async def proxy(reader, writer):
                head = await reader.readuntil(b"\r\n\r\n")
                asked.append(head.split(b"\r\n")[0])
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(b"HTTP/1.1 200 ok\r\n\r\n")

                async def copy(source, sink):
                    while data := await source.read(65536):
                        sink.write(data)
                    sink.close()

                await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer), return_exceptions=True)

            gate = await asyncio.start_server(proxy, "127.0.0.1", 0)
            port = gate.sockets[0].getsockname()[1]
            scheme = "https" if tls else "http"
            upstream = pool(
                f"{scheme}://localhost:{server.port}/v1",
                ca=pem if tls else None,
                proxy=parse_proxy(f"http://127.0.0.1:{port}", where=""),
            )
            try:
                return await exchange(upstream), server.port
            finally:
                upstream.close()
                gate.close()

    result, port = play(main())
    assert result == (200, b"fine")
    assert asked == [f"CONNECT localhost:{port} HTTP/1.1".encode()]


def test_a_proxy_in_the_environment_is_ignored(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert run(ok, lambda u, _: exchange(u)) == (200, b"fine")
