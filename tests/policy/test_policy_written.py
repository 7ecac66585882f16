"""A policy file is written whole; what is no file is written into and stays what it is."""

from __future__ import annotations

import os
import stat
import threading
from datetime import date

import pytest

from banjia.errors import RouteError
from banjia.policy.file import decode, read, write
from banjia.policy.policy import Policy

POLICY = Policy("acme", date(2026, 11, 23), None, (), "sha256:law", (), ())


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write(POLICY, pipe)
    reader.join(10)
    assert decode(got[0], where="pipe") == POLICY
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_goes_on_leading_to_the_file(tmp_path):
    file, link = tmp_path / "policy.json", tmp_path / "current.json"
    file.write_text("before")
    link.symlink_to(file)
    write(POLICY, link)
    assert link.is_symlink()
    assert read(file) == POLICY


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(RouteError, match=r"cannot be written.*No such file"):
        write(POLICY, tmp_path / "nowhere" / "policy.json")
