"""Tree: what only the whole tree can decide: objects made in another file, and signals too weak to stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from banjia.scan.finding import Finding, Kind
from banjia.scan.result import FileResult, Pending
from banjia.scan.rule import rules
from banjia.scan.words import WORDS

# What shows by itself that a tree uses a hosted model; everything else needs one of these beside it.
STRONG: frozenset[Kind] = frozenset(
    {"client", "call", "http", "import", "dependency", "env", "config", "proxy", "state", "secret"}
)


def settled(results: dict[str, FileResult], paths: Iterable[str] = ()) -> list[Finding]:
    """The findings of all files in their order. `paths`: every file of the tree, read or not."""
    own = _own(results, paths)
    exports = {path: result.exports for path, result in results.items()}
    offers = _offers(exports)
    found: list[Finding] = []
    for path in sorted(results):
        sure = [pending for pending in results[path].pending if pending.sure]
        decided = _decided(path, results[path], sure, exports)
        kept = [finding for finding in results[path].findings if not own.holds(finding)]
        found.extend(_follow(kept, sure, decided))
        found.extend(decided)
        found.extend(_spoken(path, results[path].pending, offers))
    weak = {name for result in results.values() for name in result.weak}
    if not any(_is_strong(finding, weak) for finding in found):
        found = [finding for finding in found if finding.kind == "secret"]
    found = _once(found)
    return sorted(found, key=lambda finding: finding.order)


@dataclass(frozen=True, slots=True)
class Own:
    """What the tree itself holds: names of its packages and modules, and where its Java and Kotlin classes lie."""

    names: frozenset[str]
    classes: Mapping[str, tuple[str, ...]]  # the class's name -> paths of files without their suffix
    declared: frozenset[str] = frozenset()  # rules of the libraries that manifests of the tree declare

    def holds(self, finding: Finding) -> bool:
        """Whether an import is of the tree itself."""
        symbol = finding.symbol or ""
        if finding.kind != "import" or not symbol:
            return False
        if finding.path.endswith((".cs", ".php")) and finding.rule.removesuffix("-import") in self.declared:
            return False  # methods added to a library stand in its namespace: what is installed is not the tree's own
        if finding.path.endswith((".java", ".kt", ".kts")):
            if symbol in self.names:
                return True  # all of a package of one's own
            place = symbol.replace(".", "/")
            return any(f"/{stem}".endswith(f"/{place}") for stem in self.classes.get(place.rsplit("/", 1)[-1], ()))
        return any(
            symbol == name or symbol.startswith(name + ".") or ("." in symbol and name.startswith(symbol + "."))
            for name in self.names
        )


def _own(results: dict[str, FileResult], paths: Iterable[str]) -> Own:
    names = {result.owns for result in results.values() if result.owns}
    classes: dict[str, list[str]] = {}
    for path in paths:
        if path.endswith((".java", ".kt")):
            stem = path.rpartition(".")[0]
            classes.setdefault(stem.rsplit("/", 1)[-1], []).append(stem)
        elif path.endswith(".py"):
            folder, _, name = path.rpartition("/")
            parts = folder.split("/") if folder else []
            if parts and parts[0] in ("src", "lib", "python", "app", "backend"):
                parts = parts[1:]
            names.add(parts[0] if parts else name.removesuffix(".py"))
    names -= {"", "tests", "test", "examples", "docs"}
    declared = {
        finding.rule.removesuffix("-dependency")
        for result in results.values()
        for finding in result.findings
        if finding.kind == "dependency"
    }
    return Own(frozenset(names), {name: tuple(stems) for name, stems in classes.items()}, frozenset(declared))


# Models that run on one's own machines are cut into tokens by the same libraries.
TOKENS = re.compile(r"(?:tiktoken|tokenizer|jtokkit)-dependency$")


def _is_strong(finding: Finding, weak: set[str]) -> bool:
    if finding.kind == "dependency" and TOKENS.search(finding.rule):
        return False
    return finding.kind in STRONG and finding.rule not in weak and finding.confidence >= 0.7


Offered = dict[str, tuple[str, str, str]]


def _decided(path: str, result: FileResult, sure: list[Pending], exports: dict[str, Offered]) -> list[Finding]:
    decided: list[Finding] = []
    for pending in sure:
        receiver, _, _shape = pending.name.partition("\t")
        modules = [pending.module] if pending.module else result.needs
        provider = _made_elsewhere(path, modules, receiver, exports)
        decided.append(replace(pending.finding, provider=provider or pending.finding.provider))
    return decided


def _offers(exports: dict[str, Offered]) -> dict[str, list[tuple[str, tuple[str, str, str]]]]:
    """What is bound to each name, with the file that binds it."""
    offers: dict[str, list[tuple[str, tuple[str, str, str]]]] = {}
    for path in sorted(exports):
        for name, offered in exports[path].items():
            offers.setdefault(name, []).append((path, offered))
    return offers


def _spoken(
    path: str, pending: list[Pending], offers: dict[str, list[tuple[str, tuple[str, str, str]]]]
) -> Iterator[Finding]:
    """Calls of objects that other files make, where their library has such a call."""
    for one in pending:
        receiver, _, rest = one.name.partition("\t")
        if one.sure or receiver not in offers:
            continue
        tail = (one.module or "").strip("./").replace(".", "/").split("/")[-1]
        for other, (rule_id, made, provider) in offers[receiver]:
            folder = other.split("/")[-2:-1]
            packaged = _stem(other) in ("__init__", "index", "mod") and folder == [tail]
            rule = rules().named(rule_id) if other != path and (_stem(other) == tail or packaged) else None
            if rule is None or rule.sdk is None:
                continue
            whole = f"{made}.{rest}"
            kind: Kind | None = None
            if rule.sdk.state is not None and rule.sdk.state.search(whole):
                kind = "state"
            elif rule.sdk.call is not None and rule.sdk.call.search(whole):
                kind = "call"
            if kind is not None:
                text = WORDS[kind].format(what=rule.text)
                yield replace(
                    one.finding, kind=kind, provider=provider, rule=rule.id_of(kind), fix=rule.fix_of(kind), text=text
                )
                break


def _follow(kept: list[Finding], pending: list[Pending], decided: list[Finding]) -> list[Finding]:
    """Calls go where the one client of their file goes, when another file holds its address."""
    clients = [
        (before.finding.provider, after.provider)
        for before, after in zip(pending, decided, strict=True)
        if after.kind == "client"
    ]
    if len(set(clients)) != 1 or any(finding.kind == "client" for finding in kept):
        return kept
    ((old, new),) = set(clients)
    return [
        replace(finding, provider=new) if finding.kind in ("call", "state") and finding.provider == old else finding
        for finding in kept
    ]


def _made_elsewhere(path: str, modules: Iterable[str], receiver: str, exports: dict[str, Offered]) -> str | None:
    """The provider of an object that another file binds: one that is imported, one of the folder, one of the tree."""
    parts = [part for part in receiver.replace("self.", "").split(".") if part][:2]
    names = [name for part in parts for name in (part, f"{part}()")]  # bound to it, or a function that gives it
    tails = {module.strip("./").replace(".", "/").split("/")[-1] for module in modules}
    folder = path.rpartition("/")[0]

    def agreed(chosen: Iterable[str]) -> str | None:
        found = {exports[other][name][2] for other in chosen for name in names if name in exports[other]}
        return found.pop() if len(found) == 1 else None

    others = [other for other in exports if other != path and exports[other]]
    imported = [other for other in others if _stem(other) in tails]
    packages = [
        other
        for other in others
        if _stem(other) in ("__init__", "index", "mod") and other.split("/")[-2:-1] and other.split("/")[-2] in tails
    ]
    beside = [other for other in others if other.rpartition("/")[0] == folder]
    return agreed(imported) or agreed(packages) or agreed(beside) or agreed(others)


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].split(".", maxsplit=1)[0]


def _once(found: list[Finding]) -> list[Finding]:
    """One finding a place and kind: the narrower provider stays."""
    best: dict[tuple[str, int, str], Finding] = {}
    kept: list[Finding] = []
    for finding in found:
        key = (finding.path, finding.line, finding.kind)
        other = best.get(key)
        if other is not None and finding.provider in (other.provider, "any"):
            continue
        if other is not None and other.provider == "any":
            kept.remove(other)
        best[key] = finding
        kept.append(finding)
    return kept
