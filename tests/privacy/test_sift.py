"""Only lines that may hold an identifier are parsed, and none that holds one is passed over."""

from __future__ import annotations

import json
import re

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjia.privacy import audit_run
from banjia.privacy.audit_run import run
from banjia.privacy.byte_run import ByteRuns
from banjia.privacy.detector import detectors
from banjia.privacy.engine import Engine
from banjia.privacy.identify import identifier
from banjia.privacy.leaf import leaves
from banjia.privacy.sift import BREAK, sifted, touched
from banjia.privacy.unescape import unescaped

HITS = [text for d in detectors() for text, _ in d.hits]
PLAIN = {"created": 1767225600, "body": "nothing to see in this line, version 10.4"}


def held(row):
    engine = Engine(names=False)
    return any(engine.record(leaf.text, label=leaf.label).spans for leaf in leaves(row))


@pytest.mark.parametrize("shape", ["text", "after a break", "in JSON in text", "escaped", "under a head"])
def test_no_line_with_an_identifier_is_passed_over(shape):
    rows = [PLAIN]
    for text in HITS:
        row = {
            "text": {"body": text},
            "after a break": {"body": f"见下\n{text}\tn"},
            "in JSON in text": {"arguments": json.dumps({"note": json.dumps({"a": text}, ensure_ascii=False)})},
            "escaped": {"body": text},
            "under a head": {"body": f"序号,住院号,QQ号\n1,12345678,{text}\n"},
        }[shape]
        rows += [row, PLAIN]
    lines = [json.dumps(r, ensure_ascii=shape == "escaped") for r in rows]
    block = "".join(f"{line}\n" for line in lines).encode()
    kept = set(touched(identifier(), block, np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == BREAK)))
    assert {i for i, row in enumerate(rows) if held(row)} <= kept
    assert 0 not in kept


def test_the_count_is_that_of_all_rows_parsed(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    rows = [PLAIN, {"body": "电话 13812341234"}, {}, {"qq": "123456789"}, PLAIN, {"body": "a\n13912341234"}]
    path.write_text("\n\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n \n", encoding="utf-8")
    quick = run([path], names=False).tally
    monkeypatch.setattr(audit_run, "LINES", ())
    whole = run([path], names=False).tally
    assert (
        (quick.rows, quick.types, len(quick.groups))
        == (whole.rows, whole.types, len(whole.groups))
        == (
            6,
            {"PHONE": 2, "QQ": 1},
            3,
        )
    )


def test_rows_counted_before_are_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"body":"电话 13812341234"}\n{"body":"电话 13912341234"}\n{}\n', encoding="utf-8")
    [(last, count, kept)] = sifted(path, 1, bad=pytest.fail)
    assert (last, count, [number for number, _ in kept]) == (3, 2, [2])


@given(
    st.text(st.characters(exclude_characters='\\"\x1e', exclude_categories=["Cc", "Cs"]), max_size=60),
    st.integers(1, 3),
)
def test_escapes_of_any_depth_are_read_in_one_pass(text, depth):
    written, plain = text, text
    for _ in range(depth):
        written = json.dumps(written)
        plain = json.dumps(plain, ensure_ascii=False)
    read = unescaped(written.encode(), 0x1E)
    if all(ord(c) < 0x10000 for c in text):
        assert plain.replace("\\", "").encode() == read.replace(b"\\", b"")
    else:
        whole = plain.replace("\\", "").encode() == read.replace(b"\\", b"")
        assert whole or b"\xf0\x9d\x90" in read  # such a line is looked into


PIECES = st.one_of(
    st.sampled_from(HITS),
    st.text(st.characters(exclude_characters="\x1e", exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["电话", "order no. ", "\n", "，", "12", "1770000037", "京A", "使用API调用GPT4", "😀", "\\u4e2d", '{"a": "']
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(PIECES, max_size=5).map("".join), max_size=5), st.booleans(), st.integers(0, 2), st.booleans())
def test_the_quick_and_the_whole_reading_agree(tmp_path, texts, escaped, depth, blanks):
    lines = []
    for i, text in enumerate(texts):
        inner = text
        for _ in range(depth):
            inner = json.dumps({"note": inner}, ensure_ascii=escaped)
        lines.append(json.dumps({"id": f"r{i}", "created": 1770000000 + i, "body": inner}, ensure_ascii=escaped))
    path = tmp_path / "a.jsonl"
    path.write_bytes((" \n\n" if blanks else "\n").join(lines).encode())
    tallies = []
    for lined in (audit_run.LINES, ()):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(audit_run, "LINES", lined)
            patch.setattr(audit_run.secrets, "token_bytes", lambda n: b"k" * n)
            tallies.append(msgspec.json.encode(run([path], names=False).tally))
    assert tallies[0] == tallies[1]


@pytest.mark.parametrize("form", [f for f in identifier().forms if f.sift != f.anchor or f.sift_run])
def test_what_a_form_is_sifted_by_stands_in_all_that_it_matches(form):
    begun = re.compile(form.pattern.pattern.replace(b"...", "(?:京|粤|黑|使)".encode(), 1), re.DOTALL)

    @settings(deadline=None)
    @given(st.from_regex(begun, fullmatch=True))
    def holds(text):
        line = b"\n" + text + b" \n"
        assert any(re.match(form.anchor, line[at:], re.DOTALL) for at in (0, 1))
        if form.sift_run:
            assert (form.sift_back + 1, 0) in ByteRuns([form.sift_run]).ends(line)
        else:
            assert re.match(form.sift, line, re.DOTALL)

    holds()


def test_an_escaped_stop_parts_no_lines():
    assert b"\x1e" not in unescaped(b'{"a": "\\u001e\\u001E\\\\u001e"}', 0x1E)
