"""A tree is scanned completely, always in the same order, and no tree can stop it."""

import json
import os
import subprocess

import pytest

from banjia.errors import ConfigError
from banjia.scan.baseline import read_baseline
from banjia.scan.cache import Cache
from banjia.scan.scan import scan
from banjia.scan.walk import LIMIT

PROGRAM = 'from openai import OpenAI\n\nclient = OpenAI(base_url="https://api.openai.com/v1")\n'


def write(folder, name, text):
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


def places(inventory):
    return [(finding.path, finding.line, finding.kind, finding.provider) for finding in inventory.findings]


def test_weak_signals_alone_are_no_use(tmp_path):
    write(tmp_path, "a.py", 'MODEL = "gpt-4"\nDIM = 1536\n')
    write(tmp_path, "b.sql", "create table t (v vector(1536));\n")
    assert [] == places(scan(tmp_path))


def test_weak_signals_count_beside_a_strong_one(tmp_path):
    write(tmp_path, "a.py", 'MODEL = "gpt-4"\nEMBED_DIM = 1536\n')
    write(tmp_path, "c.py", PROGRAM)
    kinds = {finding.kind for finding in scan(tmp_path).findings}
    assert {"model", "embed_dim", "import", "client"} == kinds


@pytest.mark.parametrize(
    "text",
    [
        '"""Uses gpt-4 of https://api.openai.com/v1."""\n',
        "# client = OpenAI()\n",
        'import logging\n\nlogging.info("https://api.openai.com/v1/chat/completions")\n',
        'parser.add_argument("--x", help="https://api.openai.com/v1")\n',
        'raise ValueError("OPENAI_API_KEY")\n',
        "import gym as openai_gym\n",
    ],
)
def test_words_about_a_service_are_no_use(tmp_path, text):
    write(tmp_path, "a.py", text)
    assert [] == places(scan(tmp_path))


def test_the_provider_comes_from_the_constructor_and_not_from_the_method(tmp_path):
    write(tmp_path, "a.py", "from zhipuai import ZhipuAI\n\nc = ZhipuAI()\nc.chat.completions.create(model=m)\n")
    assert {"zhipu"} == {finding.provider for finding in scan(tmp_path).findings}


def test_the_host_decides_the_provider_of_a_client(tmp_path):
    write(
        tmp_path, "a.py", 'from openai import OpenAI\n\nBASE = "https://api.deepseek.com"\nc = OpenAI(base_url=BASE)\n'
    )
    client = [finding for finding in scan(tmp_path).findings if finding.kind == "client"]
    assert ["deepseek"] == [finding.provider for finding in client]


def test_an_object_made_in_another_file_keeps_its_provider(tmp_path):
    write(tmp_path, "llm.py", "from zhipuai import ZhipuAI\n\nclient = ZhipuAI()\n")
    write(tmp_path, "use.py", "from llm import client\n\nclient.chat.completions.create(model=m)\n")
    assert ("use.py", 3, "call", "zhipu") in places(scan(tmp_path))


def test_a_library_does_not_use_itself(tmp_path):
    write(tmp_path, "openai/__init__.py", "class OpenAI: ...\n")
    write(tmp_path, "openai/x.py", "import openai.types\nfrom openai import OpenAI\n")
    assert "import" not in {finding.kind for finding in scan(tmp_path).findings}


def test_a_key_is_found_and_its_value_is_nowhere(tmp_path):
    key = "sk-" + "Ab3dE5fG7h" * 2 + "T3BlbkFJ" + "Kq9LmN2pQr" * 2
    write(tmp_path, "a.py", f'import openai\n\nopenai.api_key = "{key}"\n')
    write(tmp_path, ".env", f"OPENAI_API_KEY={key}\n")
    inventory = scan(tmp_path)
    assert 2 == sum(finding.kind == "secret" for finding in inventory.findings)
    assert key not in json.dumps(inventory.to_json())


def test_a_base_url_from_outside_is_an_open_fact(tmp_path):
    write(
        tmp_path,
        "a.py",
        'import os\nfrom openai import OpenAI\n\nc = OpenAI(base_url=os.environ["ALERTS_LLM_BASE"])\n',
    )
    assert ["ALERTS_LLM_BASE"] == [url.name for url in scan(tmp_path).open_urls]


def test_two_scans_and_two_processes_give_one_answer(tmp_path):
    for number in range(900):
        write(tmp_path, f"p{number % 7}/m{number}.py", PROGRAM if number % 3 else "x = 1\n")
    first = json.dumps(scan(tmp_path).to_json())
    assert first == json.dumps(scan(tmp_path).to_json())
    assert first == json.dumps(scan(tmp_path, jobs=2).to_json())


def test_the_cache_changes_nothing_and_forgets_changed_files(tmp_path):
    tree, cache = tmp_path / "tree", Cache(tmp_path / "cache")
    write(tree, "a.py", PROGRAM)
    fresh = json.dumps(scan(tree, cache=cache).to_json())
    assert fresh == json.dumps(scan(tree, cache=cache).to_json())
    write(tree, "a.py", "x = 1\n")
    assert [] == places(scan(tree, cache=cache))


def test_a_fingerprint_survives_moved_lines(tmp_path):
    write(tmp_path, "a.py", PROGRAM)
    before = {finding.fingerprint for finding in scan(tmp_path).findings}
    write(tmp_path, "a.py", "\n\n# more\n" + PROGRAM)
    assert before == {finding.fingerprint for finding in scan(tmp_path).findings}


def test_a_remark_with_a_reason_accepts_a_line_and_one_without_does_not(tmp_path):
    write(
        tmp_path,
        "a.py",
        "import openai  # banjia: ignore[import] kept for its types\nimport openai  # banjia: ignore\n",
    )
    inventory = scan(tmp_path)
    assert [2] == [finding.line for finding in inventory.findings]
    assert 1 == inventory.suppressed


def test_a_baseline_leaves_out_what_it_has(tmp_path):
    tree = tmp_path / "tree"
    write(tree, "a.py", PROGRAM)
    old = write(tmp_path, "old.json", json.dumps(scan(tree).to_json()))
    write(tree, "b.py", "import anthropic\n")
    assert ["b.py"] == [finding.path for finding in scan(tree, known=read_baseline(old)).findings]


def test_a_baseline_that_is_none_is_an_error(tmp_path):
    with pytest.raises(ConfigError):
        read_baseline(write(tmp_path, "b.json", "{}"))


def test_hostile_trees_end_with_a_list_of_what_was_not_read(tmp_path):
    write(tmp_path, "a.py", PROGRAM)
    write(tmp_path, "big.py", b"# openai\n" + b"x" * LIMIT)
    write(tmp_path, "binary.py", b"openai\0\0\1\2")
    write(tmp_path, "min.js", 'import "openai";' + "a" * 30000)
    write(tmp_path, "broken.ipynb", '{"cells": ["openai"')
    write(tmp_path, "bad.py", b"import openai\nx = '\xff\xfe\x80'\n")
    write(tmp_path, "package-lock.json", '{"openai": 1}')
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.py")
    inventory = scan(tmp_path)
    assert {"a.py", "bad.py"} == {finding.path for finding in inventory.findings}
    assert {
        "big.py": "size",
        "binary.py": "binary",
        "min.js": "minified",
        "broken.ipynb": "broken",
        "package-lock.json": "lock",
        "loop": "loop",
        "dangling.py": "unreadable",
        "pipe.py": "special",
    } == {skipped.path: skipped.reason for skipped in inventory.skipped}


def test_deep_nesting_ends(tmp_path):
    write(tmp_path, "a.py", "import openai\nx = " + "(" * 3000 + ")" * 3000 + "\n")
    write(tmp_path, "a.json", '{"openai_api_key": "x", "a":' + "[" * 5000 + "]" * 5000 + "}")
    assert ("a.py", 1, "import", "openai") in places(scan(tmp_path))


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def test_in_a_repository_ignored_files_stay_out_but_env_files_do_not(tmp_path):
    write(tmp_path, "a.py", PROGRAM)
    write(tmp_path, "out/b.py", PROGRAM)
    write(tmp_path, ".env.local", "OPENAI_API_KEY=x\n")
    write(tmp_path, ".gitignore", "out/\n.env*\n")
    git(tmp_path, "init", "-q")
    assert {"a.py", ".env.local"} == {finding.path for finding in scan(tmp_path).findings}


def test_since_reads_only_what_changed(tmp_path):
    write(tmp_path, "a.py", PROGRAM)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    write(tmp_path, "b.py", PROGRAM)
    assert {"b.py"} == {finding.path for finding in scan(tmp_path, since="HEAD").findings}


def test_an_unknown_revision_is_an_error(tmp_path):
    git(tmp_path, "init", "-q")
    with pytest.raises(ConfigError):
        scan(tmp_path, since="nothing")


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConfigError):
        scan(tmp_path / "none")
