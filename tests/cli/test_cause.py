"""What the system says is told in the reader's language, apart from the words around it."""

import socket

import pytest

from banjia.cli import main
from banjia.errors import ConfigError, cause


def test_a_file_that_is_not_there_is_said_in_both_languages(tmp_path):
    with pytest.raises(OSError) as caught:
        (tmp_path / "none").read_text()
    assert cause(caught.value).as_dict() == {"zh": "没有这个文件或目录", "en": "No such file or directory"}


def test_a_host_that_has_no_address_is_said_in_chinese():
    assert cause(socket.gaierror(-2, "Name or service not known")).zh == "主机名无法解析"


def test_what_is_not_utf8_is_said_with_its_place():
    with pytest.raises(UnicodeDecodeError) as caught:
        b"ab\xff".decode()
    assert cause(caught.value).en == "not UTF-8 (byte 3)"


def test_between_chinese_and_latin_letters_stands_a_space():
    error = ConfigError("p", expected="env:NAME", found=cause(OSError(28, "No space left on device")))
    assert error.say("zh") == "p；应为 env:NAME；实为磁盘已满"
    assert error.say("en") == "p; expected env:NAME; found No space left on device"


@pytest.mark.parametrize(("lang", "said"), [("zh", "没有这个文件或目录"), ("en", "No such file or directory")])
@pytest.mark.parametrize(
    "words",
    [
        ["assess", "--facts", "none.yaml"],
        ["routes", "advise", "--volume", "none.csv"],
        ["policy", "show", "none/p.json"],
    ],
)
def test_a_missing_file_reads_the_same_at_every_verb(words, lang, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "banjia.yaml").write_text("store: sqlite:///b.db\nentity: {id: a}\n")
    assert main([*words, "--lang", lang]) == 1
    err = capsys.readouterr().err
    assert "Errno" not in err
    assert said in err or "policy" in words
