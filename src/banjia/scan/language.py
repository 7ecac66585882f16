"""Which reader a file goes to, by its name alone."""

from __future__ import annotations

import re

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
    ".prisma": "sql",
    ".gradle": "none",
    ".txt": "none",
    ".bicep": "properties",
    ".bicepparam": "properties",
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
    ".replit": "toml",
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
    r"(?i)(?:^|/)(?:locales?|i18n|translations?|lang(?:uage)?s?|cassettes|[\w.\-]*\.egg-info|__snapshots__|vcr_cassettes|recordings)/|(?:^|/)(?:spec|tests?|__tests__)/(?:.*/)?fixtures/"
)
MESSAGES = re.compile(
    r"(?i)^(?:messages|strings|(?:en|zh|ja|ko|fr|de|es|ru|pt|it|vi|th|id|tr|ar|hi|nl|pl|uk|cs|sv)(?:[-_][a-z]{2,4})?)"
    r"\.(?:json|ya?ml|properties)$|^messages_\w+\.properties$"
)


ENV_NAME = re.compile(r"(?:^|[.\-_])env(?:\.\w+)*$")
SAMPLES = (".example", ".sample", ".template", ".tmpl", ".dist", ".j2", ".default", ".bak", ".orig", ".local")
MANIFESTS = frozenset(
    {
        "pyproject.toml",
        "pipfile",
        "uv.toml",
        "setup.cfg",
        "setup.py",
        "package.json",
        "deno.json",
        "deno.jsonc",
        "import_map.json",
        "go.mod",
        "pom.xml",
        "composer.json",
        "gemfile",
        "cargo.toml",
        "packages.config",
    }
)
REQUIREMENTS = re.compile(r"(?:[\w.\-]*requirements?[\w.\-]*|constraints[\w.\-]*)\.(?:txt|in)")
REQUIRED = re.compile(r"(?i)(?:^|/)requirements?/[\w.\-]+\.(?:txt|in)$")  # a folder of them
CONDA = re.compile(r"(?:environment|conda)[\w.\-]*\.ya?ml")
PROJECTS = (".csproj", ".fsproj", ".vbproj", "packages.props", ".gradle", ".gradle.kts", ".versions.toml", ".gemspec")
# An Android screen: texts and ids of its elements, no settings.
SCREENS = re.compile(
    r"(?:^|/)res/(?:layout|menu|drawable|navigation|anim|animator|color|font|mipmap|transition)[\w\-]*/"
)


SHEBANG = re.compile(
    rb"^#!\s*\S*?(?:/env\s+(?:-\S+\s+)*)?(?:\S*/)?(bash|zsh|dash|ksh|sh|python|node|deno|bun|ruby|php)[\d.]*\b"
)
# Variables set and nothing else before them: what a script reads in.
SETS = re.compile(rb"\s*(?:export )?[A-Z][A-Z0-9]*_[A-Z0-9_]+=[\"'$\w/]")
RUNS = {
    "python": "python",
    "node": "javascript",
    "deno": "typescript",
    "bun": "typescript",
    "ruby": "ruby",
    "php": "php",
}


def script_language(data: bytes) -> str:
    """Of a file without a suffix: the language its first line runs it with; `none` where it says nothing."""
    found = SHEBANG.match(data[:200])
    if found is None and SETS.match(data[:200]):
        return "shell"
    return RUNS.get(found[1].decode(), "shell") if found else "none"


def is_manifest(path: str) -> bool:
    """Whether the file's name is one that declares libraries."""
    name = path[path.rfind("/") + 1 :].lower()
    return (
        name in MANIFESTS
        or (name.endswith((".txt", ".in")) and REQUIRED.search(path) is not None)
        or name.endswith(PROJECTS)
        or (name.endswith((".txt", ".in")) and REQUIREMENTS.fullmatch(name) is not None)
        or (name.endswith((".yml", ".yaml")) and CONDA.fullmatch(name) is not None)
    )


def language_of(path: str) -> str | None:
    """The reader for a path; None for what no reader knows; `lock`, `docs` for what is left out knowingly."""
    name = path[path.rfind("/") + 1 :].lower()
    if name in LOCKS:
        return "lock"
    if not name.startswith(".env") and name.endswith(SAMPLES):
        cut = name[: name.rfind(".")]
        if "." in cut.lstrip(".") or cut in NAMES:
            name, path = cut, path[: len(path) - len(name) + len(cut)]
    place = name.rfind(".")
    suffix = name[place:] if place > 0 and place < len(name) - 1 else ""
    if suffix in DOCS or name in ("pkg-info", "license", "readme", "changelog"):
        return "docs"
    if name in NAMES:
        return NAMES[name]
    if "env" in name and (name.startswith((".env", "env.")) or ENV_NAME.search(name)):
        return CODE.get(suffix, "env")
    if "file" in name and (name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile")):
        return "dockerfile"
    if suffix in CODE:
        return CODE[suffix]
    if not suffix and "." not in name:
        return "script"
    if suffix in TEXT:
        if TEXT[suffix] != "none" and (APART.search(path) or MESSAGES.match(name)):
            return "docs"
        if name.endswith(".min.json") or name in ("tsconfig.json", "jsconfig.json"):
            return "docs"
        if suffix == ".xml" and SCREENS.search(path):
            return "docs"
        return TEXT[suffix]
    return None
