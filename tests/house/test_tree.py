"""The house keeps its own rules."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")
FORBIDDEN = re.compile(r"/(?:work|root|home/\w+)/|(?<!no-emit-)index-url|\"resolved\": \"http|source = \{ registry")


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_a_file_holds_one_noun_and_is_finished(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert not UNFINISHED.search(text)
    assert path.stem not in {"utils", "util", "common", "misc", "helpers"}


def test_no_file_carries_a_machine_path_or_a_registry_address():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".sh", ""}
            and path.is_file()
            and path != Path(__file__)
        ):
            found = FORBIDDEN.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{name}: {found.group() if found else ''}"


def test_no_two_test_files_share_a_name():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)
