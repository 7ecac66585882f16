"""Literals: texts, numbers and keys of entries in a program: addresses, names of settings, models, keys, widths."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from banjia.scan.finding import Kind
from banjia.scan.lexicon import PLACEHOLDER, Lexicon, host_of, is_own, relay_weight
from banjia.scan.often import NAMES
from banjia.scan.rule import Rule
from banjia.scan.served import is_served
from banjia.scan.signs import (
    BASE_SETTER,
    COMPARE,
    KEYED,
    LOOSE_MODEL,
    LOOSE_VENDOR,
    MODELED,
    PASSED,
    PROXY_NAME,
    READS,
    SECRET_LIKE,
    SHARED,
    TESTS,
    VENDOR_WORDS,
    WIDE,
    WIDTHS,
    chain,
)
from banjia.scan.syntax.node import Node
from banjia.scan.value import ENV_CALLS
from banjia.scan.voice import Voice

# An address that others append to, not one page of a site.
BASE_LIKE = re.compile(
    r"(?i)^[a-z]+://[^/?#]+/?$|/v\d(?:beta)?(?:/|$)|/(?:api|openai|proxy|gpt|chatgpt)/?$|/chat/completions"
)


BRANDED = re.compile(r"(?i)open-?ai|gpt|oai|claude|gemini|llm|/v1|proxy|relay")


NAMED = frozenset({"name", "member"})
SETTING_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
NAME_LONG = 40  # a name that is longer is an expression
# Services that give out models of many makers: where a file speaks to one of them alone, it is asked for the model.
SERVING = frozenset(
    {"azure_openai", "google_vertex", "aws_bedrock", "foreign_aggregator", "cn_aggregators", "siliconflow"}
)
DISTINCT = 8  # a key has more signs than that
BESIDE = 60  # entries of a list or a table that are looked at

ENV_MODULE = re.compile(r"^\$env/static/(?:private|public)$")
STATEMENT = re.compile(r"(?i)\s*(?:insert|update|select|delete|alter|merge|replace)\s")
SQL_TEXT = re.compile(r"'([\w.:/\-]{3,60})'")


@functools.lru_cache(NAMES)
def is_silent(lexicon: Lexicon, text: str) -> bool:
    """Whether no rule finds anything in a literal, wherever it stands."""
    name = text.removeprefix("^").removesuffix("$")
    return not (
        STATEMENT.match(text)
        or "vector(" in text.lower()
        or text.startswith(("${", "#{"))
        or LOOSE_MODEL.match(name)
        or lexicon.env(text)
        or lexicon.env(name)
        or lexicon.says(text)
    )


class Literals(Voice):
    """Whatever stands as a literal in one file."""

    def on_pair(self, node: Node, stack: Sequence[Node]) -> None:
        key = node.text
        if key in ("dataResidency", "data_residency") and self.home:
            self.say(node, "client", self.home, self.pattern_rule("env-openai"), symbol=key)
        if key in ("previous_response_id", "previousResponseId"):
            state = self.lexicon.named("state", "state-openai")
            self.say(node, "state", "openai", state, line=node.line, symbol=key)
        if key and (hit := self.lexicon.model(key)) and not re.match(r"^[A-Za-z_]+$", key):
            self.say(node, "model", hit.provider, hit.rule, line=node.line, model=key)
        elif LOOSE_MODEL.match(key) and self._among_models(stack, node):
            self._loose(node, key)
        known = SETTING_NAME.fullmatch(key) and (not node.kids or not self.resolver.value(node.kids[0]).env)
        if known and (named := self.lexicon.env(key)) and not named.rule.weak:
            self.say(node, "env", named.provider, named.rule, line=node.line, end=node.line, env=key, confidence=0.65)
        if PROXY_NAME.search(key) and node.kids and self.home and stack and self._is_sending(stack):
            self.say(node, "proxy", "any", self.pattern_rule("env-llm"), line=node.line, confidence=0.6)

    def on_env_module(self, node: Node) -> bool:
        """`import { OPENAI_API_KEY } from "$env/static/private"`, as SvelteKit gives settings."""
        if not ENV_MODULE.match(node.text):
            return False
        for _, name in node.bind:
            if hit := self.lexicon.env(name):
                self.say(node, "env", hit.provider, hit.rule, line=node.line, env=name)
        return True

    def on_named_setting(self, node: Node, name: str) -> None:
        """A setting read by a constant of another file: viper.GetString(constant.ENV_OPENAI_API_KEY)."""
        given = node.kids[1] if len(node.kids) > 1 else None
        if given is None or given.kind not in NAMED or not given.text.isupper():
            return
        if (READS.search(name) or ENV_CALLS.search(name)) and self.resolver.value(given).text is None:
            hit = self.lexicon.env(given.text)
            if hit is not None and not hit.rule.weak:
                self.say(node, "env", hit.provider, hit.rule, line=given.line, env=given.text)

    def _is_sending(self, stack: Sequence[Node]) -> bool:
        return any(node.kind == "call" and self.resolver.value(node.kids[0]).rule is not None for node in stack)

    def on_text(self, node: Node, stack: Sequence[Node]) -> None:
        if node.kind == "string" and not node.kids and is_silent(self.lexicon, node.text):
            return
        value = self.resolver.value(node)
        text = value.text
        if not text:
            return
        if node.kind != "string":
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
        if STATEMENT.match(text):
            hit = next((hit for word in SQL_TEXT.findall(text) if (hit := self.lexicon.model(word))), None)
            if hit is not None:
                self.say(node, "model", hit.provider, hit.rule, model=hit.found)
                return
        if "vector(" in text.lower() and (
            found := re.search(r"(?i)\b(?:vector|halfvec|float_vector|float)\s*[(\[]\s*(1536|3072)\s*[)\]]", text)
        ):
            self.say(
                node,
                "embed_dim",
                "openai",
                self.width_rule(),
                line=node.line + text[: found.start()].count("\n"),
                end=node.end,
            )

    def _secret(self, node: Node, text: str) -> bool:
        hit = self.lexicon.key(text, lambda: self.text[max(0, node.start - 300) : node.stop + 300])
        if hit is None:
            return False
        provider = hit.provider
        if hit.rule.id in SHARED and not text.startswith("sk-proj-"):
            words = self.path.lower()
            named = next((owner for vendor, owner in VENDOR_WORDS if vendor in words), None)
            provider = self.home or named or ("openai" if provider == "any" else provider)
        self.say(node, "secret", provider, hit.rule)
        return True

    def on_written_key(self, node: Node, name: str, text: str) -> None:
        """A constant named as a key: of the one vendor this file speaks to, or of the shape of OpenAI's."""
        if not text or not KEYED.search(name.replace("-", "_")):
            return
        own = self.home and SECRET_LIKE.match(text) and not PLACEHOLDER.search(text) and len(set(text)) > DISTINCT
        if own or (re.match(r"^sk-[A-Za-z0-9_\-]{16,}$", text) and not re.search(r"(?i)x{6}|your|\*{3}", text)):
            self.say(node, "secret", self.home or "openai", self.lexicon.named("key", "key-openai"))

    def _address(self, node: Node, text: str, stack: Sequence[Node]) -> bool:
        hit = self.lexicon.url(text)
        setter = self._setter(stack)
        if hit is None:
            if (
                "openai.azure" not in text
                and (found := self.lexicon.path(text))
                and not is_served(stack, self.resolver, self.text)
            ):
                if (found.rule.weak and not self.known) or (
                    found.rule.context and not found.rule.context.search(self.text)
                ):
                    return False
                provider = self.by_url(text, self.path_provider(found, node, stack))
                self.say(node, "http", provider, found.rule, url=text, confidence=0.85)
                return True
            host = host_of(text)
            suspected = setter and host and BASE_LIKE.search(text) and (setter == "client" or BRANDED.search(text))
            if suspected and host and not is_own(host) and relay_weight(text, host) >= 2:
                self.say(node, "proxy", "relay", self.relay_rule(), url=text, confidence=0.6)
                return True
            return False
        kind: Kind = hit.rule.kind or "http"
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

    def width_rule(self) -> Rule:
        return self.lexicon.named("width", "width-openai")

    def relay_rule(self) -> Rule:
        return self.lexicon.named("host", "host-relay")

    def _setter(self, stack: Sequence[Node]) -> str:
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

    def _proxied(self, stack: Sequence[Node]) -> bool:
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

    def _name(self, node: Node, text: str, stack: Sequence[Node]) -> bool:
        if hit := self.lexicon.state(text):
            self.say(node, "state", hit.provider, hit.rule)
            if text.startswith("ft:"):
                model_rule = self.lexicon.named("model", "model-openai")
                self.say(node, "model", "openai", model_rule, model=text)
            return True
        if hit := self.lexicon.models(text):
            served = self.home if self.home in SERVING else hit.provider
            self.say(node, "model", served, hit.rule, model=text if "," not in text else hit.found)
            return True
        text = text.removeprefix("^").removesuffix("$")
        if LOOSE_MODEL.match(text) and (self._about_model(stack, node) or self._among_models(stack, node)):
            self._loose(node, text)
            return True
        above = stack[-1] if stack and stack[-1].kind in ("call", "index") else None
        if above is not None and PASSED.match(above.kids[0].dotted() or ""):
            return False
        if re.fullmatch(r"[A-Z][A-Z0-9_]{5,60}", text) and (hit := self.lexicon.env(text)) and not hit.rule.weak:
            self.say(node, "env", hit.provider, hit.rule, env=text)
            return True
        if found := re.fullmatch(r"[$#]\{([\w.\-]+)(?::(.*))?\}", text):
            hit = self.lexicon.env(found.group(1))
            address = self.lexicon.url(found.group(2) or "")  # what stands where nothing is set
            if address is not None:
                kind: Kind = "proxy" if address.provider == "relay" else "http"
                self.say(node, kind, address.provider, address.rule, url=found.group(2))
            if hit is not None:
                self.say(node, "env", hit.provider, hit.rule, env=found.group(1), url=None)
            return hit is not None or address is not None
        if "." in text or ":" in text or "_" in text:
            call = stack[-1] if stack and stack[-1].kind in ("call", "index") else None
            receiver = call.kids[0].dotted() or chain(call.kids[0]) if call is not None else ""
            reads = READS.search(receiver) and (receiver.startswith("viper.") or not re.search(r"(?i)model\w*$", text))
            if reads and (hit := self.lexicon.env(text)) and not hit.rule.weak:
                self.say(node, "env", hit.provider, hit.rule, env=text)
                return True
        return False

    def _loose(self, node: Node, text: str) -> None:
        """A part of a model's name, or a name too short to be told without its surroundings."""
        provider = next((provider for word, provider in LOOSE_VENDOR if text.startswith(word)), "openai")
        rule = next((rule for rule in self.lexicon.of["model"] if rule.provider == provider), None)
        if rule is not None:
            self.say(node, "model", provider, rule, line=node.line, model=text)

    def _among_models(self, stack: Sequence[Node], node: Node) -> bool:
        """Whether it stands in a list or a table beside ids of models."""
        above = stack[-1] if stack else None
        if above is None or above.kind not in ("other", "object"):
            return False
        beside = [kid.text for kid in above.kids[:BESIDE] if kid.kind in ("string", "pair") and kid is not node]
        return any(self.lexicon.model(text) is not None for text in beside)

    def _about_model(self, stack: Sequence[Node], node: Node) -> bool:
        if not stack:
            return False
        above = stack[-1]
        if above.kind == "pair":
            return bool(re.search(r"(?i)model|engine", above.text))
        if above.kind == "other" and above.text in COMPARE:
            return any(MODELED.search(kid.dotted() or chain(kid)) for kid in above.kids if kid is not node)
        if above.kind == "call" and TESTS.search(chain(above.kids[0])):
            others = [above.kids[0], *(kid for kid in above.kids[1:] if kid is not node)]
            if self._tested_for_models(above.kids[0]):
                return True
            return any(MODELED.search(part.text) for kid in others for part in kid.walk() if part.kind in NAMED)
        if above.kind == "assign":
            return bool(re.search(r"(?i)model|engine", above.kids[0].dotted() or ""))
        return False

    def _tested_for_models(self, callee: Node) -> bool:
        """`m.startswith("o1") or m.startswith("gpt-5")`: another test of the same name asks for a model."""
        name = callee.kids[0].dotted() if callee.kind == "member" else None
        if not name or len(name) > NAME_LONG:
            return False
        test = rf"(?<![\w.]){re.escape(name)}\.{re.escape(callee.text)}\(\(?['\"]([\w.\-]+)['\"]"
        tests = re.finditer(test, self.text)
        return any(self.lexicon.model(found[1]) is not None for found in tests)

    def on_number(self, node: Node, stack: Sequence[Node]) -> None:
        if node.text not in WIDTHS:
            return
        for above in reversed(stack[-6:]):
            name = ""
            if above.kind == "pair":
                name = above.text
            elif above.kind in ("assign", "call") and above.kids:
                name = chain(above.kids[0]) or above.kids[0].text
            if above.kind == "function":
                name = above.text
            if name and WIDE.search(name):
                self.say(node, "embed_dim", self.home or WIDTHS[node.text], self.width_rule())
                return
            if above.kind == "function":
                return
