"""No tree stops a scan: it ends, and says what it did not read."""

import gzip
import json
import os
from base64 import b64encode

import pytest

from banjia.scan.language import script_language
from banjia.scan.scan import scan
from banjia.scan.walk import REASONS, decoded, plain

USE = "import openai\n"


def reasons(inventory):
    return {skipped.path: skipped.reason for skipped in inventory.skipped}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030", "latin-1"])
def test_a_program_is_read_in_whatever_encoding_it_is(tmp_path, encoding):
    text = "# 说明\nimport openai\n" if encoding != "latin-1" else "# déjà vu\nimport openai\n"
    (tmp_path / "a.py").write_bytes(text.encode(encoding))
    assert [(2, "import")] == [(finding.line, finding.kind) for finding in scan(tmp_path).findings]


def test_bytes_of_no_encoding_still_are_text_with_their_lines():
    assert 3 == decoded(plain(b"a\n\xff\xfe\x80\nb")).count("\n") + 1


def test_a_gigabyte_is_named_and_not_read(tmp_path):
    with (tmp_path / "big.py").open("wb") as file:
        file.truncate(1_000_000_000)
    assert {"big.py": "size"} == reasons(scan(tmp_path))


def test_links_that_go_round_end(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    (inner / "use.py").write_text(USE)
    inventory = scan(tmp_path)
    assert ["a/b/use.py"] == [finding.path for finding in inventory.findings]
    assert {"a/b/up": "loop", "self.py": "unreadable"} == reasons(inventory)


def test_a_folder_that_may_not_be_read_is_named(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert {"closed": "unreadable"} == reasons(scan(tmp_path))


def test_many_files_in_one_folder_are_all_looked_at(tmp_path):
    for number in range(3000):
        (tmp_path / f"n{number}.py").touch()
    (tmp_path / "use.py").write_text(USE)
    inventory = scan(tmp_path)
    assert (3001, 1) == (inventory.files, len(inventory.findings))


def test_what_a_notebook_packs_is_not_unpacked(tmp_path):
    bomb = b64encode(gzip.compress(b"\0" * 50_000_000)).decode()
    cells = [
        {"cell_type": "code", "source": [USE], "outputs": [{"data": {"application/gzip": bomb, "text/plain": bomb}}]},
        {"cell_type": "code", "source": "exec(" * 500 + ")" * 500, "outputs": []},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}, indent=1))
    assert ["import"] == [finding.kind for finding in scan(tmp_path).findings]


def test_a_notebook_of_brackets_is_named(tmp_path):
    (tmp_path / "a.ipynb").write_text('{"openai": ' + "[" * 100_000)
    assert {"a.ipynb": "broken"} == reasons(scan(tmp_path))


def test_names_that_are_no_text_are_written_down(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text(USE)
    assert ["caf�.py"] == [finding.path for finding in scan(tmp_path).findings]


def test_every_reason_says_something_in_both_languages():
    assert all(text.zh and text.en for text in REASONS.values())


@pytest.mark.parametrize(
    ("first", "language"),
    [
        (b"#!/bin/sh\n", "shell"),
        (b"#!/usr/bin/env -S bash -e\n", "shell"),
        (b"#!/usr/bin/env python3\n", "python"),
        (b"#! /usr/bin/ruby -w\n", "ruby"),
        (b"#!/usr/bin/perl\n", "none"),
        (b"MIT License\n", "none"),
        (b"\x7fELF\2\1\1", "none"),
    ],
)
def test_a_program_without_a_suffix_goes_by_its_first_line(first, language):
    assert language == script_language(first)


def test_a_script_without_a_suffix_is_read(tmp_path):
    (tmp_path / "ask").write_text('#!/bin/bash\ncurl "https://api.openai.com/v1/chat/completions"\n')
    assert ["http"] == [finding.kind for finding in scan(tmp_path).findings]
