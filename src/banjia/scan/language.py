"""Which reader a file goes to, by its name alone."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

CODE = {
    ".py": "python",
    ".pyw": "python",
    ".pyi": "python",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".java": "java",
    ".kt": "kotlin",
    ".kts": "kotlin",
    ".go": "go",
    ".cs": "csharp",
    ".php": "php",
    ".rb": "ruby",
    ".rs": "rust",
    ".vue": "vue",
    ".svelte": "vue",
    ".astro": "vue",
    ".ipynb": "notebook",
    ".sh": "shell",
    ".bash": "shell",
    ".zsh": "shell",
    ".ps1": "shell",
    ".bat": "shell",
    ".cmd": "shell",
    ".fish": "shell",
}
TEXT = {
    ".env": "env",
    ".envrc": "env",
    ".properties": "properties",
    ".ini": "properties",
    ".cfg": "properties",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".tpl": "yaml",
    ".json": "json",
    ".jsonc": "json",
    ".json5": "json",
    ".toml": "toml",
    ".conf": "server",
    ".nginx": "server",
    ".xml": "markup",
    ".config": "markup",
    ".csproj": "markup",
    ".sql": "sql",
    ".gradle": "none",
    ".txt": "none",
    ".tf": "properties",
    ".tfvars": "properties",
}
NAMES = {
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "caddyfile": "server",
    ".htaccess": "server",
    "makefile": "shell",
    "procfile": "shell",
    "justfile": "shell",
    "jenkinsfile": "shell",
    "gemfile": "none",
    "pipfile": "none",
    "go.mod": "none",
}
LOCKS = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "poetry.lock",
        "pipfile.lock",
        "uv.lock",
        "pdm.lock",
        "cargo.lock",
        "composer.lock",
        "gemfile.lock",
        "go.sum",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "gradle.lockfile",
        "packages.lock.json",
        "paket.lock",
    }
)
DOCS = frozenset(
    {
        ".md",
        ".mdx",
        ".rst",
        ".adoc",
        ".html",
        ".htm",
        ".css",
        ".scss",
        ".less",
        ".svg",
        ".csv",
        ".tsv",
        ".jsonl",
        ".log",
        ".map",
        ".po",
        ".pot",
        ".tex",
    }
)
APART = re.compile(
    r"(?i)(?:^|/)(?:locales?|i18n|translations?|lang(?:uage)?s?|cassettes|[\w.\-]*\.egg-info|__snapshots__)/"
)
MESSAGES = re.compile(
    r"(?i)^(?:messages|strings|(?:en|zh|ja|ko|fr|de|es|ru|pt|it|vi|th|id|tr|ar|hi|nl|pl|uk|cs|sv)(?:[-_][a-z]{2,4})?)"
    r"\.(?:json|ya?ml|properties)$|^messages_\w+\.properties$"
)


def language_of(path: str) -> str | None:
    """The reader for a path; None for what no reader knows; `lock`, `docs` for what is left out knowingly."""
    file = PurePosixPath(path)
    name = file.name.lower()
    if name in LOCKS:
        return "lock"
    suffix = file.suffix.lower()
    if suffix in DOCS or name in ("pkg-info", "license", "readme", "changelog"):
        return "docs"
    if name in NAMES:
        return NAMES[name]
    if (
        name.startswith((".env", "env."))
        or re.search(r"(?:^|[.\-_])env(?:\.\w+)*$", name)
        or name.endswith((".env.example", ".env.local", "env.example", "env.template", ".env.sample"))
    ):
        return CODE.get(suffix, "env")
    if name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile"):
        return "dockerfile"
    if suffix in CODE:
        return CODE[suffix]
    if suffix in TEXT:
        if TEXT[suffix] != "none" and (APART.search(path) or MESSAGES.match(name)):
            return "docs"
        if name.endswith(".min.json") or name in ("tsconfig.json", "jsconfig.json"):
            return "docs"
        return TEXT[suffix]
    return None
