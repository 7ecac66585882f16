"""Files that are watched: what changed since they were first asked for is noticed, once."""

from banjia.desk.watched import Watched


def test_a_change_is_noticed_once(tmp_path):
    config = tmp_path / "banjia.yaml"
    config.write_text("a")
    watched = Watched((config,))
    watched.also(())
    assert not watched.changed()
    config.write_text("ab")
    assert watched.changed()
    assert not watched.changed()


def test_a_file_that_goes_before_the_first_look_is_noticed(tmp_path):
    config, key = tmp_path / "banjia.yaml", tmp_path / "key"
    config.write_text("a")
    key.write_text("k")
    watched = Watched((config,))
    watched.also((key,))
    key.unlink()
    assert watched.changed()


def test_a_file_that_comes_to_be_is_noticed(tmp_path):
    watched = Watched((tmp_path / "banjia.yaml",))
    watched.also((tmp_path / "key",))
    (tmp_path / "key").write_text("k")
    assert watched.changed()


def test_a_file_watched_already_keeps_its_mark_when_it_is_named_again(tmp_path):
    key = tmp_path / "key"
    key.write_text("k")
    watched = Watched(())
    watched.also((key,))
    key.unlink()
    watched.also((key,))
    watched.only((key,))
    assert watched.changed()


def test_what_is_named_no_more_is_not_watched(tmp_path):
    key = tmp_path / "key"
    watched = Watched(())
    watched.also((key,))
    watched.only(())
    key.write_text("k")
    assert not watched.changed()


def test_doubt_takes_every_file_for_changed(tmp_path):
    watched = Watched((tmp_path / "none",))
    watched.also(())
    watched.doubt()
    assert watched.changed()
    assert not watched.changed()
