"""Statute files are read strictly; every fault names file and line."""

import re

import pytest
from tests.law.sample import LISTS, PACK, STATUTE, write

from banjia.errors import LawError
from banjia.law.pack import read_pack
from banjia.law.reader import parse_statute


def test_a_sound_pack_is_read_whole(tmp_path):
    pack = read_pack(write(tmp_path / "demo"))
    (file,) = pack.files
    assert [r.id for r in file.rules] == ["rules.volume.ordinary", "rules.scenario"]
    assert [p.id for p in file.statute.provisions] == ["rules art. 5(1)(4)", "rules art. 8"]
    assert file.statute.provisions[1].text.en == "From the threshold on, a contract."
    assert file.statute.provisions[1].title.zh == "标准合同"
    assert [o.id for o in pack.axes[0].outcomes] == ["no-export", "free", "contract"]
    assert len(pack.lists[0].entries) == 3


def test_the_sentence_before_a_case_is_its_reason():
    (case,) = parse_statute(STATUTE, file="rules.md").cases
    assert case.why == "One person fewer than the line stays exempt."


def test_the_hash_changes_with_every_byte(tmp_path):
    one = read_pack(write(tmp_path / "a" / "demo"))
    other = read_pack(write(tmp_path / "b" / "demo", statute=STATUTE + "\n"))
    assert one.hash != other.hash
    assert one.hash == read_pack(write(tmp_path / "c" / "demo")).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('outcome = "contract"', 'outcom = "contract"'),
        ('when = "export.persons_nonsensitive_ytd >= 100_000"', "when = 3"),
        ("from = 2024-03-22", "from = 2024-13-22"),
        ('default = "count"', 'default = "maybe"'),
        ('due = "before-use"', 'due = "soon"'),
        ('id = "D1"\non = 2026-06-30', 'id = "D1"'),
        ("```define", "```defines"),
        ("expect = {demo_export", "expects = {demo_export"),
    ],
)
def test_a_fault_names_its_line(old, new):
    text = STATUTE.replace(old, new)
    assert text != STATUTE
    line = text[: text.index(new)].count("\n") + 1
    with pytest.raises(LawError) as caught:
        parse_statute(text, file="rules.md")
    assert caught.value.where == f"rules.md:{line}"


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(LawError, match="did you mean `outcome`"):
        parse_statute(STATUTE.replace('outcome = "contract"', 'outcom = "contract"'), file="rules.md")


def test_a_fence_that_is_never_closed_is_refused():
    with pytest.raises(LawError, match="never closed"):
        parse_statute(STATUTE + '\n```rule\nid = "x"\n', file="rules.md")


def test_a_fence_of_another_language_is_prose():
    parse_statute(STATUTE + "\n```console\n$ banjia law check\n```\n", file="rules.md")


def test_a_case_without_a_reason_is_refused():
    text = STATUTE.replace("One person fewer than the line stays exempt.\n", "")
    with pytest.raises(LawError, match="no sentence before the case"):
        parse_statute(text, file="rules.md")


def test_two_rules_of_one_id_are_refused(tmp_path):
    text = STATUTE.replace('id = "rules.scenario"', 'id = "rules.volume.ordinary"')
    with pytest.raises(LawError, match="stands twice"):
        read_pack(write(tmp_path / "demo", statute=text))


def test_a_deeply_nested_table_is_refused_not_crashed():
    text = STATUTE.replace('issuer = ["CAC"]', "issuer = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(LawError) as caught:
        parse_statute(text, file="rules.md")
    assert re.fullmatch(r"rules\.md:\d+", caught.value.where)


def test_a_file_of_a_million_lines_is_refused(tmp_path):
    with pytest.raises(LawError, match="too large"):
        parse_statute("x\n" * 1_000_000, file="rules.md")


def test_a_symbolic_link_is_not_followed(tmp_path):
    folder = write(tmp_path / "demo")
    (folder / "rules.md").unlink()
    (tmp_path / "elsewhere.md").write_text(STATUTE, encoding="utf-8")
    (folder / "rules.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(LawError, match="not a regular file"):
        read_pack(folder)


def test_a_file_that_is_not_utf8_names_its_line(tmp_path):
    folder = write(tmp_path / "demo")
    (folder / "rules.md").write_bytes(b"# a / b\n\n\xff\xfe")
    with pytest.raises(LawError) as caught:
        read_pack(folder)
    assert caught.value.where == "demo/rules.md:3"


def test_an_outcome_without_a_verdict_is_refused(tmp_path):
    with pytest.raises(LawError, match="no verdict"):
        read_pack(
            write(
                tmp_path / "demo",
                pack=PACK.replace(
                    'verdict = "permitted"\n\n[[axis.outcome]]\nid = "free"', '\n\n[[axis.outcome]]\nid = "free"'
                ),
            )
        )


def test_a_list_entry_has_a_code_or_a_list(tmp_path):
    with pytest.raises(LawError, match="`code` or `list`"):
        read_pack(write(tmp_path / "demo", lists=LISTS.replace('{code = "HR", from', "{from")))


@pytest.mark.parametrize(
    "line", ["# " + " " * 400_000 + "x", "```" + " " * 400_000 + "!", "#" * 400_000, "`" * 400_000, "\t" * 400_000]
)
def test_a_line_made_to_stall_the_reader_does_not(line):
    with pytest.raises(LawError):
        parse_statute(line + "\n", file="rules.md")
    parse_statute(STATUTE + "\n" + line.lstrip("`") + "\n", file="rules.md")


def test_a_pack_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("banjia.law.pack.MAX_SIZE", 100)
    with pytest.raises(LawError, match="too large"):
        read_pack(write(tmp_path / "demo"))
