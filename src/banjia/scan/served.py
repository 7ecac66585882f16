"""Served: paths that the program itself answers or looks at; no call leaves from there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from banjia.scan.resolve import Resolver
from banjia.scan.signs import COMPARE, TESTS, chain
from banjia.scan.syntax.node import Node

REGISTERS = re.compile(
    r"(?:^|\.)(?:(?:api_)?route|add_(?:api_|url_|websocket_)?r(?:oute|ule)|add_(?:post|get|put|delete|patch|view)|"
    r"Handle(?:Func|Prefix)?|Map(?:Post|Get|Put|Delete|Patch|Methods|Group)|all|use|mount|Route|APIRoute|WebSocketRoute|Mount|re_path)$|^path$"
)
VERB = re.compile(r"(?:^|\.)(?:post|get|put|delete|patch|any|options|head|match|Post|Get|Put|Delete|Patch|Any|All)$")
SERVER = re.compile(
    r"(?i)(?:^|\.)(?:app|web|server|blueprint|bp|engine|fastify|hono|express|koa|mux|\w*router|\w*app|\w*routes|Route)$"
)
MAKES = re.compile(
    r"(?:^|\.)(?:express|[Ff]astify|Hono|OpenAPIHono|Koa|Elysia|\w*Router|FastAPI|Flask|Quart|Sanic|Starlette|Blueprint|"
    r"Bottle|Application|Litestar|fiber\.New|echo\.New|chi\.NewRouter|mux\.NewRouter|NewServeMux|gin\.(?:Default|New)|"
    r"Group|group|createServer)$"
)
# What a server's methods are marked with. Retrofit's @POST and Refit's [Post] mark calls that leave.
MAPPED = {
    "java": re.compile(r"^(?:(?:Get|Post|Put|Delete|Patch|Request)Mapping|Path|Controller)$"),
    "kotlin": re.compile(r"^(?:(?:Get|Post|Put|Delete|Patch|Request)Mapping|Path|Controller)$"),
    "csharp": re.compile(r"^(?:Http(?:Get|Post|Put|Delete|Patch)|Route)$"),
    "php": re.compile(r"(?:^|\.)(?:Route|Get|Post|Put|Delete)$"),
}
# A page's request to a path without a host goes to the server that the page came from.
OWN_SERVER = re.compile(r"^(?:window\.)?(?:\$?fetch|useFetch|useLazyFetch|ofetch|fetchEventSource|EventSource)$")
ASSERTS = re.compile(r"(?i)(?:^|\.)(?:assert\w*|require|expect)(?:\.\w+)?$|(?:^|\.)(?:Equal|Contains)$")
CALLS_OUT = re.compile(r"\b(?:FeignClient|RegisterRestClient)\b")
FUNCTION = re.compile(r"(?:async\s+)?(?:function\b|func\b|lambda\b|\w+\s*=>|\([^()]*\)(?:\s*:\s*[\w<>.\[\]]+)?\s*=>)")
ASKED = re.compile(
    r"(?i)(?:^|\.)(?:req|request|ctx|context|c\.path|pathname|url\.path|URL\.Path|scope|self\.path|environ|event|r\.url)(?:\.|$)"
)


def is_served(stack: Sequence[Node], resolver: Resolver, text: str) -> bool:
    """Of a path below `stack`, innermost last: whether it is a route of this program, or compared with what came in."""
    for place in range(len(stack) - 1, -1, -1):
        above = stack[place]
        if above.kind == "call":
            return is_route(above, stack[:place], resolver, text)
        if above.kind == "other" and above.text == "mark":
            return True
        if above.kind == "other" and above.text in COMPARE:
            return any(ASKED.search(chain(kid)) for kid in above.kids)
        if above.kind == "function":
            return False
    return False


def is_route(call: Node, stack: Sequence[Node], resolver: Resolver, text: str) -> bool:
    """Of a call that is given a path: app.post("/v1/chat/completions", handler), @PostMapping("/v1/embeddings")."""
    callee = call.kids[0]
    name = chain(callee)
    if stack and stack[-1].kind == "other" and stack[-1].text == "mark":
        return True
    if (mapped := MAPPED.get(resolver.language)) and mapped.search(name):
        return not CALLS_OUT.search(text)
    if REGISTERS.search(name) or (callee.kind == "member" and REGISTERS.search(callee.text)):
        return True
    if ASSERTS.search(name) and any(ASKED.search(chain(kid)) for kid in call.kids[1:]):
        return True
    if TESTS.search(name) and ASKED.search(name.rpartition(".")[0]):
        return True
    first = call.kids[1] if len(call.kids) > 1 else None
    if OWN_SERVER.search(name) and first is not None and first.kind == "string" and first.text.startswith("/"):
        return True
    if callee.kind == "name":
        return _is_bare_route(call, resolver.language)
    if callee.kind != "member":
        return False
    if resolver.language == "go" and re.fullmatch(r"POST|GET|PUT|DELETE|PATCH|Any", callee.text):
        return True
    if not VERB.search(callee.text):
        return False
    receiver = chain(callee.kids[0])
    return bool(SERVER.search(receiver)) or _is_server(receiver, resolver) or _has_handler(call, text)


def _is_bare_route(call: Node, language: str) -> bool:
    """post("/v1/…") { } of Ktor, post "/v1/…" do of Sinatra, post "/v1/…", to: "chat#create" of Rails."""
    if language not in ("kotlin", "ruby") or not VERB.search(call.kids[0].text):
        return False
    return language == "kotlin" or len(call.kids) > 2


def _is_server(receiver: str, resolver: Resolver) -> bool:
    return any(
        isinstance(made, Node) and made.kind == "call" and MAKES.search(chain(made.kids[0]))
        for _, made in resolver.bound.get(receiver, [])
    )


def _has_handler(call: Node, text: str) -> bool:
    """A bare path with a function beside it: nothing can be sent there, the function answers it."""
    first = call.kids[1] if len(call.kids) > 1 else None
    if first is None or first.kind != "string" or not first.text.startswith("/"):
        return False
    return any(FUNCTION.match(text, kid.start) for kid in call.kids[2:] if kid.kind in ("function", "other"))
