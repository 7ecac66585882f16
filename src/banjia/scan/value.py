"""Value: what is known of an expression, and the names by which programs reach their surroundings."""

from __future__ import annotations

from typing import NamedTuple

from banjia.scan.often import Often
from banjia.scan.rule import Rule

ENV_CALLS = Often(
    r"(?:^|\.)(?:getenv|Getenv|LookupEnv|GetEnvironmentVariable|environ\.(?:get|setdefault|pop)|env\.(?:get|str|var|var_os)|"
    r"ENV\.fetch|env\.fetch|\w*[eE]nv(?:Or|With|Default|String|Str|Var|Value|_or|_with|_default|_str|_value)\w*|getenv_or_raise|get_from_env|get_env\w*|getEnv\w*|env_var|dotenv_values\(\)\.get)$|^(?:env|Env\.get|config|secrets\.get|env\.read)$"
)
ENV_STORES = Often(
    r"(?:^|\.)(?:environ|process\.env|import\.meta\.env|meta\.env|ENV|_ENV|_SERVER|env|secrets|Bun\.env|userdata|BuildConfig)$"
)
TRANSPARENT = frozenset(
    {
        "Uri",
        "URL",
        "URI",
        "String",
        "str",
        "string",
        "cast",
        "URI.create",
        "HttpUrl.parse",
        "url.Parse",
        "SecretStr",
        "AzureKeyCredential",
        "ApiKeyCredential",
        "AzureCliCredential",
    }
)
BASES = ("BaseURL", "base_url", "api_base", "Endpoint", "BaseUrl", "baseURL", "baseUrl", "basePath", "endpoint")
# Imports that are calls.
DYNAMIC = Often(r"^(?:require|import|__import__|(?:importlib\.)?import_module)$")
DEPTH = 24
MANY = 200  # entries of a list or a table that are looked at for clients


class Value(NamedTuple):
    """What is known of an expression. `path` counts inside the library of `rule`; calls on the way are written `()`."""

    rule: Rule | None = None
    path: str = ""
    provider: str | None = None
    text: str | None = None
    env: tuple[tuple[str, int], ...] = ()
    outside: tuple[str, str] | None = None  # (module, name) of an import that no rule knows
    url: str | None = None


NOTHING = Value()


def provider_of(rule: Rule, path: str, module: str = "") -> str:
    """The provider a name of the library stands for, or its module where the name says nothing; else the rule's own.

    A pattern is held against a module, written `@module`, only where it begins with `^@`.
    """
    for pattern, provider in rule.sdk.providers if rule.sdk else ():
        if pattern.search(path) or (module and pattern.pattern.startswith("^@") and pattern.search("@" + module)):
            return provider
    return rule.provider


def narrowed(base: Value, path: str) -> str | None:
    """The provider of a name further inside the library: what its module said stands where the name says nothing."""
    assert base.rule is not None
    found = provider_of(base.rule, path)
    return base.provider if found == base.rule.provider and base.provider is not None else found
