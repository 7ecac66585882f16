"""A pack from outside the package: by folder, by entry point without running its code, and by the written guide."""

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from tests.law.sample import STATUTE, write

from banjia.cli import main
from banjia.law import corpus

GUIDES = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_lawyer_can_add_an_instrument_by_the_guide_alone(tmp_path, capsys, lang):
    text = (GUIDES / lang / "adding-law.md").read_text(encoding="utf-8")
    blocks = re.findall(r"((?:^    .*\n|^\n)+)", text, re.MULTILINE)
    blocks = ["\n".join(line.removeprefix("    ") for line in block.split("\n")).strip() + "\n" for block in blocks]
    pack = next(block for block in blocks if 'id = "sg"' in block)
    statute = next(block for block in blocks if block.startswith("# "))
    case = next(block for block in blocks if "```case" in block)
    folder = tmp_path / "my-pack"
    folder.mkdir()
    (folder / "pack.toml").write_text(pack, encoding="utf-8")
    (folder / "my-statute.md").write_text(statute + "\n" + case, encoding="utf-8")
    assert main(["law", "check", "--pack", str(folder), "--lang", "en"]) == 0, capsys.readouterr().out
    words = ["--pack", str(folder), "--fact", "actor.establishment=SG", "--fact", "data.personal_info=yes"]
    main(["assess", *words, "--route", "foreign-api", "--lang", "en"])
    assert "sg_transfer: conditional" in capsys.readouterr().out


def test_a_broken_pack_is_an_error_with_file_and_line(tmp_path, capsys):
    folder = write(tmp_path / "demo", statute=STATUTE.replace('outcome = "contract"', 'outcome = "contrakt"'))
    assert main(["law", "check", "--pack", str(folder), "--lang", "en"]) == 1
    assert re.search(r"demo/rules\.md:\d+: .*did you mean `contract`", capsys.readouterr().out)


def test_a_case_that_does_not_hold_is_a_finding(tmp_path, capsys):
    folder = write(tmp_path / "demo", statute=STATUTE.replace("99999", "100000"))
    assert main(["law", "check", "--pack", str(folder), "--lang", "en"]) == 1
    assert "case:D1" in capsys.readouterr().out


def test_a_finding_with_a_written_reason_passes(tmp_path, capsys):
    folder = write(
        tmp_path / "demo", reasons='[[reason]]\nfinding = "uncased:rules.volume.ordinary"\ntext = "shown elsewhere"\n'
    )
    main(["law", "check", "--pack", str(folder), "--lang", "en"])
    out = capsys.readouterr().out
    assert "uncased:rules.volume.ordinary: no case reaches this rule  reason: shown elsewhere" in out


def test_an_installed_pack_is_found_without_running_its_code(tmp_path, monkeypatch):
    package = tmp_path / "stranger_law"
    write(package / "packs" / "demo")
    (package / "__init__.py").write_text("raise SystemExit('code of a pack was run')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("demo", "stranger_law.packs.demo", corpus.GROUP)
    monkeypatch.setattr(corpus.importlib.metadata, "entry_points", lambda group: [entry])
    assert corpus.installed() == [package / "packs" / "demo"]
    assert "stranger_law" not in sys.modules


def test_a_pack_may_not_take_the_name_of_another(tmp_path):
    write(tmp_path / "a" / "demo")
    write(tmp_path / "b" / "demo")
    with pytest.raises(Exception, match="loaded twice"):
        corpus.load([tmp_path / "a" / "demo", tmp_path / "b" / "demo"])
