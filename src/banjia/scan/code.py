"""Code: the uses in one program file, from its reduced tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from banjia.scan.finding import Finding, Kind
from banjia.scan.lexicon import Hit, Lexicon, base_shape, host_of, is_own, relay_weight
from banjia.scan.resolve import NOTHING, Resolver, Value, provider_of
from banjia.scan.rule import Rule
from banjia.scan.syntax.node import HOLE, Node
from banjia.scan.words import WORDS, model_constant

TALK = re.compile(
    r"(?:^|\.)(?:print|println|printf|Println|Printf|Print|puts|echo|warn|warning|debug|info|error|log|exception|critical|"
    r"fatal|trace|Fatal|Fatalf|Errorf|WriteLine|Write|alert|secho|success|toast|notify|perror|showError|markdown|caption)$|"
    r"(?i:^|\.)(?:logger|log|logging|console)\.\w+$|^(?:new )?\w*(?:Error|Exception)$"
)
HELP = frozenset(
    {"help", "description", "title", "message", "label", "placeholder", "epilog", "tooltip", "hint", "docstring", "error",
     "msg", "detail", "summary", "helpText", "help_text", "caption", "metavar", "homepage", "docs", "documentation", "site"}
)  # fmt: skip
SEND = re.compile(
    r"(?:^|\.)(?:post|get|put|delete|patch|request|fetch|open|urlopen|Request|NewRequest|NewRequestWithContext|url|uri|axios|ajax|got|"
    r"PostAsync|GetAsync|SendAsync|PostAsJsonAsync|postForObject|postForEntity|exchange|curl_init|file_get_contents|curl_setopt|"
    r"stream|Post|Get|create_connection|WebSocketApp|WebSocket|fetchEventSource|EventSource|post_json|Uri|URL|ws_connect|connect|"
    r"ofetch|\$fetch|ky|superagent|send|newCall|HttpRequestMessage|HttpPost|HttpGet|asyncPost|client_post|aiohttp_post)$"
)
BASE_SETTER = re.compile(
    r"(?i)^(?:with_?)?(?:api_?)?(?:base_?(?:url|path|uri)?|host|endpoint|server_?url|api_?host|api_?url|azure_?endpoint|"
    r"open_?ai_?api_?base|custom_?base_?url|api_?base(?:_?url)?|base_?address)$"
)
FLOWS = re.compile(
    r"(?i)key|token|secret|base|url|uri|endpoint|host|model|deployment|version|organi[sz]ation|engine|credential|region"
)
KEYED = re.compile(r"(?i)(?:api_?key|access_?token|secret_?key|\bkey|auth_?token|\btoken)s?$")
MODELED = re.compile(r"(?i)model|engine|deployment|\bllm|encoding|name$|chat_?type|bot_?type|provider")
LOOSE_MODEL = re.compile(
    r"^(?:gpt-?|chatgpt|o[134]|claude-?|gemini-?|davinci|curie|babbage|ada|ernie-?|qwen-?|glm-?|chatglm|deepseek-?|moonshot-?|text-embedding-?|dall-?e|whisper)$"
)
LOOSE_VENDOR = (("gpt", "openai"), ("chatgpt", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("claude", "anthropic"), ("gemini", "google_gemini_api"), ("ernie", "baidu_qianfan"), ("qwen", "alibaba_bailian"), ("glm", "zhipu"), ("chatglm", "zhipu"), ("deepseek", "deepseek"), ("moonshot", "moonshot"))  # fmt: skip
COMPARE = frozenset({"==", "!=", "===", "!==", "in", "not in", "not"})
TESTS = re.compile(
    r"(?:^|\.)(?:startswith|startsWith|includes|contains|Contains|StartsWith|HasPrefix|indexOf|endswith|endsWith|equals|Equals|starts_with|start_with|include|str_contains|str_starts_with|equalsIgnoreCase|match|test|has_prefix)$"
)
WIDTHS = {"1536": "openai", "3072": "openai"}
WIDE = re.compile(r"(?i)dim|embed|vec|width|zeros|ones|rand|pack|flat|index|shape|\bsize")
PROXY_NAME = re.compile(
    r"(?i)(?:^|[_.])(?:https?_?proxy|all_?proxy|socks_?proxy(?:_host|_port)?|open_?ai_?proxy|proxy|proxies|proxy_?url)$"
)
READS = re.compile(
    r"(?i)(?:conf|config|configuration|settings?|env|environ|environment|secrets|propert\w+|options|section|viper|prefs|preferences)"
    r"(?:\.\w+)?$|(?:getproperty|getstring|getsection|getvalue|get_secret\w*|get_conf\w*|get_setting\w*|get_option|getconfig\w*)$"
)
SECRET_LIKE = re.compile(r"^(?:sk|fk|sb|sess|pk)-[A-Za-z0-9_\-]{12,}$|^[A-Za-z0-9_\-]{32,}$")


@dataclass(frozen=True, slots=True)
class Pending:
    """A call of a telling shape whose object was made elsewhere: decided when the whole tree has been read."""

    finding: Finding
    module: str | None
    name: str


@dataclass(slots=True)
class CodeFindings:
    findings: list[Finding] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    exports: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    open_urls: list[tuple[str, int, str]] = field(default_factory=list)


class CodeReader:
    """One walk over one file; what it says of a place it says once."""

    def __init__(self, path: str, text: str, resolver: Resolver, lexicon: Lexicon, shift: int = 0) -> None:
        self.path, self.text, self.resolver, self.lexicon, self.shift = path, text, resolver, lexicon, shift
        self.out = CodeFindings()
        self.seen: set[tuple[int, Kind, str]] = set()
        self.done: set[int] = set()
        self.azure: set[int] = set()
        self.forwards = bool(
            re.search(
                r"addEventListener\(\s*['\"]fetch|export default\s*\{\s*(?:async\s+)?fetch|Deno\.serve|serve\(", text
            )
        ) and ("pathname" in text or ".host" in text)
        self.home = self._home()

    def _home(self) -> str | None:
        """The one provider this file speaks to, where it is one."""
        found = {hit.provider for _, hit in self.lexicon.urls(self.text)} - {"relay"}
        found |= {
            value.provider
            for value in self.resolver.imported.values()
            if value.rule and value.provider and value.provider != "any"
        }
        found.discard("any")
        if found >= {"openai", "azure_openai"}:
            found.discard("azure_openai")
        return next(iter(found)) if len(found) == 1 else None

    def read(self) -> CodeFindings:
        self.visit(self.resolver.root, ())
        self._exports()
        return self.out

    def _exports(self) -> None:
        for name, places in self.resolver.bound.items():
            for _, thing in places:
                value = self.resolver.typed(thing) if isinstance(thing, str) else self.resolver.value(thing)
                if value.rule is not None and "()" in value.path:
                    self.out.exports[name] = (value.rule.id, value.path, value.provider or value.rule.provider)
                    break
        for name, function in self.resolver.functions.items():
            value = self.resolver._returned(function)  # noqa: SLF001 - one unit with the resolver
            if value.rule is not None:
                self.out.exports[f"{name}()"] = (
                    value.rule.id,
                    value.path.rstrip("#"),
                    value.provider or value.rule.provider,
                )

    # -- saying it

    def say(
        self,
        node: Node,
        kind: Kind,
        provider: str,
        rule: Rule,
        *,
        line: int | None = None,
        end: int | None = None,
        model: str | None = None,
        symbol: str | None = None,
        env: str | None = None,
        url: str | None = None,
        confidence: float = 0.9,
        pending: tuple[str | None, str] | None = None,
    ) -> None:
        at = line or node.line
        if (at, kind, provider) in self.seen and pending is None:
            return
        if kind in ("client", "call", "http", "env") and any(
            (at, kind, other) in self.seen for other in (provider, "any")
        ):
            return
        self.seen.add((at, kind, provider))
        shown = url.replace(HOLE, "{}") if url else None
        v1, slash = base_shape(url) if url and kind in ("client", "http", "config") else (None, None)
        finding = Finding(
            path=self.path,
            line=at + self.shift,
            end=max(at, end or node.end) + self.shift,
            kind=kind,
            provider=provider,
            rule=rule.id_of(kind),
            fix=rule.fix_of(kind),
            text=WORDS[kind].format(what=rule.text),
            model=model,
            symbol=symbol.replace("#", "") if symbol else None,
            env=env,
            url=shown,
            expects_v1=v1,
            trailing_slash=slash,
            confidence=confidence,
        ).marked(self.text[node.start : min(node.stop, node.start + 200)])
        if pending is None:
            self.out.findings.append(finding)
        else:
            self.out.pending.append(Pending(finding, *pending))

    def pattern_rule(self, rule_id: str) -> Rule:
        return next(rule for rule in self.lexicon._of["env"] if rule.id == rule_id)  # noqa: SLF001

    # -- walking

    def visit(self, node: Node, stack: tuple[Node, ...]) -> None:
        match node.kind:
            case "doc" | "raise":
                return
            case "import":
                self.on_import(node)
            case "call":
                if self.on_call(node, stack):
                    return
            case "assign":
                self.on_assign(node, stack)
            case "member":
                self.on_member(node, stack)
            case "index":
                self.on_environment(node)
            case "pair":
                self.on_pair(node, stack)
                if node.text in HELP:
                    return
            case "join" if node.text == "+":
                self.on_text(node, stack)
            case "string":
                if id(node) not in self.done:
                    self.on_text(node, stack)
            case "number":
                self.on_number(node, stack)
            case _:
                pass
        below = (*stack, node)
        for kid in node.kids:
            self.visit(kid, below)

    def on_import(self, node: Node) -> None:
        values = [self.resolver.library(node.text, name) for _, name in node.bind] or [
            self.resolver.library(node.text, "*")
        ]
        known = [value for value in values if value.rule is not None]
        if not known:
            return
        rule = known[0].rule
        assert rule is not None
        assert rule.sdk is not None
        if rule.sdk.shape is not None and rule.id == "py-bedrock":
            return
        if rule.id == "py-agents" and not any(
            re.match(r"Runner|function_tool|Agent$|set_default|OpenAI|input_guardrail|RunContextWrapper", value.path)
            for value in known
        ):
            return
        if rule.id == "py-embedding-stores" and not any("OpenAI" in value.path for value in known):
            return
        providers = {value.provider or rule.provider for value in known}
        if providers == {"openai", "azure_openai"}:
            providers = {"openai"}
        provider = providers.pop() if len(providers) == 1 else rule.provider
        self.say(node, "import", provider, rule, symbol=node.text)

    def on_call(self, node: Node, stack: tuple[Node, ...]) -> bool:
        """True where nothing inside can be a use: logging and printing."""
        callee = node.kids[0]
        name = callee.dotted() or (callee.text if callee.kind == "member" else "")
        value = self.resolver.value(callee)
        if node.text == "new" and stack and stack[-1].kind == "assign" and stack[-1].text:
            value = self.resolver.typed(stack[-1].text)
            value = Value(rule=value.rule, path=value.path.removesuffix("()"), provider=value.provider)
        if value.rule is None and TALK.search(name):
            return True
        if name == "require" and self.resolver.value(node).rule is not None:
            made = self.resolver.value(node)
            assert made.rule is not None
            self.say(node, "import", made.provider or made.rule.provider, made.rule)
        elif value.rule is not None and not value.path.endswith("#"):
            self.on_library(node, value)
        elif value.rule is None and not self.on_extension(node, callee):
            self.on_shape(node, callee, value)
        self.on_environment(node)
        if SEND.search(name) and value.rule is None:
            self.on_send(node, callee)
        return False

    def on_library(self, node: Node, value: Value) -> None:
        rule = value.rule
        assert rule is not None
        assert rule.sdk is not None
        sdk, path = rule.sdk, value.path
        made = self.resolver.value(node)
        provider = made.provider or value.provider or rule.provider
        url = made.url
        provider = self.by_url(url, provider)
        place = node.kids[0].end if node.kids[0].kind == "member" and "()" in path else node.line
        if node.text == "literal" and not (sdk.client and sdk.client.search(path)):
            return
        if sdk.tokenizer and sdk.tokenizer.search(path):
            self.say(node, "tokenizer", provider, rule, symbol=path)
        elif sdk.state and sdk.state.search(path):
            self.say(node, "state", provider, rule, line=node.line, symbol=path)
        elif sdk.call and sdk.call.search(path):
            self.say(node, "call", provider, rule, line=self.call_line(node), symbol=path)
        elif (sdk.client and "()" not in path and sdk.client.search(path)) or (
            sdk.factory and sdk.factory.search(path + "()")
        ):
            if rule.id == "py-bedrock":
                return
            self.say(node, "client", provider, rule, end=node.end, symbol=path, url=url)
            self.flow(node, provider, rule)
        elif rule.id == "py-bedrock" and made.path == "bedrock()":
            self.say(node, "client", provider, rule, symbol="bedrock")
        elif sdk.client and "()" in path and BASE_SETTER.search(path.rsplit(".", 1)[-1]):
            given = self.resolver.value(node.kids[1]) if len(node.kids) > 1 else NOTHING
            self.say(node, "client", self.by_url(given.text, provider), rule, line=place, symbol=path, url=given.text)
        if "()" in path and sdk.client:
            self.flow(node, provider, rule, setters=True)

    def call_line(self, node: Node) -> int:
        return node.line

    def by_url(self, url: str | None, provider: str) -> str:
        """The host decides the place: a relay or another vendor under this library's name."""
        if not url:
            return provider
        hit = self.lexicon.url(url)
        if hit:
            if hit.provider == "openai" and provider == "azure_openai":
                return provider
            return hit.provider
        host = host_of(url)
        if host and (
            relay_weight(url, host) >= 1 or (not is_own(host) and provider in ("openai", "anthropic", "azure_openai"))
        ):
            return "relay"
        return provider

    def flow(self, node: Node, provider: str, rule: Rule, *, setters: bool = False) -> None:
        """Environment names and base URLs that reach a client."""
        callee = node.kids[0]
        for place, kid in enumerate(node.kids[1:]):
            if kid.kind == "object":
                entries = [entry for entry in kid.kids if entry.kind == "pair"]
            elif kid.kind == "pair":
                entries = [kid]
            else:
                entries = []
                if place < 2 and (not setters or FLOWS.search(callee.text)):
                    self._flow_value(kid, provider, rule, callee.text if setters else "")
            for entry in entries:
                if entry.kids and FLOWS.search(entry.text):
                    self._flow_value(entry.kids[0], provider, rule, entry.text)
                if entry.kids and entry.text in ("dataResidency", "data_residency"):
                    self.say(entry, "client", provider, rule, symbol=entry.text)

    def _flow_value(self, given: Node, provider: str, rule: Rule, name: str) -> None:
        value = self.resolver.value(given)
        is_base = bool(BASE_SETTER.match(name))
        for env, line in value.env:
            hit = self.lexicon.env(env)
            shape = base_shape(value.text) if value.text and is_base else (None, None)
            self._say_env(
                given,
                line,
                env,
                hit.provider if hit and hit.provider != "any" else provider,
                hit.rule if hit else rule,
                shape,
            )
            if is_base:
                self.out.open_urls.append((env, line + self.shift, provider))
        if (
            value.text
            and KEYED.search(name)
            and given.kind == "string"
            and SECRET_LIKE.match(value.text)
            and not re.search(r"(?i)x{6}|your|\*{3}", value.text)
        ):
            key_rule = next(rule for rule in self.lexicon._of["key"] if rule.id == "key-openai")  # noqa: SLF001
            self.say(given, "secret", provider, key_rule)

    def _say_env(
        self, node: Node, line: int, env: str, provider: str, rule: Rule, shape: tuple[bool | None, bool | None]
    ) -> None:
        if (line, "env", provider) in self.seen:
            return
        chosen = rule if rule.match == "env" else self.pattern_rule("env-llm")
        self.say(node, "env", provider, chosen, line=line, end=line, env=env)
        if shape[0] is not None and self.out.findings and self.out.findings[-1].env == env:
            from dataclasses import replace  # noqa: PLC0415

            self.out.findings[-1] = replace(self.out.findings[-1], expects_v1=shape[0], trailing_slash=shape[1])

    def on_extension(self, node: Node, callee: Node) -> bool:
        """A method a library adds to objects of others: builder.AddOpenAIChatCompletion(...)."""
        if callee.kind != "member":
            return False
        for rule in self.resolver.rules:
            if rule.sdk and rule.sdk.extension and rule.sdk.extension.search(callee.text):
                given = node.argument("endpoint", "baseUrl")
                url = self.resolver.value(given).text if given else None
                provider = self.by_url(url, provider_of(rule, callee.text))
                self.say(node, "client", provider, rule, line=callee.end, symbol=callee.text, url=url)
                for kid in node.kids[1:]:
                    self._flow_value(
                        kid.kids[0] if kid.kind == "pair" else kid,
                        provider,
                        rule,
                        kid.text if kid.kind == "pair" else "key",
                    )
                return True
        return False

    def on_shape(self, node: Node, callee: Node, value: Value) -> None:
        """A call no one else has but a model service, on an object this file did not make."""
        path = _chain(callee)
        if "." not in path:
            return
        for rule in self.resolver.rules:
            if rule.sdk is None or rule.sdk.shape is None or not rule.sdk.shape.search(path):
                continue
            module, name = value.outside or (None, "")
            receiver = name or path
            self.say(
                node,
                "call",
                self.home or rule.provider,
                rule,
                symbol=path,
                confidence=0.75,
                pending=(module, f"{receiver}\t{path}"),
            )
            return

    def on_send(self, node: Node, callee: Node) -> None:
        for kid in node.kids[1:4]:
            given = (
                kid.argument("url", "uri", "hostname", "host")
                if kid.kind == "object"
                else kid.kids[0]
                if kid.kind == "pair" and kid.text in ("url", "uri")
                else kid
            )
            if given is None or given.kind in ("object", "pair", "call") and kid.kind == "object":
                continue
            value = self.resolver.value(given)
            if not value.text:
                continue
            hit = self.lexicon.url(value.text) or self.lexicon.path(value.text)
            if (
                hit is None
                or (hit.rule.weak and not self.home)
                or (hit.rule.context and not hit.rule.context.search(self.text))
            ):
                continue
            provider = hit.provider if hit.rule.match == "host" else self.path_provider(hit, given)
            line = callee.end if callee.kind == "member" else node.line
            self.say(
                node,
                "http" if provider != "relay" else "proxy",
                provider,
                hit.rule,
                line=line,
                end=max(line, given.end),
                url=value.text,
            )
            for env, at in value.env:
                known = self.lexicon.env(env)
                self._say_env(
                    given,
                    at,
                    env,
                    known.provider if known and known.provider != "any" else provider,
                    known.rule if known else hit.rule,
                    (None, None),
                )
                if HOLE in value.text[:3]:
                    self.out.open_urls.append((env, at + self.shift, provider))
            return

    def path_provider(self, hit: Hit, node: Node) -> str:
        """Of a bare API path: whose the surroundings say it is; by itself the vendor that defined it."""
        if hit.provider not in ("openai", "any"):
            return hit.provider
        if self.home:
            return self.home
        words = self.text[max(0, node.start - 200) : node.stop] + " " + self.path
        for vendor, provider in VENDOR_WORDS:
            if vendor in words.lower():
                return provider
        return hit.provider

    def on_assign(self, node: Node, stack: tuple[Node, ...]) -> None:
        target, given = node.kids[0], node.kids[1]
        name = target.dotted() or ""
        if target.kind == "member":
            base = self.resolver.value(target.kids[0])
            if base.rule is not None and base.rule.sdk and base.rule.sdk.setting:
                path = target.text if not base.path else f"{base.path}.{target.text}"
                if base.rule.sdk.setting.search(path):
                    value = self.resolver.value(given)
                    provider = self._setting_provider(base, target, value, node, stack)
                    self.say(
                        node,
                        "client",
                        provider,
                        base.rule,
                        symbol=path,
                        url=value.text if BASE_SETTER.match(target.text) else None,
                    )
                    self._flow_value(
                        given, provider if provider != "relay" else base.rule.provider, base.rule, target.text
                    )
                    self.done.add(id(given))
                    return
            if target.text in ("host", "hostname", "href", "origin") and (text := self.resolver.value(given).text):
                hit = self.lexicon.url(text)
                if hit:
                    self.say(node, "proxy", "relay", hit.rule, url=text)
                    self.done.add(id(given))
                    return
        if target.kind == "index":
            key = self.resolver.value(target)
            for env, line in key.env:
                if PROXY_NAME.search(env) and self.home:
                    self.say(node, "proxy", "any", self.pattern_rule("env-llm"), line=line, env=env)
        text = given.text if given.kind == "string" else ""
        if (
            text
            and KEYED.search(name.replace("-", "_"))
            and re.match(r"^sk-[A-Za-z0-9_\-]{16,}$", text)
            and not re.search(r"(?i)x{6}|your|\*{3}", text)
        ):
            key_rule = next(rule for rule in self.lexicon._of["key"] if rule.id == "key-openai")  # noqa: SLF001
            self.say(node, "secret", self.home or "openai", key_rule)

    def _setting_provider(self, base: Value, target: Node, value: Value, node: Node, stack: tuple[Node, ...]) -> str:
        provider = base.provider or (base.rule.provider if base.rule else "any")
        siblings = stack[-1].kids if stack else []
        for other in (node, *siblings):
            if (
                other.kind == "assign"
                and other.kids[0].kind == "member"
                and other.kids[0].text in ("api_type", "APIType", "apiType")
                and "azure" in (self.resolver.value(other.kids[1]).text or "").lower()
                and other.line <= node.line
            ):
                provider = "azure_openai"
        if provider == "openai" and target.text in ("api_version", "azure_endpoint", "azure_ad_token"):
            provider = "azure_openai"
        if BASE_SETTER.match(target.text) or target.text in ("base", "BaseURL"):
            provider = self.by_url(value.text, provider)
        return provider

    def on_member(self, node: Node, stack: tuple[Node, ...]) -> None:
        self.on_environment(node)
        if stack and stack[-1].kind in ("member",) and stack[-1].kids[0] is node:
            return
        if stack and stack[-1].kind == "call" and stack[-1].kids[0] is node:
            return
        value = self.resolver.value(node)
        if value.rule and value.rule.sdk and value.rule.sdk.model and value.rule.sdk.model.search(value.path):
            self.say(
                node,
                "model",
                value.provider or value.rule.provider,
                value.rule,
                model=model_constant(value.path),
                symbol=value.path,
            )

    def on_environment(self, node: Node) -> None:
        value = self.resolver.value(node)
        if not value.env or value.rule is not None:
            return
        if node.kind == "call" and node.kids[0].kind == "member" and self.resolver.value(node.kids[0]).env:
            return
        for env, line in value.env:
            if PROXY_NAME.search(env) and self.home and node.line <= line <= node.end:
                self.say(
                    node, "proxy", "any", self.pattern_rule("env-llm"), line=line, end=line, env=env, confidence=0.6
                )
            elif hit := self.lexicon.env(env):
                if not node.line <= line <= node.end or (hit.rule.weak and not self._weak_ok()):
                    continue
                self.say(node, "env", hit.provider, hit.rule, line=line, end=line, env=env)

    def _weak_ok(self) -> bool:
        return True

    def on_pair(self, node: Node, stack: tuple[Node, ...]) -> None:
        key = node.text
        if key in ("dataResidency", "data_residency") and self.home:
            self.say(node, "client", self.home, self.pattern_rule("env-openai"), symbol=key)
        if key in ("previous_response_id", "previousResponseId"):
            state = next(rule for rule in self.lexicon._of["state"])  # noqa: SLF001
            self.say(node, "state", "openai", state, line=node.line, symbol=key)
        if key and (hit := self.lexicon.model(key)) and not re.match(r"^[A-Za-z_]+$", key):
            self.say(node, "model", hit.provider, hit.rule, line=node.line, model=key)
        if PROXY_NAME.search(key) and node.kids and self.home and stack and self._is_sending(stack):
            self.say(node, "proxy", "any", self.pattern_rule("env-llm"), line=node.line, confidence=0.6)

    def _is_sending(self, stack: tuple[Node, ...]) -> bool:
        call = next((node for node in reversed(stack) if node.kind == "call"), None)
        return call is not None and self.resolver.value(call.kids[0]).rule is not None

    def on_text(self, node: Node, stack: tuple[Node, ...]) -> None:
        value = self.resolver.value(node)
        text = value.text
        if not text:
            return
        if node.kind == "join":
            literals = [kid for kid in node.walk() if kid.kind == "string"]
            if any(mark.isspace() for mark in text.strip()):
                return
            if self._address(node, text, stack):
                self.done.update(id(kid) for kid in literals)
            return
        if self._secret(node, text):
            return
        if self._address(node, text, stack):
            return
        if self._name(node, text, stack):
            return
        if "vector(" in text.lower() and (
            found := re.search(r"(?i)\b(?:vector|halfvec|float_vector|float)\s*[(\[]\s*(1536|3072)\s*[)\]]", text)
        ):
            self.say(
                node,
                "embed_dim",
                "openai",
                self.pattern_rule("env-openai"),
                line=node.line + text[: found.start()].count("\n"),
                end=node.end,
            )

    def _secret(self, node: Node, text: str) -> bool:
        hit = self.lexicon.key(text, lambda: self.text[max(0, node.start - 300) : node.stop + 300])
        if hit is None:
            return False
        provider = self.home or "openai" if hit.provider == "any" else hit.provider
        self.say(node, "secret", provider, hit.rule)
        return True

    def _address(self, node: Node, text: str, stack: tuple[Node, ...]) -> bool:
        hit = self.lexicon.url(text)
        setter = self._setter(stack, node)
        if hit is None:
            if (
                "openai.azure" not in text
                and (found := self.lexicon.path(text))
                and not self._routed(node, stack, text)
            ):
                if (found.rule.weak and not self.home) or (
                    found.rule.context and not found.rule.context.search(self.text)
                ):
                    return False
                self.say(node, "http", self.path_provider(found, node), found.rule, url=text, confidence=0.85)
                return True
            host = host_of(text)
            if setter and host and not is_own(host) and relay_weight(text, host) >= 2:
                self.say(node, "proxy", "relay", self.relay_rule(), url=text, confidence=0.6)
                return True
            return False
        kind: Kind = "http"
        provider = hit.provider
        rule = hit.rule
        if provider == "relay":
            kind = "proxy"
        elif self.forwards or self._proxied(stack):
            kind, provider = "proxy", "relay"
        if setter == "client":
            kind = "client"
        self.say(node, kind, provider, rule, url=text)
        return True

    def relay_rule(self) -> Rule:
        return next(rule for rule in self.lexicon._of["host"] if rule.id == "host-relay")  # noqa: SLF001

    def _routed(self, node: Node, stack: tuple[Node, ...], text: str) -> bool:
        """A path this program itself serves is no call: app.post("/v1/chat/completions", handler)."""
        call = next((above for above in reversed(stack) if above.kind == "call"), None)
        if call is None:
            return False
        name = call.kids[0].dotted() or ""
        root, _, last = name.rpartition(".")
        if last in (
            "route",
            "add_api_route",
            "HandleFunc",
            "Handle",
            "PostMapping",
            "RequestMapping",
            "GetMapping",
            "MapPost",
            "all",
            "use",
            "add_url_rule",
        ):
            return True
        if last in ("post", "get", "POST", "GET", "delete", "put", "Post", "Get") and re.search(
            r"(?i)(?:^|\.)(?:app|router|api|server|blueprint|bp|r|e|engine|group|v1|apiRouter|\w*router\w*|\w*app)$",
            root,
        ):
            return not HOLE and True
        return False

    def _setter(self, stack: tuple[Node, ...], node: Node) -> str:
        """`client` where the address is given to a client, `name` where to something named like a base URL."""
        for above in reversed(stack):
            if above.kind == "call":
                value = self.resolver.value(above.kids[0])
                last = above.kids[0].text if above.kids[0].kind in ("member", "name") else ""
                if value.rule is not None and value.rule.sdk and value.rule.sdk.client:
                    return "client"
                return "client" if BASE_SETTER.match(last) and above.kids[0].kind == "member" else ""
            if above.kind == "assign":
                name = (above.kids[0].dotted() or "").rsplit(".", 1)[-1]
                return "name" if re.search(r"(?i)base|url|host|endpoint|api", name) else ""
            if above.kind == "pair" and BASE_SETTER.match(above.text):
                call = next((up for up in reversed(stack) if up.kind == "call"), None)
                if call and self.resolver.value(call.kids[0]).rule is not None:
                    return "client"
                return "name"
            if above.kind in ("function", "module"):
                return ""
        return ""

    def _proxied(self, stack: tuple[Node, ...]) -> bool:
        pairs = [above.text for above in stack if above.kind == "pair"]
        calls = [(above.kids[0].dotted() or "") for above in stack if above.kind == "call"]
        return bool(
            ("target" in pairs and ("proxy" in pairs or any("roxy" in call for call in calls)))
            or "destination" in pairs
            or any(
                re.search(r"(?i)createProxyMiddleware|httpProxy|NewSingleHostReverseProxy|proxy_pass", call)
                for call in calls
            )
        )

    def _name(self, node: Node, text: str, stack: tuple[Node, ...]) -> bool:
        if hit := self.lexicon.state(text):
            self.say(node, "state", hit.provider, hit.rule)
            if text.startswith("ft:"):
                model_rule = next(rule for rule in self.lexicon._of["model"] if rule.id == "model-openai")  # noqa: SLF001
                self.say(node, "model", "openai", model_rule, model=text)
            return True
        if hit := self.lexicon.models(text):
            self.say(node, "model", hit.provider, hit.rule, model=text if "," not in text else hit.found)
            return True
        if LOOSE_MODEL.match(text) and self._about_model(stack, node):
            provider = next((provider for word, provider in LOOSE_VENDOR if text.startswith(word)), "openai")
            rule = next((rule for rule in self.lexicon._of["model"] if rule.provider == provider), None)  # noqa: SLF001
            if rule is not None:
                self.say(node, "model", provider, rule, model=text)
            return True
        if re.fullmatch(r"[A-Z][A-Z0-9_]{5,60}", text) and (hit := self.lexicon.env(text)) and not hit.rule.weak:
            self.say(node, "env", hit.provider, hit.rule, env=text)
            return True
        if (found := re.fullmatch(r"[$#]\{([\w.\-]+)(?::(.*))?\}", text)) and (hit := self.lexicon.env(found.group(1))):
            self.say(node, "env", hit.provider, hit.rule, env=found.group(1), url=None)
            return True
        if "." in text or ":" in text or "_" in text:
            call = stack[-1] if stack and stack[-1].kind in ("call", "index") else None
            receiver = call.kids[0].dotted() or _chain(call.kids[0]) if call is not None else ""
            reads = READS.search(receiver) and not re.search(r"(?i)model\w*$", text)
            if reads and (hit := self.lexicon.env(text)) and not hit.rule.weak:
                self.say(node, "env", hit.provider, hit.rule, env=text)
                return True
        return False

    def _about_model(self, stack: tuple[Node, ...], node: Node) -> bool:
        if not stack:
            return False
        above = stack[-1]
        if above.kind == "pair":
            return bool(re.search(r"(?i)model|engine", above.text))
        if above.kind == "other" and above.text in COMPARE:
            return any(MODELED.search(kid.dotted() or _chain(kid)) for kid in above.kids if kid is not node)
        if above.kind == "call" and TESTS.search(_chain(above.kids[0])):
            others = [above.kids[0], *(kid for kid in above.kids[1:] if kid is not node)]
            return any(MODELED.search(_chain(kid)) for kid in others)
        if above.kind == "assign":
            return bool(re.search(r"(?i)model|engine", above.kids[0].dotted() or ""))
        return False

    def on_number(self, node: Node, stack: tuple[Node, ...]) -> None:
        if node.text not in WIDTHS:
            return
        for above in reversed(stack[-4:]):
            name = ""
            if above.kind == "pair":
                name = above.text
            elif above.kind in ("assign", "call") and above.kids:
                name = _chain(above.kids[0]) or above.kids[0].text
            if name and WIDE.search(name):
                self.say(node, "embed_dim", WIDTHS[node.text], self.pattern_rule("env-openai"))
                return
            if above.kind == "function":
                return


VENDOR_WORDS = (
    ("azure", "azure_openai"), ("anthropic", "anthropic"), ("claude", "anthropic"), ("deepseek", "deepseek"), ("moonshot", "moonshot"),
    ("kimi", "moonshot"), ("dashscope", "alibaba_bailian"), ("qwen", "alibaba_bailian"), ("zhipu", "zhipu"), ("chatglm", "zhipu"),
    ("minimax", "minimax"), ("baichuan", "baichuan"), ("mistral", "mistral"), ("groq", "foreign_aggregator"),
    ("openrouter", "foreign_aggregator"), ("siliconflow", "siliconflow"), ("volc", "volcengine_ark"), ("doubao", "volcengine_ark"),
    ("hunyuan", "tencent"), ("linkai", "cn_aggregators"), ("link_ai", "cn_aggregators"),
)  # fmt: skip


def _chain(node: Node) -> str:
    """`client.chat.completions.create` through calls, indexes and awaits."""
    if node.kind == "name":
        return node.text
    if node.kind == "member":
        base = _chain(node.kids[0])
        return f"{base}.{node.text}" if base else node.text
    if node.kind in ("call", "index") and node.kids:
        return _chain(node.kids[0])
    return ""
