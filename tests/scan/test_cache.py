"""What has not changed is neither read nor parsed; what has changed is never missed."""

import os
from pathlib import Path

import pytest

from banjia.scan import scan as module
from banjia.scan.cache import COARSE, Cache
from banjia.scan.scan import scan

USE = "import openai\n"
NONE = "import nobody\n"
LONG_AGO = 1_500_000_000_000_000_000


@pytest.fixture
def read(monkeypatch):
    """The files that a scan opens."""
    opened = []
    whole = module.content

    def content(place):
        opened.append(Path(place).name)
        return whole(place)

    monkeypatch.setattr(module, "content", content)
    return opened


def settle(cache):
    """As if the cache had been written long after the files: a file's own change of inode cannot be set back."""
    for file in cache.folder.glob("*.tree"):
        packed = module_packed().decode(file.read_bytes())
        packed.started += 10 * COARSE
        file.write_bytes(module_packer().encode(packed))


def module_packed():
    from banjia.scan.cache import _UNPACK

    return _UNPACK


def module_packer():
    from banjia.scan.cache import _PACK

    return _PACK


@pytest.fixture
def tree(tmp_path):
    place = tmp_path / "tree"
    place.mkdir()
    (place / "a.py").write_text(USE)
    (place / "b.py").write_text("x = 1\n")
    return place


def test_a_file_that_changed_just_now_is_read_again(tree, tmp_path, read):
    cache = Cache(tmp_path / "cache")
    scan(tree, cache=cache)
    read.clear()
    scan(tree, cache=cache)
    assert {"a.py", "b.py"} == set(read)


def test_a_tree_that_has_rested_is_not_read_at_all(tree, tmp_path, read):
    cache = Cache(tmp_path / "cache")
    first = scan(tree, cache=cache).to_json()
    settle(cache)
    read.clear()
    assert first == scan(tree, cache=cache).to_json()
    assert [] == read


def test_another_content_of_the_same_length_with_its_time_set_back_is_seen(tree, tmp_path):
    cache = Cache(tmp_path / "cache")
    os.utime(tree / "a.py", ns=(LONG_AGO, LONG_AGO))
    scan(tree, cache=cache)
    settle(cache)
    (tree / "a.py").write_text(NONE)
    os.utime(tree / "a.py", ns=(LONG_AGO, LONG_AGO))
    assert len(USE) == len(NONE)
    assert () == scan(tree, cache=cache).findings


def test_a_file_that_was_only_touched_is_not_parsed_again(tree, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache")
    before = scan(tree, cache=cache).to_json()
    os.utime(tree / "a.py")
    monkeypatch.setattr("banjia.scan.file.scan_file", lambda *_: pytest.fail("parsed again"))
    assert before == scan(tree, cache=cache).to_json()


def test_a_removed_file_is_forgotten(tree, tmp_path):
    cache = Cache(tmp_path / "cache")
    scan(tree, cache=cache)
    settle(cache)
    (tree / "a.py").unlink()
    assert () == scan(tree, cache=cache).findings
    assert "a.py" not in cache.open(tree).before


def test_a_cache_that_is_none_only_costs_time(tree, tmp_path):
    cache = Cache(tmp_path / "cache")
    scan(tree, cache=cache)
    for file in cache.folder.iterdir():
        file.write_bytes(b"\xff" * 20)
    assert ["a.py"] == [finding.path for finding in scan(tree, cache=cache).findings]


def test_a_cache_of_other_rules_is_not_believed(tree, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache")
    scan(tree, cache=cache)
    monkeypatch.setattr("banjia.scan.cache.rules_hash", lambda: "other")
    assert {} == cache.open(tree).before


def test_a_folder_that_cannot_be_written_is_no_error(tree, tmp_path):
    (tmp_path / "file").write_text("")
    assert 1 == len(scan(tree, cache=Cache(tmp_path / "file" / "below")).findings)


def test_no_text_and_no_key_stands_in_the_cache(tmp_path):
    key = "sk-" + "Zq3Wm8Rt5Yp2Ls7Kd9Fh4Gj6" * 2
    place = tmp_path / "tree"
    place.mkdir()
    (place / "a.py").write_text(f'import openai\nopenai.api_key = "{key}"\n')
    cache = Cache(tmp_path / "cache")
    assert "secret" in {finding.kind for finding in scan(place, cache=cache).findings}
    assert all(key.encode() not in file.read_bytes() for file in cache.folder.iterdir())
