"""Places that other scanners miss or report wrongly, one by one."""

import pytest

from banjia.scan.file import scan_file
from banjia.scan.tree import settled


def found(file, code):
    return [(one.line, one.kind, one.provider) for one in settled({file: scan_file(file, code)})]


def test_a_go_module_is_declared_with_its_major_version():
    text = "module a\n\nrequire (\n\tgithub.com/cohere-ai/cohere-go/v2 v2.16.2\n)\n"
    assert [(4, "dependency", "foreign_aggregator")] == found("go.mod", text)


def test_a_go_package_named_sdk_go_is_used_by_its_short_name():
    text = 'package a\n\nimport "github.com/anthropics/anthropic-sdk-go"\n\nfunc f() { c := anthropic.NewClient() }\n'
    assert (5, "client", "anthropic") in found("a.go", text)


def test_a_list_of_keys_names_settings():
    text = "services:\n  - envVars:\n      - key: OPENAI_API_KEY\n        sync: false\n"
    assert [3] == [line for line, kind, _ in found("render.yaml", text) if kind == "config"]


def test_the_name_of_a_service_says_nothing_of_its_other_variables():
    text = "services:\n  openai_web:\n    environment:\n      - JDBC_URL=jdbc:mysql://db/x\n      - OPENAI_API_KEY=x\n"
    assert [5] == [line for line, _, _ in found("docker-compose.yml", text)]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('import os\n\nKEY = "OPENAI" + "_API_KEY"\nkey = os.environ[KEY]\n', 4),
        ('import os\n\nNAME = "OPENAI_API_KEY"\nkey = os.getenv(NAME)\n', 3),
        ('from os import environ as env\n\nkey = env.get("OPENAI_API_KEY")\n', 3),
    ],
)
def test_the_name_of_a_setting_is_followed_through_constants(code, line):
    assert line in [at for at, kind, provider in found("a.py", code) if (kind, provider) == ("env", "openai")]


@pytest.mark.parametrize(
    "base",
    ['"https://api.openai.com" + "/v1"', 'f"https://{HOST}/v1"', "BASE"],
)
def test_a_base_url_is_followed_through_concatenation(base):
    code = (
        'from openai import OpenAI as Maker\n\nHOST = "api.deepseek.com"\nBASE = "https://" + HOST\n'
        f"client = Maker(base_url={base})\n"
    )
    provider = "openai" if "api.openai" in base else "deepseek"
    assert (5, "client", provider) in found("a.py", code)
