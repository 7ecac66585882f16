"""What the system refuses is said as an error of the file or address, whatever the locale."""

import os
import subprocess
import sys

import pytest

from banjia.cli import main

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": os.environ["PATH"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_folder_that_is_not_there_is_no_fault_of_the_program(lang, tmp_path, capsys):
    target = tmp_path / "none" / "page.html"
    assert main(["assess", "--route", "openai-direct", "--html", str(target), "--lang", lang]) == 1
    err = capsys.readouterr().err
    assert str(target) in err
    assert ("请报告" if lang == "zh" else "please report") not in err


def test_a_locale_without_chinese_still_shows_chinese():
    done = subprocess.run(
        [sys.executable, "-m", "banjia", "--help", "--lang", "zh"], capture_output=True, env=ASCII, check=True
    )
    assert "进阶" in done.stdout.decode()


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_cannot_be_is_a_usage_error(port, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["serve", f"--port={port}"])
    assert stopped.value.code == 2
    assert "0-65535" in capsys.readouterr().err


def test_a_misspelt_route_names_the_nearest(capsys):
    assert main(["assess", "--route", "opnai-direct", "--lang", "en"]) == 1
    assert "did you mean openai-direct?" in capsys.readouterr().err
