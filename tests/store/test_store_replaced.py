"""A file that is removed or replaced under an open store is noticed before anything written into it counts."""

from __future__ import annotations

import shutil

import pytest

from banjia.errors import StoreError
from banjia.store.setting import Setting, get_setting, put_setting
from banjia.store.store import open_store


@pytest.fixture
def open_file(tmp_path):
    path = tmp_path / "banjia.db"
    opened = open_store(f"sqlite:///{path}")
    put_setting(opened, Setting("a", "1", "me", 1))
    yield opened, path
    opened.close()


def removed(path):
    path.unlink()


def moved(path):
    path.rename(path.with_name("elsewhere.db"))


def replaced(path):
    shutil.copy(path, path.with_name("copy.db"))
    path.with_name("copy.db").replace(path)


@pytest.mark.parametrize("gone", [removed, moved, replaced])
def test_neither_writing_nor_reading_goes_on_and_the_remedy_is_said(open_file, gone):
    opened, path = open_file
    gone(path)
    with pytest.raises(StoreError, match=r"removed or replaced.*put the file back"):
        put_setting(opened, Setting("a", "2", "me", 1))
    with pytest.raises(StoreError, match="removed or replaced"):
        get_setting(opened, "a")


def test_what_was_being_written_when_the_file_went_away_does_not_count(open_file):
    opened, path = open_file
    with pytest.raises(StoreError, match="removed or replaced"), opened.transaction() as tx:
        tx.run("INSERT INTO meta VALUES (?, ?)", "b", "1")
        path.unlink()


def test_a_file_that_is_put_back_serves_again(open_file):
    opened, path = open_file
    moved(path)
    with pytest.raises(StoreError):
        opened.check()
    path.with_name("elsewhere.db").rename(path)
    opened.check()
    assert get_setting(opened, "a").value == "1"


def test_a_store_that_is_where_it_was_is_sound(store):
    store.check()
    put_setting(store, Setting("a", "1", "me", 1))
    store.check()
