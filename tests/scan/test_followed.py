"""What is known of an object is followed through the ways in which programs hand it on."""

import pytest

from banjia.scan.file import scan_file
from banjia.scan.tree import settled


def found(files):
    tree = {path: scan_file(path, code) for path, code in files.items()}
    return [(one.path, one.line, one.kind, one.provider) for one in settled(tree)]


IMPORT = "from openai import OpenAI\n"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('options = {"base_url": "https://api.moonshot.cn/v1"}\nOpenAI(**options)\n', 3),
        ('options = dict(base_url="https://api.moonshot.cn/v1")\nOpenAI(**options)\n', 3),
        ('URLS = {"kimi": "https://api.moonshot.cn/v1"}\nOpenAI(base_url=URLS["kimi"])\n', 3),
        ('class Config:\n    base = "https://api.moonshot.cn/v1"\n\n\nOpenAI(base_url=Config.base)\n', 6),
        ('class Config:\n    base = "https://api.moonshot.cn/v1"\n\n\nc = Config()\nOpenAI(base_url=c.base)\n', 7),
    ],
)
def test_an_address_is_followed_through_tables_options_and_attributes(code, line):
    assert ("a.py", line, "client", "moonshot") in found({"a.py": IMPORT + code})


def test_the_entry_that_is_not_asked_for_decides_nothing():
    code = 'URLS = {"kimi": "https://api.moonshot.cn/v1", "x": name}\nOpenAI(base_url=URLS["x"])\n'
    assert ("a.py", 3, "client", "openai") in found({"a.py": IMPORT + code})


def test_a_parameter_hides_the_address_of_the_same_name():
    code = (
        "import requests\nimport openai\n\nurl = 'https://api.openai.com/v1/models'\n\n\n"
        "def load(url):\n    return requests.get(url)\n"
    )
    assert [line for _, line, kind, _ in found({"a.py": code}) if kind == "http"] == [4]


def test_the_addresses_of_other_functions_do_not_hide_the_one_of_this():
    others = "".join(
        f"def f{n}():\n    url = 'https://h{n}.example.org/v1'\n    requests.get(url)\n\n\n" for n in range(4)
    )
    own = "def ask():\n    url = 'https://api.openai.com/v1/chat/completions'\n    requests.post(url)\n"
    lines = [line for _, line, kind, _ in found({"a.py": "import requests\n\n\n" + others + own}) if kind == "http"]
    assert lines == [25, 26]


def test_a_class_made_from_a_client_is_a_client():
    code = "class Mine(OpenAI):\n    pass\n\n\nc = Mine()\nc.chat.completions.create(model=m)\n"
    assert {("a.py", 6, "client", "openai"), ("a.py", 7, "call", "openai")} <= set(found({"a.py": IMPORT + code}))


@pytest.mark.parametrize(
    ("file", "code", "line"),
    [
        (
            "a.py",
            "from langchain_openai import ChatOpenAI\n\nllm = ChatOpenAI()\nchain = prompt | llm | parser\nchain.invoke({})\n",
            5,
        ),
        (
            "a.ts",
            """\
import { ChatOpenAI } from "@langchain/openai";
const llm = new ChatOpenAI({});
const chain = prompt.pipe(llm).pipe(parser);
await chain.stream({});
""",
            4,
        ),
        (
            "a.py",
            """\
from langchain.chains import LLMChain
from langchain_openai import ChatOpenAI

LLMChain(llm=ChatOpenAI()).run(text)
""",
            4,
        ),
        (
            "a.ts",
            """\
import OpenAI from "openai";
const make = () => new OpenAI();
await make().chat.completions.create({});
""",
            3,
        ),
    ],
)
def test_a_call_of_what_was_made_of_a_client_is_its_call(file, code, line):
    assert (file, line, "call", "openai") in found({file: code})


def test_a_call_of_a_client_that_another_file_makes_is_a_call():
    tree = found(
        {
            "core/llm.py": "from llama_index.llms.openai import OpenAI\n\nLLM = OpenAI()\n",
            "app/base.py": "from llama_index.core import Document\n\nfrom core.llm import LLM\n\nllm = LLM\nllm.chat(messages)\n",
        }
    )
    assert ("app/base.py", 6, "call", "openai") in tree


def test_a_call_of_something_else_that_another_file_makes_is_none():
    tree = found(
        {
            "core/llm.py": "import openai\n\nLLM = Teacher()\n",
            "app/base.py": "import openai\n\nfrom core.llm import LLM\n\nLLM.chat(messages)\n",
        }
    )
    assert not [one for one in tree if one[2] == "call"]


def test_the_fields_of_a_settings_class_are_read_from_the_environment():
    code = (
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Azure(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_prefix="AZURE_OPENAI_")\n    key: str\n    timeout: int = 3\n\n\n'
        "class Plain(BaseModel):\n    openai_api_key: str\n"
    )
    assert [line for _, line, kind, _ in found({"a.py": code}) if kind == "env"] == [5, 6]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("const { OPENAI_API_KEY } = process.env;\n", 1),
        ('const { OPENAI_API_BASE = "" } = process.env;\n', 1),
        ('process.env.OPENAI_API_KEY = "x";\n', 1),
    ],
)
def test_the_environment_is_read_and_set_in_every_form(code, line):
    assert ("a.ts", line, "env", "openai") in found({"a.ts": code})


def test_a_page_that_calls_its_own_server_calls_no_service():
    code = 'import OpenAI from "openai";\n\nawait fetch("/api/chat/completions", { method: "POST" });\n'
    assert [kind for _, _, kind, _ in found({"a.ts": code})] == ["import"]


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("deploy.yaml", "env:\n- {name: OPENAI_API_KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}\n", 2),
        ("config.ini", "[openai]\nhost = api.openai.com/v1\n", 2),
        ("main.bicep", "  OPENAI_API_KEY: key\n", 1),
    ],
)
def test_settings_of_every_form_are_found(file, text, line):
    assert [(at, kind) for _, at, kind, _ in found({file: text})] == [(line, "config")]


def test_a_vendor_chosen_by_name_in_a_section_of_models_is_found():
    text = '[llm.server]\nremote_type = "kimi"\nremote_api_key = ""\n'
    assert found({"c.ini": text + "\n[openai]\napi_key = x\n"})[:2] == [
        ("c.ini", 2, "config", "moonshot"),
        ("c.ini", 3, "config", "any"),
    ]


def test_a_tokenizer_alone_shows_no_hosted_model():
    text = "tiktoken\ntransformers\n"
    code = 'import torch\n\nNAME = "ZhipuAI/glm-4-9b-chat"\n'
    assert found({"requirements.txt": text, "train.py": code}) == []


def test_words_about_a_package_are_no_settings():
    text = '{"keywords": ["gpt-4", "openai"], "scripts": {"test-openai-key": "x"}, "dependencies": {"openai": "1"}}'
    assert [kind for _, _, kind, _ in found({"package.json": text})] == ["dependency"]
