"""The guides for lawyers are true: the pack they spell out is read, and its case holds."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from banjia.law.corpus import load
from banjia.law.reader import parse_statute
from banjia.logic.inquiry import inquire

DOCS = Path(__file__).parents[2] / "docs"
LANGS = ("en", "zh-CN")


def blocks(page: Path) -> list[str]:
    """The indented examples of a page, without their indent."""
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [text for raw in found if (text := re.sub(r"^ {4}", "", raw, flags=re.MULTILINE).strip("\n"))]


@pytest.fixture(params=LANGS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The pack of the first guide, written by copying its examples and nothing else."""
    examples = blocks(DOCS / request.param / "adding-law.md")
    pack = next(text for text in examples if text.startswith('id = "sg"'))
    statute = next(text for text in examples if "```statute" in text)
    case = next(text for text in examples if "```case" in text)
    made = tmp_path / "my-pack"
    made.mkdir()
    (made / "pack.toml").write_text(pack + "\n", encoding="utf-8")
    (made / "my-statute.md").write_text(f"{statute}\n\n{case}\n", encoding="utf-8")
    return made


def test_the_pack_that_the_guide_spells_out_answers_as_its_case_says(folder: Path) -> None:
    built = load([folder]).pack("sg")
    assert built is not None
    case = built.pack.files[0].cases[0]
    axis = built.base.on(case.on).axes["sg_transfer"]
    known: dict[str, object] = dict(case.facts)
    inquiry = inquire((axis,), known)  # type: ignore[arg-type]
    outcomes, exact = inquiry.reachable(inquiry.program.axes["sg_transfer"].outcomes)
    assert (outcomes, exact) == (("comparable-protection",), True)


@pytest.mark.parametrize("lang", LANGS)
def test_the_fences_of_the_second_guide_are_read(lang: str) -> None:
    fences = [text for text in blocks(DOCS / lang / "writing-law.md") if "```" in text]
    head = '# 例 / Example\n\n```statute\nid = "example"\n```\n\n'
    held = [parse_statute(head + text + "\n", file="writing-law.md") for text in fences]
    assert [len(file.rules) + len(file.readings) + len(file.cases) for file in held] == [1] * len(fences)


def test_the_standard_added_by_the_guides_is_one_file_with_its_case() -> None:
    china = load().pack("cn")
    assert china is not None
    file = next(file for file in china.pack.files if file.statute.id == "gbt-35273-2020")
    assert [case.on for case in file.cases] == [date(2025, 10, 31)]
