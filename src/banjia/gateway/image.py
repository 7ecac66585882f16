"""Image: pictures that a caller names by URL, fetched by the gateway within narrow limits and sent on as data."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from banjia.errors import ConfigError
from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.option import Options
from banjia.gateway.refusal import Refusal, bad_request
from banjia.gateway.target import Network, Target, Timeouts
from banjia.gateway.upstream import Upstream
from banjia.gateway.whole import together
from banjia.text import Text

Json = dict[str, Any]

KNOWN = frozenset({"ca", "hosts", "networks", "ports", "http", "max_bytes", "max_total", "max_images", "seconds"})
REDIRECTS = 3
AT_ONCE = 4
MOVED = frozenset({301, 302, 303, 307, 308})
SAFE = "%/:=&?~+!$,;'@()*[]-._"


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """From where images may be fetched, and how large. Without hosts none is."""

    hosts: tuple[str, ...] = ()  # exact names, `*.suffix`, or `*` for any public host
    networks: tuple[Network, ...] = ()  # private networks that may be reached beside public addresses
    ports: frozenset[int] = frozenset({443})
    schemes: frozenset[str] = frozenset({"https"})
    max_bytes: int = 10 * 1024 * 1024
    max_total: int = 32 * 1024 * 1024
    max_images: int = 16
    seconds: float = 15.0
    ca: Path | None = None  # certificate authorities of hosts in private networks, in place of the system's

    def admits(self, host: str) -> bool:
        name = host.lower().rstrip(".")
        return any(h in {"*", name} or (h.startswith("*.") and name.endswith(h[1:])) for h in self.hosts)


def read_images(raw: object, where: str, base: Path = Path()) -> ImageSettings | None:
    """`false` turns it off; hosts must be named, for the gateway connects to none that the config does not name."""
    if raw is None:
        return None
    if raw is False:
        return ImageSettings()
    options = Options(raw if isinstance(raw, Mapping) else {}, where, KNOWN)
    hosts = _names(raw, "hosts", where)
    if not hosts:
        raise ConfigError(
            Text("须写明可以取图的主机", "the hosts that images may be fetched from must be named"),
            where=f"{where}.hosts",
            expected='["images.example.cn", "*.example.cn"] | ["*"]',
        )
    usual = ImageSettings()
    ca = options.word("ca")
    plain = options.flag("http")
    return ImageSettings(
        hosts=tuple(h.lower() for h in hosts),
        networks=tuple(_network(n, f"{where}.networks[{i}]") for i, n in enumerate(_names(raw, "networks", where))),
        ports=frozenset(_ports(raw, where)) or (frozenset({80, 443}) if plain else usual.ports),
        schemes=frozenset({"http", "https"}) if plain else usual.schemes,
        max_bytes=options.count("max_bytes") or usual.max_bytes,
        max_total=options.count("max_total") or usual.max_total,
        max_images=options.count("max_images") or usual.max_images,
        seconds=options.number("seconds", usual.seconds, least=0.1),
        ca=base / ca if ca else None,
    )


def images_for(app: ImageSettings | None, route: ImageSettings | None, *, abroad: bool) -> ImageSettings | None:
    """The route's word goes before the application's. For a route abroad nothing is fetched."""
    chosen = route if route is not None else app
    return chosen if chosen is not None and chosen.hosts and not abroad else None


async def inlined(request: Json, settings: ImageSettings) -> Json:
    """The chat request with its image URLs as data. Raises Refusal that names the part at fault."""
    found = list(_named(request))
    for place, _ in found[settings.max_images :]:
        text = Text(f"最多 {settings.max_images} 张图片", f"there may be {settings.max_images} images at most")
        raise bad_request("too_many_images", text, param=place)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(place: str, url: str) -> str:
        async with gate:
            return await _fetched(url, settings, place)

    urls = dict.fromkeys(url for _, url in found)
    first = {url: place for place, url in reversed(found)}
    data = dict(zip(urls, await together([one(first[url], url) for url in urls]), strict=True))
    size = 0
    for place, url in found:
        size += len(data[url])
        if size > settings.max_total * 4 / 3:
            text = Text("图片合计过大", "the images are too large together")
            raise bad_request("images_too_large", text, param=place)
    return {**request, "messages": [_with(m, data) for m in request["messages"]]} if found else request


def sniffed(content: bytes) -> str:
    """The type of an image by its first bytes, whatever the server calls it; "" for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else ""


async def _fetched(url: str, settings: ImageSettings, place: str) -> str:
    try:
        async with asyncio.timeout(settings.seconds):
            content = await _followed(url, settings, place)
    except TimeoutError as error:
        raise _wrong("image_timeout", Text("取图超时", "fetching the image took too long"), place, url) from error
    except UpstreamError as error:
        if error.kind == "too_large":
            text = Text(f"图片超过 {settings.max_bytes} 字节", f"the image is larger than {settings.max_bytes} bytes")
            raise _wrong("image_too_large", text, place, url) from error
        if error.kind == "forbidden":
            raise _wrong("image_forbidden", ADDRESS, place, url) from error
        raise _wrong("image_unreachable", UNREACHABLE, place, url) from error
    kind = sniffed(content)
    if not kind:
        raise _wrong("image_type", TYPE, place, url)
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


async def _followed(url: str, settings: ImageSettings, place: str) -> bytes:
    """The bytes behind a URL; each redirect is checked like the first address."""
    for _ in range(REDIRECTS + 1):
        target, path = _target(url, settings, place)
        upstream = Upstream(target)
        try:
            answer = await upstream.send(_head(target, path), b"", repeatable=True)
            try:
                location = answer.header(b"location") if answer.status in MOVED else None
                if location is None:
                    return await _body(answer, settings, place, url)
                url = urljoin(url, location.decode("latin-1"))
            finally:
                answer.abort(UpstreamError("client_gone"))
        finally:
            upstream.close()
    raise _wrong("image_unreachable", Text("跳转次数过多", "too many redirects"), place, url)


async def _body(answer: Answer, settings: ImageSettings, place: str, url: str) -> bytes:
    if answer.status != 200:
        text = Text(f"图片服务器答复 {answer.status}", f"the server of the image answered {answer.status}")
        raise _wrong("image_unreachable", text, place, url)
    return await answer.body(settings.max_bytes)


def _target(url: str, settings: ImageSettings, place: str) -> tuple[Target, str]:
    """Where a URL leads, if it may be gone to at all; addresses are checked when they are connected to."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii").decode()
    except (ValueError, UnicodeError) as error:
        raise _wrong("image_forbidden", ADDRESS, place, url) from error
    allowed = parts.scheme in settings.schemes and port in settings.ports and settings.admits(host)
    if not host or not allowed or parts.username is not None or any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise _wrong("image_forbidden", ADDRESS, place, url)
    path = quote(parts.path or "/", safe=SAFE) + (f"?{quote(parts.query, safe=SAFE)}" if parts.query else "")
    limits = Timeouts(connect=settings.seconds, first_byte=settings.seconds, idle=settings.seconds, keep_alive=0.0)
    tls = parts.scheme == "https"
    target = Target(host, port, tls, ca=settings.ca, timeouts=limits, only_public=True, networks=settings.networks)
    return target, path


def _head(target: Target, path: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"host: {target.authority}",
        "accept: image/png, image/jpeg, image/webp, image/gif",
        "accept-encoding: identity",
        "connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _named(request: Json) -> Iterator[tuple[str, str]]:
    """(place in the request, URL) of every image that is named by a URL."""
    messages = request.get("messages")
    for i, message in enumerate(messages if isinstance(messages, list) else []):
        content = message.get("content") if isinstance(message, dict) else None
        for j, part in enumerate(content if isinstance(content, list) else []):
            if url := _url(part):
                yield f"messages[{i}].content[{j}].image_url.url", url


def _url(part: Any) -> str:
    image = part.get("image_url") if isinstance(part, dict) and part.get("type") == "image_url" else None
    url = image.get("url") if isinstance(image, dict) else None
    return url if isinstance(url, str) and not url.startswith("data:") else ""


def _with(message: Any, data: Mapping[str, str]) -> Any:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        return message
    parts = [{**p, "image_url": {**p["image_url"], "url": data[url]}} if (url := _url(p)) else p for p in content]
    return {**message, "content": parts}


def _wrong(code: str, text: Text, place: str, url: str) -> Refusal:
    shown = url.rsplit("@", maxsplit=1)[-1].partition("?")[0][:120]  # neither passwords nor signatures
    return bad_request(code, text + Text(f"：{shown}", f": {shown}"), param=place)


def _names(raw: object, name: str, where: str) -> list[str]:
    found = raw.get(name) if isinstance(raw, Mapping) else None
    given = [found] if isinstance(found, str) else found or []
    if not isinstance(given, list) or not all(isinstance(n, str) and n for n in given):
        raise ConfigError(Text("应为名称的列表", "a list of names is expected"), where=f"{where}.{name}")
    return [str(n) for n in given]


def _ports(raw: object, where: str) -> list[int]:
    given = raw.get("ports", []) if isinstance(raw, Mapping) else []
    if not isinstance(given, list) or not all(type(p) is int and 0 < p < 65536 for p in given):
        raise ConfigError(Text("应为端口的列表", "a list of ports is expected"), where=f"{where}.ports")
    return given


def _network(text: str, where: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ConfigError(Text("不是网段", "not a network"), where=where, expected="10.1.0.0/16", found=text) from error


ADDRESS = Text(
    "不能从这个地址取图（协议、主机、端口或网络不在允许之列）",
    "images may not be fetched from this address (its scheme, host, port or network is not allowed)",
)
UNREACHABLE = Text("图片取不到", "the image cannot be fetched")
TYPE = Text("不是 PNG、JPEG、GIF 或 WebP 图片", "this is no PNG, JPEG, GIF or WebP image")
