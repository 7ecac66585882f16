"""The verb: one JSON line in, one out; a map that is sealed; a report that people and machines read."""

from __future__ import annotations

import io
import json

import pytest

from banjia.cli import main
from banjia.desk.privacy import redact
from banjia.privacy.map_file import load


class Pipe(io.StringIO):
    def __init__(self, content):
        super().__init__()
        self.buffer = io.BytesIO(content)


def piped(monkeypatch, capfdbinary, content, *words):
    monkeypatch.setattr("sys.stdin", Pipe(content))
    code = main(["privacy", *words])
    out, err = capfdbinary.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err.decode()


def test_detect_keeps_order_and_ids(monkeypatch, capfdbinary):
    lines = [{"id": str(i), "text": f"电话1381234{i:04}"} for i in range(1000, 1020)]
    content = "\n".join(json.dumps(x) for x in lines).encode()
    code, out, _ = piped(monkeypatch, capfdbinary, content, "detect")
    assert (0, [x["id"] for x in lines]) == (code, [x["id"] for x in out])
    assert {"start": 2, "end": 13, "type": "PHONE", "class": "pi", "score": 0.97, "subject": "1"} == out[0]["spans"][0]


def test_detect_names_the_line_that_is_wrong(monkeypatch, capfdbinary):
    code, out, err = piped(
        monkeypatch, capfdbinary, b'{"id": "1", "text": "a"}\n\n{"id": "2"}\n', "detect", "--lang", "en"
    )
    assert (1, 1) == (code, len(out))
    assert "stdin:3" in err


def test_the_reading_is_an_option(monkeypatch, capfdbinary):
    content = b'{"id": "1", "text": "11010519491231002X"}'
    assert "pi" == piped(monkeypatch, capfdbinary, content, "detect")[1][0]["spans"][0]["class"]
    assert (
        "sensitive"
        == piped(monkeypatch, capfdbinary, content, "detect", "--reading", "strict")[1][0]["spans"][0]["class"]
    )


def test_redact_and_restore_are_each_others_opposite(monkeypatch, capfdbinary, tmp_path):
    table = str(tmp_path / "map")
    content = '{"id": 1, "text": "李晓梅 13912345678"}\n{"id": 2, "text": "李晓梅来电"}\n'.encode()
    _, out, _ = piped(monkeypatch, capfdbinary, content, "redact", "--map", table)
    assert "李晓梅" not in json.dumps(out, ensure_ascii=False)
    assert out[0]["text"].split()[0] == out[1]["text"].removesuffix("来电")
    kept = (tmp_path / "map").read_bytes()
    assert "李晓梅".encode() not in kept
    again = "\n".join(json.dumps(x) for x in out).encode()
    _, back, _ = piped(monkeypatch, capfdbinary, again, "restore", "--map", table)
    assert ["李晓梅 13912345678", "李晓梅来电"] == [x["text"] for x in back]


def test_a_map_does_not_open_with_another_key(monkeypatch, capfdbinary, tmp_path):
    table = tmp_path / "map"
    piped(monkeypatch, capfdbinary, b'{"id": 1, "text": "13912345678"}', "redact", "--map", str(table))
    (tmp_path / "map.key").write_text("00" * 32)
    code, _, err = piped(monkeypatch, capfdbinary, b"", "restore", "--map", str(table), "--lang", "en")
    assert 1 == code
    assert "wrong key" in err


def test_redact_wants_a_map_or_a_mask(monkeypatch, capfdbinary):
    code, _, err = piped(monkeypatch, capfdbinary, b"", "redact", "--lang", "en")
    assert 1 == code
    assert "--mask" in err


def test_a_file_that_is_missing_is_a_clear_error(monkeypatch, capfdbinary):
    code, _, err = piped(monkeypatch, capfdbinary, b"", "detect", "no-such-file", "--lang", "en")
    assert 1 == code
    assert "no-such-file" in err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_audit_reports_for_people(monkeypatch, capfdbinary, tmp_path, lang):
    log = tmp_path / "log.jsonl"
    log.write_text('{"created": 1772330400, "provider": "openai", "prompt": "电话13912345678"}\n', encoding="utf-8")
    monkeypatch.setattr("sys.stdin", Pipe(b""))
    assert 0 == main(["privacy", "audit", str(log), "--lang", lang])
    out = capfdbinary.readouterr().out.decode()
    assert "openai" in out
    assert "13912345678" not in out


def test_audit_can_become_a_declaration(monkeypatch, capfdbinary, tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text('{"created": 1772330400, "prompt": "电话13912345678"}\n', encoding="utf-8")
    _, [result], _ = piped(monkeypatch, capfdbinary, b"", "audit", str(log), "--json")
    declared = result["elsewhere"]["2026"]
    assert ([1, 1], [0, 0], result["evidence"]) == (declared["ordinary"], declared["sensitive"], declared["evidence"])


@pytest.mark.parametrize("verb", [("detect",), ("redact", "--mask")])
def test_halves_of_surrogate_pairs_come_in_and_go_out(monkeypatch, capfdbinary, verb):
    content = b'\xef\xbb\xbf{"id": "1", "text": "\\ud800 13912345678 \\udc00"}\n'
    code, out, _ = piped(monkeypatch, capfdbinary, content, *verb)
    assert (0, 1) == (code, len(out))
    assert "PHONE" in str(out) or out[0]["text"].startswith("\ud800 ")


def test_what_was_written_before_the_pipe_closed_can_be_restored(tmp_path):
    table = tmp_path / "map"
    lines = [b'{"id": %d, "text": "1381234%04d"}\n' % (i, i) for i in range(1000, 1100)]
    rows = redact(lines, "stdin", reading="current", treatment="pseudonymise", map_path=table)
    said = [next(rows)["text"] for _ in range(50)]
    assert said[0] in load(table, tmp_path / "map.key").originals  # before the first record goes out
    rows.close()
    assert [f"1381234{i}" for i in range(1000, 1050)] == [load(table, tmp_path / "map.key").originals[t] for t in said]


def test_nothing_goes_out_where_the_map_cannot_be_kept(monkeypatch, capfdbinary, tmp_path):
    table = str(tmp_path / "no folder" / "map")
    code, out, err = piped(monkeypatch, capfdbinary, b'{"id": 1, "text": "13812345678"}\n', "redact", "--map", table)
    assert (1, []) == (code, out)
    assert "no folder" in err


def test_one_whole_text_goes_out_as_text_and_comes_back(monkeypatch, capfdbinary, tmp_path):
    text = "收件人：郑晓峰\n电话 13912345678\n".encode()
    monkeypatch.setattr("sys.stdin", Pipe(text))
    assert 0 == main(["privacy", "redact", "--plain", "--map", str(tmp_path / "map")])
    sent = capfdbinary.readouterr().out
    assert (b"\n", False) == (sent[-1:], b"13912345678" in sent)
    monkeypatch.setattr("sys.stdin", Pipe(sent))
    assert 0 == main(["privacy", "restore", "--plain", "--map", str(tmp_path / "map")])
    assert text == capfdbinary.readouterr().out


@pytest.mark.parametrize("more", [("--fake",), ("--map", "m")])
def test_a_mask_has_no_way_back(monkeypatch, capfdbinary, more):
    code, _, err = piped(monkeypatch, capfdbinary, b"", "redact", "--mask", *more, "--lang", "en")
    assert 1 == code
    assert "--mask" in err


def test_a_text_in_another_encoding_is_named(monkeypatch, capfdbinary):
    code, _, err = piped(monkeypatch, capfdbinary, "郑晓峰".encode("gb18030"), "detect", "--plain", "--lang", "en")
    assert 1 == code
    assert "iconv" in err


def test_a_folder_without_a_log_is_no_empty_report(monkeypatch, capfdbinary, tmp_path):
    (tmp_path / "notes.md").write_text("13912345678")
    code, _, err = piped(monkeypatch, capfdbinary, b"", "audit", str(tmp_path), "--lang", "en")
    assert 1 == code
    assert "*.jsonl" in err
    (tmp_path / "a.jsonl").write_text('{"prompt": "13912345678"}\n')
    _, [report], _ = piped(monkeypatch, capfdbinary, b"", "audit", str(tmp_path), "--json")
    assert (1, 1) == (report["files"], report["passed_over"])
