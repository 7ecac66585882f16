"""What someone has accepted is not reported again; what came since is."""

import io
import json

import pytest

from banjia.cli import main
from banjia.errors import ConfigError
from banjia.scan.accept import remark
from banjia.scan.baseline import baseline_text, read_baseline
from banjia.scan.scan import scan

CALL = "import openai\n"


def shown(capsys, *arguments):
    code = main(["scan", "--no-cache", "--lang", "en", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_written_baseline_hides_what_it_has_and_nothing_new(tmp_path, capsys):
    tree, known = tmp_path / "tree", tmp_path / "known.json"
    tree.mkdir()
    (tree / "a.py").write_text(CALL)
    assert shown(capsys, tree, "--write-baseline", known)[0] == 0
    assert "nothing new; 1 known" in shown(capsys, tree, "--baseline", known)[1]
    (tree / "b.py").write_text("import anthropic\n")
    code, out, _ = shown(capsys, tree, "--baseline", known, "--json")
    document = json.loads(out)
    assert (0, ["b.py"], 1) == (
        code,
        [finding["path"] for finding in document["findings"]],
        document["summary"]["suppressed"],
    )


def test_known_findings_stay_known_when_lines_move(tmp_path):
    (tmp_path / "a.py").write_text(CALL)
    known = tmp_path / "known.json"
    known.write_text(baseline_text(scan(tmp_path)))
    (tmp_path / "a.py").write_text("\n\n# moved\n" + CALL)
    assert not scan(tmp_path, known=read_baseline(known)).findings


def test_one_more_of_the_same_is_new(tmp_path):
    (tmp_path / "a.py").write_text(CALL)
    known = tmp_path / "known.json"
    known.write_text(baseline_text(scan(tmp_path)))
    (tmp_path / "a.py").write_text(CALL + CALL)
    assert [2] == [finding.line for finding in scan(tmp_path, known=read_baseline(known)).findings]


def test_a_baseline_is_the_same_for_the_same_tree_and_may_be_empty(tmp_path):
    empty = baseline_text(scan(tmp_path))
    assert json.loads(empty) == {"schema": 2, "findings": []}
    (tmp_path / "a.py").write_text(CALL)
    assert baseline_text(scan(tmp_path)) == baseline_text(scan(tmp_path)) != empty


def test_a_file_that_is_moved_stays_known_and_its_copy_is_new(tmp_path):
    (tmp_path / "z.py").write_text(CALL)
    known = tmp_path / "known.json"
    known.write_text(baseline_text(scan(tmp_path)))
    (tmp_path / "lib").mkdir()
    (tmp_path / "z.py").rename(tmp_path / "lib" / "a.py")
    assert not scan(tmp_path, known=read_baseline(known)).findings
    (tmp_path / "lib" / "b.py").write_text(CALL)
    assert ["lib/b.py"] == [finding.path for finding in scan(tmp_path, known=read_baseline(known)).findings]


def test_what_another_file_of_the_tree_still_holds_makes_nothing_known_elsewhere(tmp_path):
    (tmp_path / "z.py").write_text(CALL)
    known = tmp_path / "known.json"
    known.write_text(baseline_text(scan(tmp_path)))
    (tmp_path / "z.py").write_text("x = 1\n")
    (tmp_path / "a.py").write_text(CALL)  # taken over from a file that is still there: someone has to look
    assert ["a.py"] == [finding.path for finding in scan(tmp_path, known=read_baseline(known)).findings]


def test_a_copy_that_sorts_before_a_known_file_is_the_new_one(tmp_path):
    (tmp_path / "z.py").write_text(CALL)
    known = tmp_path / "known.json"
    known.write_text(baseline_text(scan(tmp_path)))
    (tmp_path / "a.py").write_text(CALL)
    assert ["a.py"] == [finding.path for finding in scan(tmp_path, known=read_baseline(known)).findings]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"findings": [{}]}',
        '{"findings": [{"fingerprint": 1}]}',
        '{"findings": [{"fingerprint": "a"}]}',
        '{"schema": 1, "findings": []}',
    ],
)
def test_what_is_no_baseline_is_refused_with_a_remedy(tmp_path, text):
    place = tmp_path / "known.json"
    place.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_baseline(place)
    assert "--write-baseline" in str(caught.value)


def test_a_missing_baseline_is_an_error_and_not_an_empty_one(tmp_path, capsys):
    assert shown(capsys, tmp_path, "--baseline", tmp_path / "nowhere.json")[0] == 1


@pytest.mark.parametrize(
    "row",
    [
        "import openai  # banjia: ignore[import] a type only",
        "import openai  # banjia: ignore[openai] a type only",
        "# banjia: ignore[import] a type only\nimport openai",
        "# banjia: ignore[import, call] 仅用于类型\nimport openai",
    ],
)
def test_a_remark_with_a_reason_accepts_the_line(tmp_path, row):
    (tmp_path / "a.py").write_text(row + "\n")
    inventory = scan(tmp_path)
    assert ((), 1, ()) == (inventory.findings, inventory.suppressed, inventory.remarks)


def test_a_remark_names_the_rule_that_the_finding_shows(tmp_path):
    (tmp_path / "a.py").write_text(CALL)
    rule = scan(tmp_path).findings[0].rule
    (tmp_path / "a.py").write_text(f"import openai  # banjia: ignore[{rule}] a type only\n")
    assert not scan(tmp_path).findings


@pytest.mark.parametrize(
    "text",
    [
        "import openai  # banjia: ignore[client] another kind",
        "x = 1  # banjia: ignore[import] on code of the line before\nimport openai",
        "# banjia: ignore[import] two lines above\n\nimport openai",
        "x = 'banjia: ignore[import] no comment'; import openai",
    ],
)
def test_a_remark_about_something_else_accepts_nothing(tmp_path, text):
    (tmp_path / "a.py").write_text(text + "\n")
    assert 1 == len(scan(tmp_path).findings)


@pytest.mark.parametrize("remark_text", ["banjia: ignore[import]", "banjia: ignore", "banjia: ignore[import]  --"])
def test_a_remark_without_a_reason_does_not_count_and_is_said(tmp_path, capsys, remark_text):
    (tmp_path / "a.py").write_text(f"import openai  # {remark_text}\n")
    inventory = scan(tmp_path)
    assert (1, [("a.py", 1)]) == (len(inventory.findings), [(r.path, r.line) for r in inventory.remarks])
    assert "! banjia: ignore without a reason does not count (a.py:1)" in shown(capsys, tmp_path)[1]
    assert [1] == [r["line"] for r in inventory.to_json()["summary"]["remarks"]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("<a/> <!-- banjia: ignore[config] kept for tests -->", "kept for tests"),
        ("<!-- banjia: ignore[config] -->", ""),
        ("/* banjia: ignore[http] internal host */", "internal host"),
        ("-- banjia: ignore[embed_dim] old table", "old table"),
    ],
)
def test_the_comment_of_each_language_is_read(row, reason):
    assert remark(row).reason == reason


def test_the_progress_goes_to_a_terminal_only_and_never_to_the_output(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.py").write_text(CALL)
    assert shown(capsys, tmp_path)[2] == ""
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    assert main(["scan", "--no-cache", "--json", str(tmp_path)]) == 0
    assert "1/1" in terminal.getvalue()
    json.loads(capsys.readouterr().out)


def test_the_page_is_written_beside_the_other_output(tmp_path, capsys):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text(CALL)
    code, out, _ = shown(capsys, tree, "--html", tmp_path / "uses.html", "--sarif")
    assert (0, "2.1.0") == (code, json.loads(out)["version"])
    assert "a.py" in (tmp_path / "uses.html").read_text(encoding="utf-8")
    assert shown(capsys, tree, "--html", tmp_path / "nowhere" / "x.html")[0] == 1
