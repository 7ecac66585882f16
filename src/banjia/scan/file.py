"""scan_file: every use in the text of one file, before anything is known of its tree."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

from banjia.scan import notebook
from banjia.scan.accept import is_remarked, without_reason
from banjia.scan.code import CodeReader
from banjia.scan.finding import Finding
from banjia.scan.language import is_manifest, language_of
from banjia.scan.lexicon import Lexicon, lexicon
from banjia.scan.library import libraries
from banjia.scan.literal import SQL_TEXT
from banjia.scan.manifest import declared, installed
from banjia.scan.resolve import Resolver
from banjia.scan.result import FileResult
from banjia.scan.rule import Rule, rules
from banjia.scan.said import said
from banjia.scan.settings import READERS, SettingsReader
from banjia.scan.shell import shell_line, shell_lines
from banjia.scan.spoken import hears, imports, speaks
from banjia.scan.syntax.grammar import GRAMMARS
from banjia.scan.syntax.parse import parsed, reduced
from banjia.scan.voice import named_in
from banjia.scan.walk import decoded

SCRIPT = re.compile(r"<script\b|^---\n", re.MULTILINE)
PARTS = 100  # programs of one component that are read
MAGIC = re.compile(r"^\s*[%!]")


# The parser counts from the start of the line to say where something stands: signs times length is its work.
LONG = 20_000
SIGN = re.compile(r"[^\w+/]")
WORK = 500_000_000
OWNS = re.compile(r"^[ \t]*(?:package|namespace)\s+([\w.\\]+)", re.MULTILINE)


def scan_file(path: str, text: str, language: str | None = None) -> FileResult:
    """Pure: the same path and text give the same result."""
    out = FileResult()
    kind = language or language_of(path) or "none"
    words = lexicon()
    for item, rule, provider in declared(path, text):
        row = text.splitlines()[item.line - 1]
        out.findings.append(
            said(path, item.line, "dependency", provider, rule, row, fix="none", end=item.end, symbol=item.name)
        )
    if kind in GRAMMARS:
        _code(path, text, kind, out, words)
    elif kind == "vue":
        _embedded(path, text, out, words)
    elif kind == "notebook":
        _notebook(path, text, out, words)
    elif kind == "shell":
        for number, line in shell_lines(text):
            out.findings.extend(shell_line(path, line, number, words, code=True))
    elif kind == "server":
        _server(path, text, out, words)
    elif kind == "sql":
        _sql(path, text, out, words)
    elif kind in READERS:
        settings = SettingsReader(path, text, words, _named())
        out.findings.extend(settings.read(kind))
        out.cut = settings.cut
    if kind in ("java", "kotlin", "csharp", "php") and (found := OWNS.search(text)):
        out.owns = found[1].replace("\\", ".")
    if "banjia:" in text:
        rows = text.splitlines()
        kept = [found for found in out.findings if not is_remarked(found, rows)]
        pending = [found for found in out.pending if not is_remarked(found.finding, rows)]
        out.suppressed += len(out.findings) - len(kept) + len(out.pending) - len(pending)
        out.findings, out.pending = kept, pending
        out.remarks = without_reason(rows)
    out.findings.sort(key=lambda finding: finding.order)
    spoken = {finding.rule for finding in out.findings} | {pending.finding.rule for pending in out.pending}
    out.weak = sorted(name for name in spoken if name in _weak() or name.removesuffix("-config") in _weak())
    return out


def scan_copy(
    path: str, data: bytes, mark: bytes, language: str, known: dict[tuple[object, ...], FileResult]
) -> FileResult:
    """The same as `scan_file`, but a program that was read before under another path is not read again."""
    if language not in GRAMMARS or is_manifest(path):
        return scan_file(path, decoded(data), language)
    told = (mark, language, named_in(path))
    before = known.get(told)
    if before is None:
        before = known[told] = scan_file(path, decoded(data), language)
        return before
    return before.moved(path)


@functools.cache
def _weak() -> frozenset[str]:
    return frozenset(rule.id for rule in rules().all if rule.weak)


@functools.cache
def _named() -> dict[str, Rule]:
    return {rule.id: rule for rule in rules().all}


def is_dense(text: str) -> bool:
    """Whether a line is so long and so full of signs that no person wrote it."""
    if len(text) < LONG:
        return False
    long = (line for line in text.split("\n") if len(line) >= LONG)
    return any(len(line) * len(SIGN.findall(line)) > WORK for line in long)


def _code(path: str, text: str, language: str, out: FileResult, words: Lexicon, shift: int = 0) -> None:
    if is_dense(text):
        out.cut = "broken"
        return
    try:
        sure = imports(text, language)
        if not sure and not hears(text, language):
            return
        root = parsed(text, language)
        if not sure and not speaks(root, text, language):
            return
        tree, is_whole = reduced(root, language)
        resolver = Resolver(tree, language, libraries(language))
        found = CodeReader(path, text, resolver, words, shift).read()
    except Exception:  # noqa: BLE001 - a file of a stranger must never end the walk: it is listed as skipped
        out.cut = "broken"
        return
    out.cut = out.cut or ("" if is_whole else "deep")
    out.findings.extend(found.findings)
    out.pending.extend(found.pending)
    out.exports.update(found.exports)
    out.open_urls.extend(found.open_urls)
    out.needs.extend(found.needs)


def _embedded(path: str, text: str, out: FileResult, words: Lexicon) -> None:
    for number, (start, stop) in enumerate(scripts(text)):
        if stop < 0:
            out.cut = "part"
            return
        if number == PARTS:
            out.cut = "part"
            return
        _code(path, text[start:stop], "typescript", out, words, shift=text.count("\n", 0, start))


def scripts(text: str) -> Iterator[tuple[int, int]]:
    """Where the programs of a component stand: between the marks of a script, or of what stands before a page.

    The last may be one whose end is missing: it ends before the text begins.
    """
    place = 0
    endless: set[str] = set()
    unended = -1
    while len(endless) < 2 and (found := SCRIPT.search(text, place)):
        place = found.end()
        close = "</script>" if found[0][0] == "<" else "\n---"
        if close in endless:
            continue
        start = text.find(">", place) + 1 if found[0][0] == "<" else place
        stop = text.find(close, start) if start or close == "\n---" else -1
        if stop < 0:
            endless.add(close)  # nor will a later one end
            unended = unended if close[0] != "<" else found.start()
            continue
        place = stop + len(close)
        yield start, stop
    if unended >= 0:
        yield unended, -1


def _notebook(path: str, text: str, out: FileResult, words: Lexicon) -> None:
    try:
        found = list(notebook.cells(text))
    except (ValueError, RecursionError):
        out.cut = "broken"
        return
    rows: list[str] = []
    places: list[int] = []
    for cell in found:
        if cell.kind == "output":
            for row, line in zip(cell.source.splitlines(), cell.lines, strict=False):
                if (hit := words.key(row, row.strip)) is not None:
                    provider = "openai" if hit.provider == "any" else hit.provider
                    out.findings.append(said(path, line, "secret", provider, hit.rule, "secret", fix="manual"))
            continue
        if (name := notebook.written(cell.source)) is not None:
            _written(path, name, cell, out)
            continue
        for row, line in zip(cell.source.splitlines(), cell.lines, strict=False):
            if MAGIC.match(row):
                if row.lstrip().startswith("!"):
                    out.findings.extend(shell_line(path, row.strip().lstrip("!"), line, words, code=True))
                for item, rule, provider in installed(row.strip().lstrip("%"), line) if "%" in row[:9] else ():
                    out.findings.append(
                        said(path, line, "dependency", provider, rule, row, fix="none", symbol=item.name)
                    )
                out.findings.extend(_magic_setting(path, row, line, words))
                row = "pass" if not row[:1].isspace() else row[: len(row) - len(row.lstrip())] + "pass"
            rows.append(row)
            places.append(line)
    inner = FileResult()
    _code(path, "\n".join(rows), "python", inner, words)

    def moved(finding: Finding) -> Finding:
        first = places[finding.line - 1] if finding.line <= len(places) else 1
        last = places[finding.end - 1] if finding.end <= len(places) else first
        return replace(finding, line=first, end=max(first, last))

    out.cut = out.cut or inner.cut
    out.findings.extend(moved(finding) for finding in inner.findings)
    out.pending.extend(replace(pending, finding=moved(pending.finding)) for pending in inner.pending)
    out.open_urls.extend(
        (name, places[line - 1] if line <= len(places) else 1, provider) for name, line, provider in inner.open_urls
    )


def _written(path: str, name: str, cell: notebook.Cell, out: FileResult) -> None:
    """A cell that is another file: read as that file, each finding on its line of the notebook."""
    if name.endswith(".ipynb"):
        out.cut = out.cut or "part"
        return
    body = cell.source.split("\n", 1)[1] if "\n" in cell.source else ""
    inner = scan_file(name, body)
    places = cell.lines[1:]

    def moved(finding: Finding) -> Finding:
        first, last = (places[min(at, len(places)) - 1] if places else 1 for at in (finding.line, finding.end))
        return replace(finding, path=path, line=first, end=max(first, last))

    out.findings.extend(moved(finding) for finding in inner.findings)
    out.pending.extend(replace(pending, finding=moved(pending.finding)) for pending in inner.pending)
    out.suppressed += inner.suppressed
    out.cut = out.cut or inner.cut


def _magic_setting(path: str, row: str, line: int, words: Lexicon) -> list[Finding]:
    """`%env OPENAI_API_KEY=...`"""
    found = re.match(r"^\s*%(?:set_)?env\s+([A-Z_][A-Z0-9_]*)", row)
    hit = words.env(found[1]) if found else None
    if found is None or hit is None:
        return []
    return [said(path, line, "env", hit.provider, hit.rule, row, fix="config", env=found[1])]


def _server(path: str, text: str, out: FileResult, words: Lexicon) -> None:
    for number, row in enumerate(text.splitlines(), 1):
        bare = re.sub(r"(?:^|\s)#.*$", "", row)
        if hit := words.line(bare):
            out.findings.append(said(path, number, "proxy", "relay", hit.rule, row, fix="manual"))
    if not out.findings:
        out.findings.extend(SettingsReader(path, text, words, _named()).read("properties"))


def _sql(path: str, text: str, out: FileResult, words: Lexicon) -> None:
    rule = _named()["width-openai"]
    for number, row in enumerate(text.splitlines(), 1):
        for found in SQL_TEXT.finditer(row.split("--")[0]):
            if (model := words.model(found[1])) is not None:
                out.findings.append(
                    said(path, number, "model", model.provider, model.rule, row, fix="manual", model=found[1])
                )
                break
        if re.search(r"(?i)\b(?:vector|halfvec)\s*\(\s*(?:1536|3072)\s*\)", row.split("--")[0]):
            out.findings.append(said(path, number, "embed_dim", "openai", rule, row, fix="manual", confidence=0.7))
