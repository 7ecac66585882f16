"""Manifests: which lines of a dependency file declare an AI library."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from banjia.scan.formats import jsontext, lines, markup, yamltext
from banjia.scan.language import CONDA, REQUIREMENTS, is_manifest
from banjia.scan.rule import Rule, rules
from banjia.scan.value import provider_of


@dataclass(frozen=True, slots=True)
class Declared:
    ecosystem: str
    name: str
    line: int
    end: int = 0


REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._\-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@(\s].*)?$")
INSTALL = re.compile(
    r"(?:pip3?|uv pip|conda|mamba|uv|poetry|npm|pnpm|yarn|bun|gem|go|cargo|composer|dotnet)"
    r"\s+(?:install|add|i|get|require|add package)\s+(.+)"
)
# `implementation(libs.google.generativeai)`, by the name that the version catalogue gives.
CATALOGUED = re.compile(r"\blibs\.(?!versions\.|plugins\.|bundles\.)([A-Za-z][\w.]*)")
TABLES = re.compile(
    r"(?:^|\.)(?:dependencies|dev-dependencies|build-dependencies|dev_dependencies|packages|dev-packages|optional-dependencies\..*|project\.dependencies|dependency-groups\..*|workspace\.dependencies|constraint-dependencies|requires|dependencies\..*)$"
)


def declared(path: str, text: str) -> Iterator[tuple[Declared, Rule, str]]:
    """Each declaration of a known library, its rule and provider."""
    reader = (_reader(PurePosixPath(path).name.lower()) or _requirements) if is_manifest(path) else None
    if reader is None:
        return
    for item in reader(text):
        yield from known(item)


def known(item: Declared) -> Iterator[tuple[Declared, Rule, str]]:
    rule = _packages().get((item.ecosystem, normal(item.ecosystem, item.name))) or _prefixed(item)
    if rule is not None:
        yield item, rule, provider_of(rule, item.name)


def installed(command: str, line: int) -> Iterator[tuple[Declared, Rule, str]]:
    """`pip install openai`, `npm i openai` in a shell line."""
    for found in INSTALL.finditer(command):
        tool = found[0].split()[0]
        ecosystem = {
            "npm": "npm",
            "pnpm": "npm",
            "yarn": "npm",
            "bun": "npm",
            "gem": "gem",
            "go": "go",
            "cargo": "cargo",
            "composer": "composer",
            "dotnet": "nuget",
        }.get(tool, "pypi")
        for word in re.split(r"[\s&;|]+", found[1]):
            if word and not word.startswith(("-", "#")):
                name = re.split(r"[<>=!~\[;]|(?<=.)@", word.strip("\"'"))[0]
                yield from known(Declared(ecosystem, name, line))


def normal(ecosystem: str, name: str) -> str:
    if ecosystem == "pypi":
        return re.sub(r"[-_.]+", "-", name).lower()
    return re.sub(r"/v\d+$", "", name.lower()) if ecosystem == "go" else name.lower()


@functools.cache
def _packages() -> dict[tuple[str, str], Rule]:
    return {
        (ecosystem, normal(ecosystem, name)): rule
        for rule in rules().of("sdk")
        for ecosystem, name in rule.packages
        if not name.endswith("*")
    }


@functools.cache
def _prefixes() -> tuple[tuple[str, str, Rule], ...]:
    found = [
        (ecosystem, name.rstrip("*").lower(), rule)
        for rule in rules().of("sdk")
        for ecosystem, name in rule.packages
        if name.endswith("*")
    ]
    return tuple(sorted(found, key=lambda entry: -len(entry[1])))


def _prefixed(item: Declared) -> Rule | None:
    name = normal(item.ecosystem, item.name)
    return next(
        (rule for ecosystem, prefix, rule in _prefixes() if ecosystem == item.ecosystem and name.startswith(prefix)),
        None,
    )


def _requirements(text: str) -> Iterator[Declared]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(" #")[0].strip()
        if words and not words.startswith(("#", "-")) and (found := REQUIREMENT.match(words.rstrip("\\"))):
            yield Declared("pypi", found[1], number)


def _pyproject(text: str) -> Iterator[Declared]:
    for entry in lines.toml(text):
        if entry.keys[-1] == "":
            if TABLES.search(".".join(entry.keys[:-1])) and (found := REQUIREMENT.match(entry.value)):
                yield Declared("pypi", found[1], entry.line)
        elif TABLES.search(".".join(entry.keys[:-1])) and "optional-dependencies" not in entry.keys[-2:-1]:
            yield Declared("pypi", entry.key, entry.line)


def _cargo(text: str) -> Iterator[Declared]:
    seen: set[int] = set()
    for entry in lines.toml(text):
        if TABLES.search(".".join(entry.keys[:-1])) and entry.line not in seen:
            seen.add(entry.line)
            names = [
                key
                for key in entry.keys
                if key not in ("workspace", "dependencies", "dev-dependencies", "build-dependencies", "version")
            ]
            yield Declared("cargo", names[0] if names else entry.key, entry.line)


def _setup_cfg(text: str) -> Iterator[Declared]:
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"^\[", line):
            inside = "extras_require" in line
        elif re.match(r"^\s*(?:install_requires|setup_requires|tests_require)\s*=", line):
            inside = True
            line = line.split("=", 1)[1]
        elif inside and re.match(r"^\w[\w.\-]*\s*=", line):
            line = line.split("=", 1)[1]
        if inside and (found := REQUIREMENT.match(line.strip())):
            yield Declared("pypi", found[1], number)


def _setup_py(text: str) -> Iterator[Declared]:
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if depth == 0 and not re.search(
            r"(?i)(?:install_|setup_|tests_|extras_)requires?|requirements|packages\s*=\s*\[|deps|dependencies|extras",
            line,
        ):
            continue
        bare = re.sub(r"#.*$", "", line)
        for item in re.findall(r"""["']([^"']+)["']""", bare):
            if found := REQUIREMENT.match(item):
                yield Declared("pypi", found[1], number)
        plain = re.sub(r"""["'][^"']*["']""", "", bare)
        depth = max(0, depth + sum(plain.count(mark) for mark in "[{") - sum(plain.count(mark) for mark in "]}"))


def _environment(text: str) -> Iterator[Declared]:
    for entry in yamltext.entries(text):
        if "dependencies" in entry.keys and (found := re.match(r"^([A-Za-z0-9][\w.\-]*)", entry.value)):
            yield Declared("pypi", found[1], entry.line)
        elif "dependencies" in entry.keys and entry.key and entry.key not in ("dependencies", "pip", ""):
            yield Declared("pypi", entry.key, entry.line)


def _package_json(text: str) -> Iterator[Declared]:
    for entry in jsontext.entries(text):
        if len(entry.keys) == 2 and entry.keys[0] in (
            "dependencies",
            "devDependencies",
            "peerDependencies",
            "optionalDependencies",
            "imports",
            "catalog",
        ):
            yield Declared(
                "npm",
                entry.key if entry.keys[0] != "imports" else entry.value.removeprefix("npm:").rsplit("@", 1)[0],
                entry.line,
            )


def _go_mod(text: str) -> Iterator[Declared]:
    for number, line in enumerate(text.splitlines(), 1):
        if (found := re.match(r"^\s*(?:require\s+)?([\w.\-]+\.[\w.\-/]+)\s+v\S+", line)) and not line.rstrip().endswith(
            "// indirect"
        ):
            yield Declared("go", found[1], number)


def _pom(text: str) -> Iterator[Declared]:
    group = ""
    artifact: tuple[str, int] | None = None
    excluded = False
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"<(?:dependency|parent|plugin)>", line):
            group, artifact = "", None
        if "<exclusions>" in line:
            excluded = True
        if "</exclusions>" in line:
            excluded = False
        if excluded:
            continue
        if found := re.search(r"<groupId>\s*([^<\s]+)", line):
            group = found[1]
        if found := re.search(r"<artifactId>\s*([^<\s]+)", line):
            artifact = (found[1], number)
        if "</dependency>" in line and artifact:
            yield Declared("maven", f"{group}:{artifact[0]}", artifact[1])


def _gradle(text: str) -> Iterator[Declared]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("//", "*")):
            continue
        for found in re.finditer(r"""["']([\w.\-]+:[\w.\-]+)(?::[^"']*)?["']""", line):
            yield Declared("maven", found[1], number)
        for found in CATALOGUED.finditer(line):
            yield Declared("alias", found[1], number)
        if named := re.search(r"""group\s*[:=]\s*["']([^"']+)["'].*?name\s*[:=]\s*["']([^"']+)["']""", line):
            yield Declared("maven", f"{named[1]}:{named[2]}", number)
        if module := re.search(r"""module\s*=\s*["']([\w.\-]+:[\w.\-]+)["']""", line):
            yield Declared("maven", module[1], number)


def _csproj(text: str) -> Iterator[Declared]:
    for entry in markup.entries(text):
        if (
            entry.keys[-2:-1]
            and entry.keys[-2] in ("PackageReference", "PackageVersion", "package", "GlobalPackageReference")
            and entry.key in ("@Include", "@id", "@Update")
        ):
            yield Declared("nuget", entry.value, entry.line)


def _composer(text: str) -> Iterator[Declared]:
    for entry in jsontext.entries(text):
        if len(entry.keys) == 2 and entry.keys[0] in ("require", "require-dev"):
            yield Declared("composer", entry.key, entry.line)


def _gemfile(text: str) -> Iterator[Declared]:
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(
            r"""^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[\s(]+["']([^"']+)["']""", line
        ):
            yield Declared("gem", found[1], number)


def _reader(name: str) -> Callable[[str], Iterator[Declared]] | None:
    if name in READERS:
        return READERS[name]
    if REQUIREMENTS.fullmatch(name):
        return _requirements
    if CONDA.fullmatch(name):
        return _environment
    if name.endswith((".csproj", ".fsproj", ".vbproj", "packages.props")) or name == "packages.config":
        return _csproj
    if name.endswith((".gradle", ".gradle.kts", ".versions.toml")):
        return _gradle
    if name.endswith(".gemspec"):
        return _gemfile
    return None


READERS: dict[str, Callable[[str], Iterator[Declared]]] = {
    "pyproject.toml": _pyproject,
    "pipfile": _pyproject,
    "uv.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "package.json": _package_json,
    "deno.json": _package_json,
    "deno.jsonc": _package_json,
    "import_map.json": _package_json,
    "go.mod": _go_mod,
    "pom.xml": _pom,
    "composer.json": _composer,
    "gemfile": _gemfile,
    "cargo.toml": _cargo,
}
