"""Compilers: what the language's own tools say of a tree; only what they say after a move and not before counts."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 300
PLACE = re.compile(r"(?<=[\w)])[:(]\d+(?:[:,]\d+)?\)?:?")
SAID = re.compile(r"error|Error|undefined|cannot|fatal", re.ASCII)


@dataclass(frozen=True, slots=True)
class Compiler:
    """One tool: which files it reads, one at a time or the whole tree, and where it is found."""

    name: str
    suffixes: frozenset[str]
    command: Callable[[Path, Path], Sequence[str] | None]  # tree, file -> words
    whole: bool = False


def complaints(tree: Path, paths: Iterable[str]) -> dict[str, Counter[str]]:
    """What each tool that fits and is installed says, without places: a line moves, its fault stays the same."""
    files = [tree / p for p in paths]
    found: dict[str, Counter[str]] = {}
    for compiler in COMPILERS:
        fit = [f for f in files if f.suffix in compiler.suffixes and f.is_file()]
        for file in fit[:1] if compiler.whole else fit:
            words = compiler.command(tree, file)
            if words is not None:
                found.setdefault(compiler.name, Counter()).update(_said(words, tree))
    return found


def command(tree: Path, words: Sequence[str]) -> Counter[str]:
    """What a checker of the project's own says."""
    return _said(words, tree)


def _said(words: Sequence[str], tree: Path) -> Counter[str]:
    try:
        done = subprocess.run(  # noqa: S603 - the project's own compiler
            list(words), cwd=tree, capture_output=True, text=True, errors="replace", check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Counter({f"{words[0]}: {type(error).__name__}": 1})
    if done.returncode == 0:
        return Counter()
    text = (done.stdout + done.stderr).replace(str(tree.resolve()), "").replace(str(tree), "")
    lines = [PLACE.sub(":", line.strip()) for line in text.splitlines() if SAID.search(line)]
    return Counter(lines or [f"exit {done.returncode}"])


def _tsc(tree: Path, _: Path) -> Sequence[str] | None:
    own = tree / "node_modules" / ".bin" / "tsc"
    program = str(own) if own.exists() else shutil.which("tsc")
    if program is None or not (tree / "tsconfig.json").is_file():
        return None
    return [program, "--noEmit", "--pretty", "false", "-p", str(tree)]


def _with(*words: str) -> Callable[[Path, Path], Sequence[str] | None]:
    return lambda _, file: [*words, str(file)] if shutil.which(words[0]) else None


def _go(tree: Path, _: Path) -> Sequence[str] | None:
    return ["go", "vet", "./..."] if shutil.which("go") and (tree / "go.mod").is_file() else None


def _dotnet(tree: Path, _: Path) -> Sequence[str] | None:
    return (
        ["dotnet", "build", "--nologo", "--no-restore"]
        if shutil.which("dotnet") and any(tree.glob("*.*proj"))
        else None
    )


COMPILERS = (
    Compiler("node --check", frozenset({".js", ".mjs", ".cjs"}), _with("node", "--check")),
    Compiler("tsc --noEmit", frozenset({".ts", ".tsx", ".mts", ".cts"}), _tsc, whole=True),
    Compiler("go vet", frozenset({".go"}), _go, whole=True),
    Compiler(
        "javac",
        frozenset({".java"}),
        _with("javac", "-proc:none", "-Xmaxerrs", "1000", "-XDshould-stop.ifNoError=FLOW"),
    ),
    Compiler("dotnet build", frozenset({".cs"}), _dotnet, whole=True),
    Compiler("php -l", frozenset({".php"}), _with("php", "-l")),
    Compiler("ruby -c", frozenset({".rb"}), _with("ruby", "-c")),
    Compiler("bash -n", frozenset({".sh", ".bash"}), _with("bash", "-n")),
)
