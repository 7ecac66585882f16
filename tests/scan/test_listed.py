"""The list of what scan must know, entry by entry: each has one input in listed/*.yml and what is found in it."""

import json
from pathlib import Path

import pytest
import yaml

from banjia.scan.scan import scan

ROWS = [
    row for file in sorted(Path(__file__).with_name("listed").glob("*.yml")) for row in yaml.safe_load(file.read_text())
]
SECRETS = [row for row in ROWS if "secret" in row]


def scanned(row, folder):
    files = row.get("files") or {row["file"]: row["code"]}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    if row.get("beside"):  # a sign too weak to show a use where nothing else of the tree does
        (folder / "beside.env").write_text("OPENAI_API_KEY=\n")
    return scan(folder)


@pytest.mark.parametrize("row", [row for row in ROWS if row["finds"]], ids=lambda row: row["entry"])
def test_every_entry_of_the_list_is_found(row, tmp_path):
    where = "{0.path} " if "files" in row else ""
    found = {(where + "{0.line} {0.kind} {0.provider}").format(one) for one in scanned(row, tmp_path).findings}
    assert set(row["finds"]) <= found


@pytest.mark.parametrize("row", SECRETS, ids=lambda row: row["entry"])
def test_no_key_of_the_list_is_printed(row, tmp_path):
    shown = json.dumps([one.to_json() for one in scanned(row, tmp_path).findings])
    assert [] == [part for part in row["secret"] if part in shown]


@pytest.mark.parametrize("row", [row for row in ROWS if "never" in row], ids=lambda row: row["entry"])
def test_a_kind_that_is_not_there_is_not_found(row, tmp_path):
    assert row["never"] not in {one.kind for one in scanned(row, tmp_path).findings}
