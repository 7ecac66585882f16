"""A file is written whole or not at all."""

import os
import stat

import pytest

from banjia.store.whole import write_whole


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_it_keeps_the_permissions_of_the_file_that_is_there(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"before")
    file.chmod(0o640)
    write_whole(file, b"after")
    assert (b"after", 0o640) == (file.read_bytes(), mode(file))


def test_a_secret_is_for_its_owner_alone_also_where_it_was_open_before(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"before")
    file.chmod(0o644)
    write_whole(file, b"after", mode=0o600)
    write_whole(tmp_path / "b", b"new", mode=0o600)
    assert [0o600, 0o600] == [mode(file), mode(tmp_path / "b")]


def test_a_link_leads_where_it_led(tmp_path):
    (tmp_path / "far").mkdir()
    file, link = tmp_path / "far" / "a", tmp_path / "link"
    file.write_bytes(b"before")
    link.symlink_to(file)
    write_whole(link, b"after")
    assert link.is_symlink()
    assert b"after" == file.read_bytes()


def test_what_fails_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "a"
    file.write_bytes(b"before")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"after")
    assert [("a", b"before")] == [(f.name, f.read_bytes()) for f in tmp_path.iterdir()]
