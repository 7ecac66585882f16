"""Text formats: every setting with its own line."""

import json

import pytest

from banjia.scan.file import scan_file
from banjia.scan.formats import jsontext, lines, markup, yamltext
from banjia.scan.manifest import declared


def told(entries):
    return [(entry.dotted, entry.value, entry.line) for entry in entries if entry.value]


def test_env_files_drop_comments_and_quotes():
    assert [("A_KEY", "x y", 2), ("B", "2", 3)] == told(lines.env("# A=1\nexport A_KEY='x y'\nB=2 # two\n"))


def test_yaml_lists_of_settings_keep_their_lines():
    text = 'services:\n  a:\n    environment:\n      - KEY_A=1\n      KEY_B: "2"\n'
    assert [("services.a.environment.KEY_A", "1", 4), ("services.a.environment.KEY_B", "2", 5)] == told(
        yamltext.entries(text)
    )


def test_kubernetes_names_and_values_are_one_setting():
    text = "env:\n  - name: OPENAI_API_BASE\n    value: http://x\n"
    entry = next(entry for entry in yamltext.entries(text) if entry.key == "OPENAI_API_BASE")
    assert ("http://x", 2, 3) == (entry.value, entry.line, entry.last)


def test_json_with_comments_keeps_lines_and_paths():
    text = '{\n  // note\n  "A": {"Key": "v",}, /* x\n */ "B": ["one"]\n}'
    assert [("A.Key", "v", 3), ("B.", "one", 4)] == told(jsontext.entries(text))


def test_toml_arrays_over_lines_give_each_item():
    text = '[project]\ndependencies = [\n  "openai>=1",\n]\n'
    assert [("project.dependencies.", "openai>=1", 3)] == told(lines.toml(text))


def test_markup_gives_keys_and_elements():
    text = '<c>\n<add key="OpenAIKey" value="v"/>\n<a>t</a></c>'
    found = told(markup.entries(text))
    assert ("c.OpenAIKey", "v", 2) in found
    assert ("c.a", "t", 3) in found


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("requirements.txt", "flask\nopenai>=1\nopenai-whisper\n", 2),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"\nopenai = "^1"\n', 3),
        ("setup.py", 'setup(\n  install_requires=[\n    "openai",\n  ],\n)\n', 3),
        ("setup.cfg", "[options]\ninstall_requires =\n    openai\n", 3),
        ("environment.yml", "dependencies:\n  - pip:\n    - openai==1\n", 3),
        ("package.json", '{"dependencies": {\n"openai": "1"}}', 2),
        ("go.mod", "module x\n\nrequire github.com/openai/openai-go v1.0.0\n", 3),
        (
            "pom.xml",
            "<dependency>\n<groupId>com.openai</groupId>\n<artifactId>openai-java</artifactId>\n</dependency>",
            3,
        ),
        ("build.gradle.kts", 'dependencies {\n  implementation("com.openai:openai-java:1")\n}', 2),
        ("a.csproj", '<Project>\n<PackageReference Include="OpenAI" Version="2"/></Project>', 2),
        ("composer.json", '{"require": {\n"openai-php/client": "1"}}', 2),
        ("Gemfile", 'source "x"\ngem "ruby-openai"\n', 2),
        ("Cargo.toml", '[dependencies]\nasync-openai = "0.2"\n', 2),
    ],
)
def test_manifests_of_every_ecosystem(name, text, line):
    assert [(line, "openai")] == [(item.line, provider) for item, _, provider in declared(name, text)]


def test_a_notebook_is_read_by_cells_and_its_outputs_only_for_keys():
    key = "sk-" + "Ab3dE5fG7h" * 2 + "T3BlbkFJ" + "Kq9LmN2pQr" * 2
    book = {
        "cells": [
            {"cell_type": "markdown", "source": ["import openai\n"]},
            {
                "cell_type": "code",
                "outputs": [{"text": ["openai 1.0\n", key + "\n"]}],
                "source": ["%pip install openai\n", "import openai"],
            },
        ]
    }
    found = scan_file("a.ipynb", json.dumps(book, indent=1)).findings
    assert ["dependency", "import", "secret"] == sorted(finding.kind for finding in found)
    assert len({finding.line for finding in found}) == 3
