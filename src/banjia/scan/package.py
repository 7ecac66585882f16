"""Package URL (purl) of a library that a manifest declares: the manifest's name tells the registry."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import quote

TYPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"package\.json|deno\.jsonc?|import_map\.json"), "npm"),
    (re.compile(r"go\.mod"), "golang"),
    (re.compile(r"pom\.xml|.*\.gradle(?:\.kts)?|.*\.versions\.toml"), "maven"),
    (re.compile(r".*\.(?:cs|fs|vb)proj|.*packages\.props|packages\.config"), "nuget"),
    (re.compile(r"composer\.json"), "composer"),
    (re.compile(r"gemfile|.*\.gemspec"), "gem"),
    (re.compile(r"cargo\.toml"), "cargo"),
    (re.compile(r"pyproject\.toml|pipfile|uv\.toml|setup\.(?:cfg|py)|.*\.(?:txt|in)|.*\.ipynb"), "pypi"),
)


def package_url(manifest: str, name: str) -> str:
    """Empty where the registry cannot be told: an install command in a script."""
    file = PurePosixPath(manifest).name.lower()
    kind = next((kind for pattern, kind in TYPES if pattern.fullmatch(file)), "")
    if not kind:
        return ""
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    parts = name.replace(":", "/").split("/") if kind == "maven" else name.split("/")
    return f"pkg:{kind}/" + "/".join(quote(part, safe="") for part in parts if part)
