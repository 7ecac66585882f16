"""Spoken: whether a program says anything outside its comments that a rule of a single literal could find.

It answers yes where it is not sure. The parser has read the text, its tree is not yet reduced: most files of an
ordinary tree in which a literal stands need no more than this.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

from ast_grep_py import SgNode

from banjia.scan.library import libraries
from banjia.scan.prefilter import PROGRAMS, of_all
from banjia.scan.rule import Rule
from banjia.scan.signs import LOOSE_MODEL
from banjia.scan.syntax.grammar import GRAMMARS
from banjia.scan.syntax.node import HOLE

BROUGHT = re.compile(r"\n(?:from|import) +([\w.]+)")
WORD = re.compile(r"[\w.:\-]+")
MODEL = re.compile(r"[\w.:/@+\-]+")
HOST = re.compile(r"[\w.\-]+")
PATH = re.compile(r"[^\s\"'`<>|()\[\],;]+")
HOLES = re.compile(r"[$#]?\{[^{}]*\}|%[sdr]|\$\w+")
BREAKS = re.compile(r"[.:/@\-]|$")
WIDTH = re.compile(r"(?<!\w)(?<!\d\.)(?:1536|3072)(?!\w)(?!\.\d)")
AROUND = 120  # longer than any name a rule looks for
JOINED = re.compile(r"[\"'`]\s*(?:[+.&<]|[rbfuRBFU]{0,2}[\"'`])")  # what follows a text that goes on
JOINS = re.compile(r"[+.&<\"'`]\s*[rbfuRBFU]{0,2}[\"'`]$")  # what stands before one
LOOSE = re.compile(rf"[\"'`](?:{LOOSE_MODEL.pattern.strip('^$')})[\"'`]")
FILLED = frozenset("{}$%#\\")  # beside a name: what stands here is put together with something else


def imports(text: str, language: str) -> bool:
    """Whether a line of Python begins with the import of a library that a rule knows: then there is no doubt."""
    if language != "python":
        return False
    known = libraries(language)
    first = BROUGHT.match("\n" + text[:AROUND])
    return (first is not None and known.of_module(first[1]) is not None) or any(
        known.of_module(found[1]) is not None for found in BROUGHT.finditer(text)
    )


def hears(text: str, language: str) -> bool:
    """Whether any rule might find something here if comments were code too: it needs no parser."""
    words = of_all().words(text.encode("utf-8", "replace"))
    return _tells(text, words, words, language)


def speaks(root: SgNode, text: str, language: str) -> bool:
    """Whether any rule might find something in this program."""
    prefilter = of_all()
    whole = prefilter.words(text.encode("utf-8", "replace"))
    code = uncommented(root, text, language)
    said = prefilter.words(code.encode("utf-8", "replace")) if code is not text else whole
    return _tells(code, whole, said, language)


def _tells(code: str, whole: frozenset[str], said: frozenset[str], language: str) -> bool:
    """`whole`: the literals of the file; `said`: those in its code."""
    prefilter = of_all()
    if LOOSE.search(code):
        return True
    lowered = code.lower()
    mine = PROGRAMS.get(language)
    for rule, groups in prefilter.groups:
        if rule.match == "sdk" and mine is not None and not mine.intersection(rule.languages):
            continue
        if rule.sdk is not None and any(name in code for name in rule.sdk.globals):
            return True
        # What stands near a key says whose it is, and may well be a comment.
        heard = whole if rule.match == "key" else said
        words = {word for group in groups if group <= whole for word in group & heard}
        if words and might(rule, words, code, lowered):
            return True
    return False


def uncommented(root: SgNode, text: str, language: str) -> str:
    """The text without comments and, in Python, without strings that stand alone."""
    kinds = [kind for kind, (what, *_) in GRAMMARS[language].table.items() if what == "doc"]
    spans: list[tuple[int, int]] = []
    for kind in kinds:
        spans.extend(_spans(root.find_all(kind=kind)))
    if language == "python":
        alone = root.find_all(kind="expression_statement", has={"kind": "string"})
        spans.extend(_spans(node for node in alone if _is_string(node)))
    if not spans:
        return text
    spans.sort()
    parts, place = [], 0
    for start, stop in spans:
        if start >= place:
            parts.append(text[place:start])
        place = max(place, stop)
    parts.append(text[place:])
    return "\n".join(parts)


def _spans(nodes: Iterable[SgNode]) -> Iterator[tuple[int, int]]:
    for node in nodes:
        found = node.range()
        yield found.start.index, found.end.index


def _is_string(node: SgNode) -> bool:
    kids = node.children()
    return len(kids) == 1 and kids[0].kind() == "string"


def might(rule: Rule, words: set[str], code: str, lowered: str) -> bool:
    """Whether a rule that has these literals in a program could find anything by them."""
    pattern = rule.pattern
    match rule.match:
        case "width":
            return WIDTH.search(code) is not None
        case "key" if pattern is not None:
            return pattern.search(code) is not None
        case "env" if pattern is not None:
            return _any(words, code, lowered, WORD, lambda name: _is_setting(pattern, name))
        case "model" if pattern is not None:
            return _any(words, code, lowered, MODEL, lambda name: _is_model(pattern, name))
        case "host" if pattern is not None:
            return _any(words, code, lowered, HOST, lambda name: _is_host(pattern, name))
        case "path" if pattern is not None:
            return _any(words, code, lowered, PATH, lambda name: _is_path(pattern, name))
        case "sdk" if rule.languages == ("python",):
            return _is_imported(rule, words, code)
        case _:
            return True


def _any(
    words: set[str], code: str, lowered: str, run: re.Pattern[str], fits: Callable[[str], bool | re.Match[str] | None]
) -> bool:
    """Whether a run of signs around one of the literals fits, or is only a part of what is said there."""
    if len(lowered) != len(code):
        return True  # a letter that is longer in lower case: the places are not the same
    seen: set[str] = set()
    for word in words:
        if run.fullmatch(word) is None:
            return True
        place = lowered.find(word)
        while place >= 0:
            start = place
            while start > 0 and place - start < AROUND and run.match(code[start - 1]):
                start -= 1
            found = run.match(code, start)
            stop = found.end() if found else place + len(word)
            name = code[start:stop]
            if name not in seen:
                seen.add(name)
                filled = run is not PATH and (code[start - 1 : start] in FILLED or code[stop : stop + 1] in FILLED)
                joined = JOINED.match(code, stop) or JOINS.search(code[max(0, start - 40) : start])
                if filled or joined or len(name) > 2 * AROUND or fits(name):
                    return True
            place = lowered.find(word, max(stop, place + 1))
    return False


def _is_setting(pattern: re.Pattern[str], name: str) -> bool:
    return any(pattern.search(name[: cut.start()]) for cut in BREAKS.finditer(name))


def _is_model(pattern: re.Pattern[str], name: str) -> bool:
    starts = [0, *(cut.end() for cut in BREAKS.finditer(name))]
    stops = [cut.start() for cut in BREAKS.finditer(name)]
    parts = (name[start:stop] for start in starts for stop in stops if start < stop)
    return any(pattern.match(part) or LOOSE_MODEL.match(part) for part in parts)


def _is_host(pattern: re.Pattern[str], name: str) -> bool:
    if name[0] in ".-" or name[-1] in ".-":
        return True  # put together with something else
    return "." in name and pattern.search(name.lower()) is not None


def _is_path(pattern: re.Pattern[str], name: str) -> bool:
    words = HOLES.sub(HOLE, name)
    if words[-1] in ("/", HOLE) or FILLED.intersection(words):
        return True  # put together with something else
    return any(pattern.search(part) for part in (words, words.split("?")[0]))


def _is_imported(rule: Rule, words: set[str], code: str) -> bool:
    """Of a library for Python: whether a line imports it, or a text names it, or a literal of another kind stands."""
    assert rule.sdk is not None
    modules = [module.rstrip("*") for module in rule.sdk.modules]
    parts = {part.lower() for module in modules for part in (module, *module.split("."))}
    if rule.sdk.globals or not words <= parts:
        return True
    return any(_is_brought(first, code) for first in {module.split(".")[0] for module in modules})


def _is_brought(first: str, code: str) -> bool:
    """Whether a line imports a library of this name, or a text is its name: only lines that hold it are looked at."""
    pattern = _imports(first)
    place = code.find(first)
    while place >= 0:
        start, stop = code.rfind("\n", 0, place) + 1, code.find("\n", place)
        stop = stop if stop >= 0 else len(code)
        if pattern.search(code, start, stop):
            return True
        place = code.find(first, stop)
    return False


@functools.cache
def _imports(first: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:from|import)\b[^\n]*\b{re.escape(first)}|[\"']{re.escape(first)}[\w.]*[\"']")
