"""Keys are made once, readable by their owner alone, and never made again."""

import pytest

from banjia.errors import StoreError
from banjia.store.keys import Keys


def test_a_key_is_created_for_its_owner_alone(tmp_path):
    keys = Keys(tmp_path / "keys")
    keys.create("a.key", b"secret")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "a.key").stat().st_mode & 0o777 == 0o600
    assert keys.read("a.key") == b"secret"
    assert ["a.key"] == [p.name for p in (tmp_path / "keys").iterdir()]


def test_a_key_is_never_overwritten(tmp_path):
    keys = Keys(tmp_path)
    keys.create("a.key", b"first")
    with pytest.raises(StoreError, match="never overwritten"):
        keys.create("a.key", b"second")
    assert keys.read("a.key") == b"first"


def test_a_random_key_is_made_once(tmp_path):
    keys = Keys(tmp_path)
    first = keys.create_random("a.key")
    assert len(first) == 32
    assert keys.create_random("a.key") == first


def test_a_missing_key_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(StoreError, match=r"missing.*restore the keys directory"):
        Keys(tmp_path).read("a.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path, mode):
    keys = Keys(tmp_path)
    keys.create("a.key", b"secret")
    (tmp_path / "a.key").chmod(mode)
    with pytest.raises(StoreError, match=r"0600.*chmod 600"):
        keys.read("a.key")


@pytest.mark.parametrize("content", [b"", b"  \n"])
def test_an_empty_key_counts_as_missing(tmp_path, content):
    (tmp_path / "a.key").write_bytes(content)
    (tmp_path / "a.key").chmod(0o600)
    with pytest.raises(StoreError, match="missing"):
        Keys(tmp_path).read("a.key")


@pytest.mark.parametrize("content", ["00" * 31, "zz" * 32, "00" * 33, "密钥"])
def test_a_random_key_of_another_form_is_refused(tmp_path, content):
    (tmp_path / "a.key").write_text(content, encoding="utf-8")
    (tmp_path / "a.key").chmod(0o600)
    with pytest.raises(StoreError, match="does not hold a key"):
        Keys(tmp_path).read_random("a.key")


def test_a_destroyed_key_is_gone(tmp_path):
    keys = Keys(tmp_path)
    keys.create_random("a.key")
    keys.destroy("a.key")
    assert not keys.exists("a.key")


def test_a_directory_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(StoreError, match="cannot be written"):
        Keys(tmp_path / "keys").create("a.key", b"secret")
