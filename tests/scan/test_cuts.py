"""Whatever is not read to its end is named, with its reason; what was read of it stays found."""

import json
import subprocess

import pytest

from banjia.scan.cache import Cache
from banjia.scan.scan import scan

USE = "import openai\n"
DEEP = {
    "a.py": USE + "x = " + "(" * 400 + "1" + ")" * 400 + "\n",
    "a.ts": 'import OpenAI from "openai";\nlet x = ' + "[" * 400 + "]" * 400 + ";\n",
    "A.java": "import com.openai.client.OpenAIClient;\nclass A { int x = " + "(" * 400 + "1" + ")" * 400 + "; }\n",
    "a.go": 'package main; import "github.com/openai/openai-go"\nvar x = ' + "(" * 400 + "1" + ")" * 400 + "\n",
    "a.rs": "use async_openai::Client;\nfn main() { f!" + "(" * 400 + "1" + ")" * 400 + "; }\n",
    "a.json": '{"OPENAI_BASE_URL": "https://api.openai.com/v1", "a":' + "[" * 400 + "]" * 400 + "}",
}


def cuts(folder, **more):
    return {skipped.path: skipped.reason for skipped in scan(folder, **more).skipped}


def notebook(*sources, **more):
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in sources]
    return json.dumps({"cells": cells, **more}, indent=1)


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_too_deeply_is_named_and_the_rest_is_read(tmp_path, name):
    (tmp_path / name).write_text(DEEP[name])
    assert {name: "deep"} == cuts(tmp_path)
    assert 1 == scan(tmp_path).findings[0].line


def test_what_follows_deep_json_is_read(tmp_path):
    text = '{"a": ' + "[" * 400 + '{"b": 1}' + "]" * 400 + ',\n"OPENAI_BASE_URL": "https://api.openai.com/v1"}'
    (tmp_path / "a.json").write_text(text)
    assert [2] == [finding.line for finding in scan(tmp_path).findings]


def test_nesting_that_people_write_is_no_cut(tmp_path):
    (tmp_path / "a.py").write_text(USE + "x = " + "(" * 40 + "1" + ")" * 40 + "\n")
    (tmp_path / "a.json").write_text('{"openai_api_key": ' + "[" * 100 + "]" * 100 + "}")
    assert {} == cuts(tmp_path)


def test_a_notebook_whose_code_is_cut_is_named(tmp_path):
    (tmp_path / "deep.ipynb").write_text(notebook(DEEP["a.py"]))
    (tmp_path / "long.ipynb").write_text(notebook(USE + "x = " + "a=" * 100_000))
    (tmp_path / "inner.ipynb").write_text(notebook(USE, "%%writefile b.ipynb\n" + notebook(USE)))
    (tmp_path / "file.ipynb").write_text(notebook("%%writefile b.py\n" + DEEP["a.py"]))
    assert {"deep.ipynb": "deep", "long.ipynb": "broken", "inner.ipynb": "part", "file.ipynb": "deep"} == cuts(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '["openai"]',
        '{"openai": 1}',
        '{"cells": {"openai": 1}}',
        '{"cells": [{"cell_type": "code", "source": "import openai", "outputs": 1}]}',
        '{"worksheets": [{"cells": "openai"}, {"cells": null}]}',
    ],
)
def test_what_only_looks_like_a_notebook_is_named(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    (tmp_path / "b.py").write_text(USE)
    assert {"a.ipynb": "broken"} == cuts(tmp_path)


def test_a_notebook_of_the_third_format_is_read(tmp_path):
    sheets = [{"cells": [{"cell_type": "code", "input": ["import openai\n"], "outputs": []}]}]
    (tmp_path / "a.ipynb").write_text(json.dumps({"nbformat": 3, "worksheets": sheets}, indent=1))
    assert ["import"] == [finding.kind for finding in scan(tmp_path).findings]


@pytest.mark.parametrize("suffix", ["vue", "svelte", "astro"])
def test_a_component_with_a_script_that_does_not_end_is_named(tmp_path, suffix):
    (tmp_path / f"a.{suffix}").write_text('<script>\nimport OpenAI from "openai";\n')
    assert {f"a.{suffix}": "part"} == cuts(tmp_path)


def test_a_component_whose_script_is_cut_is_named(tmp_path):
    (tmp_path / "a.vue").write_text(f"<script>\n{DEEP['a.ts']}</script>\n")
    assert {"a.vue": "deep"} == cuts(tmp_path)


def test_a_cut_is_remembered(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text(DEEP["a.py"])
    cache = Cache(tmp_path / "cache")
    assert {"a.py": "deep"} == cuts(tree, cache=cache) == cuts(tree, cache=cache)


def test_a_folder_of_third_parties_that_git_tracks_is_named(tmp_path):
    vendored = tmp_path / "web" / "node_modules" / "openai"
    vendored.mkdir(parents=True)
    (vendored / "a.js").write_text('import "openai";\n')
    (tmp_path / "a.py").write_text(USE)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    assert {"web/node_modules": "apart"} == cuts(tmp_path)


def test_a_reader_that_fails_names_its_file_and_ends_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise MemoryError

    (tmp_path / "a.sql").write_text("-- openai\nselect vector(1536)\n")
    (tmp_path / "b.py").write_text(USE)
    monkeypatch.setattr("banjia.scan.file._sql", fail)
    inventory = scan(tmp_path)
    assert {"a.sql": "broken"} == {skipped.path: skipped.reason for skipped in inventory.skipped}
    assert ["b.py"] == [finding.path for finding in inventory.findings]
