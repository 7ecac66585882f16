"""Settings: the uses in one configuration file, from its entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from banjia.scan.finding import Finding, Kind
from banjia.scan.formats import jsontext, lines, markup, yamltext
from banjia.scan.formats.entry import Entry
from banjia.scan.lexicon import PLACEHOLDER, Hit, Lexicon, base_shape, host_of, is_own, relay_weight
from banjia.scan.prefilter import lines_of
from banjia.scan.rule import Rule
from banjia.scan.shell import shell_line
from banjia.scan.signs import KEY_NAME, SECRET_LIKE, SHARED
from banjia.scan.vendors import VENDOR_VALUES
from banjia.scan.words import WORDS

SECTION = (
    (
        re.compile(r"(?i)azure[-_ ]?open[-_]?ai|open[-_]?ai[-_]?azure|azure[-_]?chat"),
        "azure_openai",
        "env-azure-openai",
    ),
    (
        re.compile(r"(?i)(?:^|[-_.])(?:open[-_]?ai|chat[-_]?gpt|gpt\d?)(?:[-_.]|$|[A-Z])|^openai|openai$|^ChatGPT"),
        "openai",
        "env-openai",
    ),
    (re.compile(r"(?i)anthropic|claude"), "anthropic", "env-anthropic"),
    (re.compile(r"(?i)dash-?scope|tongyi|qwen|bailian"), "alibaba_bailian", "env-bailian"),
    (re.compile(r"(?i)qianfan|wenxin|ernie|yi-?yan"), "baidu_qianfan", "env-qianfan"),
    (re.compile(r"(?i)zhipu|chatglm|bigmodel"), "zhipu", "env-zhipu"),
    (re.compile(r"(?i)deep-?seek"), "deepseek", "env-deepseek"),
    (re.compile(r"(?i)moonshot|kimi"), "moonshot", "env-moonshot"),
    (re.compile(r"(?i)minimax"), "minimax", "env-minimax"),
    (re.compile(r"(?i)gemini|google-?ai"), "google_gemini_api", "env-gemini"),
    (re.compile(r"(?i)hunyuan"), "tencent", "env-tencent"),
    (re.compile(r"(?i)spark-?(?:ai|desk)|xfyun|xunfei|iflytek"), "iflytek_spark", "env-spark"),
    (re.compile(r"(?i)mistral"), "mistral", "env-mistral"),
)
INNER = re.compile(
    r"(?i)^(?:provider|type|api[-_]?type|api[-_]?key|keys?|token|access[-_]?token|api[-_]?secret|secret(?:[-_]?key)?|endpoint|base[-_]?url|"
    r"api[-_]?base|api[-_]?host|host|url|proxy[-_]?url|resource[-_]?name|api[-_]?version|deployment[-_]?(?:name|id)?|organization(?:[-_]?id)?|app[-_]?id|service)$"
)
# Keys that say which service it is, where their value names one.
NAMING = re.compile(r"(?i)^(?:provider|type|service)$")
# Sections of whatever model, and what is set there to reach it.
MODELS = re.compile(
    r"(?i)^(?:llms?|ai|gpt|large[-_]?models?|(?:chat|embed(?:ding)?s?)[-_]?models?|embeddings?|language[-_]?models?)(?:\.|$)"
)
REACHED = re.compile(
    r"(?i)(?:api[-_]?key|base[-_]?url|api[-_]?base|api[-_]?url|api[-_]?host|(?:^|[-_])model(?:[-_]?name)?)$"
)
# Sections of a package's description that set nothing: words for a search, names of commands.
APART = frozenset({"keywords", "scripts"})
# Speech of a vendor that has models too.
SPEECH = re.compile(r"(?i)yuyin|speech|voice|(?:^|[-_])(?:asr|tts|iat|stt)(?:[-_]|$)")
ENVIRONMENT = frozenset({"environment", "env", "envVars"})
AZURE_INNER = re.compile(r"(?i)^(?:resource[-_]?name|api[-_]?version|deployment[-_]?(?:name|id)?)$")
SWITCH = re.compile(
    r"(?i)^(?:\w+[-_.])?(?:llm|model|ai|bot|embedding|chat|remote|gpt)[-_]?(?:provider|type|service|vendor|backend)$|^(?:provider|bot_type|channel_type)$"
)
PROXY = re.compile(r"(?i)^(?:https?|all|socks5?)_?proxy(?:_host|_port|_url)?$")
# An application exported from Dify.
EXPORT = re.compile(r"(?ms)^kind:\s*app\s*$.*^(?:workflow|model_config):|^(?:workflow|model_config):.*^kind:\s*app\s*$")
REVERSED = re.compile(r"(?i)reverse_?proxy|proxy_?base|forward_?(?:url|host)")
LARGE = 64_000  # bytes of a settings file from which on only what stands near a literal is looked at
LONG = 400  # no setting is longer; what is, is a text or a table
PROXIED = re.compile(r"(?i)proxy|relay|reverse|forward")
MODEL_KEY = re.compile(r"(?i)model|engine|deployment")
MODEL_NAMED = re.compile(r"\d|-")  # a section called `openai` names a vendor, not a model
NUMBER = re.compile(r"[\d_.]+")
ENV_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
WIDTH_KEY = re.compile(r"(?i)dim|width|vector")

READERS: dict[str, Callable[[str], Iterator[Entry]]] = {
    "env": lines.env,
    "properties": lines.properties,
    "toml": lines.toml,
    "dockerfile": lines.dockerfile,
    "yaml": yamltext.entries,
    "json": jsontext.entries,
    "markup": markup.entries,
}


class SettingsReader:
    """One configuration file."""

    def __init__(self, path: str, text: str, lexicon: Lexicon, rules: dict[str, Rule]) -> None:
        self.path, self.lexicon, self.rules = path, lexicon, rules
        self.rows = text.splitlines()
        self.text = text
        self.exported = "provider:" in text and EXPORT.search(text) is not None
        self.package = path.rsplit("/", 1)[-1] in ("package.json", "composer.json", "pyproject.toml")
        self.azure = path.endswith((".bicep", ".bicepparam")) or "deploymentTemplate.json#" in text[:2000]
        self.named: Entry | None = None  # of an exported application: the last `name`, a model where a vendor follows
        self.found: list[Finding] = []
        self.cut = ""  # why it was not read to its end
        self.seen: set[tuple[int, Kind]] = set()

    def read(self, language: str) -> list[Finding]:
        deep: list[int] = []
        if language == "json":
            entries = list(jsontext.entries(self.text, deep))
            self.cut = "deep" if deep else ""
        else:
            entries = list(READERS[language](self.text))
        if len(self.text) > LARGE:
            entries = list(self.near_words(entries))
        for entry in entries:
            if entry.command:
                self.found.extend(shell_line(self.path, entry.value, entry.line, self.lexicon))
            else:
                self.entry(entry)
        if self.found:
            self.proxies(entries)
        return self.found

    def near_words(self, entries: list[Entry]) -> Iterator[Entry]:
        """Of a large file, which is data for the most part: entries whose line or whose section names a literal."""
        lines = lines_of(self.text)
        sections: set[tuple[str, ...]] = set()
        for entry in entries:
            if entry.line in lines or entry.last in lines:
                sections.add(entry.keys)
                yield entry
            elif sections and any(entry.keys[:cut] in sections for cut in range(1, len(entry.keys))):
                yield entry

    def say(
        self,
        entry: Entry,
        kind: Kind,
        provider: str,
        rule: Rule,
        *,
        model: str | None = None,
        url: str | None = None,
        confidence: float = 0.9,
    ) -> None:
        if rule.near is not None and not rule.near.search(self.text):
            return
        if (entry.line, kind) in self.seen:
            loose = self.found[-1] if self.found and self.found[-1].line == entry.line else None
            if rule.weak or loose is None or loose.kind != kind or loose.rule != "env-llm-config":
                return
            self.found.pop()  # on one line the setting that names its service says more
        self.seen.add((entry.line, kind))
        if self.azure and kind == "config" and provider == "openai":
            provider = "azure_openai"  # a template of Azure's resources
        v1, slash = base_shape(url) if url else (None, None)
        row = self.rows[entry.line - 1] if entry.line <= len(self.rows) else ""
        self.found.append(
            Finding(
                path=self.path,
                line=entry.line,
                end=max(entry.line, entry.last),
                kind=kind,
                provider=provider,
                rule=f"{rule.id}-{kind}" if kind == "config" else rule.id,
                fix={"config": "config", "model": "config", "proxy": "manual", "secret": "auto"}.get(kind, "manual"),  # type: ignore[arg-type]
                text=WORDS[kind].format(what=rule.text),
                model=model,
                env=entry.key if kind in ("config", "proxy") else None,
                url=url,
                expects_v1=v1,
                trailing_slash=slash,
                confidence=confidence,
            ).marked(row if kind != "secret" else entry.dotted)
        )

    def entry(self, entry: Entry) -> None:
        value = entry.value
        if len(value) > LONG or (self.package and APART.intersection(entry.keys)):
            return
        hit = self.setting(entry)
        address = self.lexicon.url(value) if value else None
        if value and (secret := self.lexicon.key(value, lambda: self.near(entry))):
            shared = secret.provider == "any" or (secret.rule.id in SHARED and not value.startswith("sk-proj-"))
            provider = hit.provider if hit and shared and hit.provider != "any" else secret.provider
            self.say(entry, "secret", provider if provider != "any" else "openai", secret.rule)
        elif hit and not hit.rule.weak and hit.provider != "any" and is_key(entry.key, value):
            self.say(entry, "secret", hit.provider, self.rules["key-openai"])
        names = self.lexicon.models(value) if value and not self.answered(entry) else None
        if (
            names is None
            and value
            and MODEL_KEY.search(entry.key)
            and (found := re.match(r"^\$\{\w+:-?([\w.\-:]+)\}$", value))
        ):
            names = self.lexicon.models(found[1])
        if names:
            self.say(entry, "model", names.provider, names.rule, model=value if "," not in value else names.found)
            if hit is None or MODEL_KEY.search(entry.key):
                return
        if hit is None and REVERSED.search(entry.key) and re.search(r"(?i)api|chat|ai|gpt", entry.key):
            self.say(entry, "proxy", "relay", self.rules["host-relay"], url=value or None, confidence=0.6)
            return
        if (
            (not value or NUMBER.fullmatch(value))
            and MODEL_NAMED.search(entry.key)
            and (model := self.lexicon.model(entry.key))
        ):
            self.say(entry, "model", model.provider, model.rule, model=entry.key)
            return
        if hit is None and ENV_NAME.fullmatch(value) and (named := self.lexicon.env(value)) and not named.rule.weak:
            self.say(entry, "config", named.provider, named.rule)
            return
        if WIDTH_KEY.search(entry.key) and value in ("1536", "3072"):
            self.say(entry, "embed_dim", "openai", self.rules["width-openai"])
        if hit:
            self.config(entry, hit, address)
        elif address:
            self.address(entry, address)
        elif self.switches(entry) and (vendor := VENDOR_VALUES.get(value.lower().rsplit("/", 1)[-1])):
            rule = self.rules["switch-dify" if self.exported else "env-llm"]
            self.say(entry, "config", vendor, rule, confidence=0.9 if self.exported else 0.7)
            before = self.named
            if self.exported and before is not None and before.keys[:-1] == entry.keys[:-1]:
                self.say(before, "model", vendor, rule, model=before.value)
        if self.exported and entry.key == "name" and value:
            self.named = entry

    @staticmethod
    def switches(entry: Entry) -> bool:
        """Whether this setting chooses a vendor: by its name, or by a plain name in a section of models."""
        plain = entry.key in ("api", "vendor", "backend", "provider", "use")
        return bool(SWITCH.match(entry.key)) or (plain and any(MODELS.search(above) for above in entry.keys[:-1]))

    def answered(self, entry: Entry) -> bool:
        """Whether this is an entry of a recorded list of models, as a service answers it."""
        return entry.key in ("id", "root", "parent") and '"owned_by"' in self.text

    def near(self, entry: Entry) -> str:
        around = [row[:LONG] for row in self.rows[max(0, entry.line - 6) : entry.line + 5]]
        return "\n".join([entry.dotted, *around])

    def config(self, entry: Entry, hit: Hit, address: Hit | None) -> None:
        value = entry.value
        provider = hit.provider
        host = host_of(value)
        if address is not None:
            if address.provider == "relay":
                self.say(entry, "proxy", "relay", address.rule, url=value)
                return
            if not (provider == "azure_openai" and address.provider == "openai"):
                provider = address.provider
        elif host and not is_own(host):
            weight = relay_weight(value, host)
            if PROXIED.search(entry.key) or weight >= 2:
                self.say(entry, "proxy", "relay", self.rules["host-relay"], url=value, confidence=0.7)
                return
        elif host and re.search(r"(?i)(?:^|_)(?:proxy|https_proxy)$", entry.key):
            self.say(entry, "proxy", "any", self.rules["host-relay"], url=value, confidence=0.7)
            return
        self.say(entry, "config", provider, hit.rule, url=value if host or address is not None else None)

    def address(self, entry: Entry, address: Hit) -> None:
        if re.search(
            r"(?i)(?:key|doc|console|site|page|home|register|sign_?up|login|pricing|help|web|avatar|logo|icon)s?[-_]?(?:url|link|uri)s?$|^(?:\$ref|\$schema|homepage|repository|documentation|docs?|@\w+|description|title|href|link|iss|xmlns\S*)$",
            entry.key,
        ):
            return
        if address.provider == "relay" or entry.key in ("target", "destination", "proxy_pass"):
            self.say(entry, "proxy", "relay", address.rule, url=entry.value)
        else:
            self.say(entry, "config", address.provider, address.rule, url=entry.value)

    def setting(self, entry: Entry) -> Hit | None:
        """Whose setting this is: by its own name, else by the name of a section above it."""
        key = entry.key
        if not key or (not entry.value and self.opens(entry) and not re.search(r"[A-Z]{3}_", key)):
            return None
        if len(key) < 4 and len(entry.keys) < 2:
            return None
        if key.startswith("@") or (entry.keys[-2:-1] == ("properties",) and key.endswith((".version", "-version"))):
            return None
        if hit := self.lexicon.env(key):
            if not hit.rule.weak:
                return hit
            weak: Hit | None = hit
        else:
            weak = None
        if entry.value.lower() in ("true", "false", "yes", "no") or (
            NAMING.match(key) and entry.value.lower() not in VENDOR_VALUES
        ):
            return weak
        if INNER.match(key) or re.search(r"(?i)(?:key|url|endpoint|host|base)$", key):
            # A variable among variables says itself what it is: the service it is given to does not.
            own = ENVIRONMENT.intersection(entry.keys[:-1]) and key.isupper()
            for above in () if own else reversed(entry.keys[:-1]):
                if SPEECH.search(above):
                    break
                for pattern, provider, rule in SECTION:
                    if pattern.search(above):
                        if provider == "openai" and (AZURE_INNER.match(key) or "azure" in entry.keys):
                            provider, rule = "azure_openai", "env-azure-openai"
                        named = VENDOR_VALUES.get(entry.value.lower(), "any") if NAMING.match(key) else "any"
                        return Hit(self.rules[rule], provider if named == "any" else named, key)
            if weak is None and REACHED.search(key) and any(MODELS.search(above) for above in entry.keys[:-1]):
                return Hit(self.rules["env-llm"], "any", key)
        return weak

    def opens(self, entry: Entry) -> bool:
        """Whether this is the head of a section: something stands in it, further in."""
        row = self.rows[entry.line - 1].rstrip() if entry.line <= len(self.rows) else ""
        if not row.endswith(":") or not INNER.match(entry.key):
            return row.endswith(("{", "[", ":"))
        below = next((line for line in self.rows[entry.line :] if line.strip() and line.lstrip()[0] != "#"), "")
        return indent(below) > indent(row) or below.lstrip().startswith("- ")

    def proxies(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if PROXY.match(entry.key):
                self.say(entry, "proxy", "any", self.rules["env-llm"], confidence=0.5)


def indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def is_key(name: str, value: str) -> bool:
    """A value that opens a door under a name that says so; its vendor's keys have no shape of their own."""
    return (
        KEY_NAME.search(name) is not None
        and SECRET_LIKE.match(value) is not None
        and PLACEHOLDER.search(value) is None
        and len(set(value)) > 8
    )
