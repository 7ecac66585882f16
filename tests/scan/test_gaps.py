"""What programs do between an import and a call: names made at run time, texts put together, clients kept and handed on."""

import pytest

from banjia.routes.catalogue import load
from banjia.scan.file import scan_file
from banjia.scan.hosts import is_hosted
from banjia.scan.lexicon import lexicon
from banjia.scan.tree import settled


def found(files):
    results = {path: scan_file(path, text) for path, text in files.items()}
    return {(one.path, one.line, one.kind, one.provider) for one in settled(results, files)}


@pytest.mark.parametrize(
    ("file", "code", "expected"),
    [
        (
            "a.py",
            'ai = importlib.import_module("openai")\nai.OpenAI()\n',
            {(1, "import", "openai"), (2, "client", "openai")},
        ),
        (
            "a.py",
            'm = __import__("anthropic")\nm.Anthropic()\n',
            {(1, "import", "anthropic"), (2, "client", "anthropic")},
        ),
        (
            "a.ts",
            'const { OpenAI } = await import("openai");\nnew OpenAI();\n',
            {(1, "import", "openai"), (2, "client", "openai")},
        ),
        ("a.py", 'url = "https://%s.openai.azure.com/openai/deployments/%s" % (a, b)\n', {(1, "http", "azure_openai")}),
        ("a.py", 'url = "{}/v1/chat/completions".format("https://api.moonshot.cn")\n', {(1, "http", "moonshot")}),
        (
            "a.go",
            'package a\n\nfunc f() {\n\tu := fmt.Sprintf("https://%s/v1", "api.deepseek.com")\n}\n',
            {(4, "http", "deepseek")},
        ),
        (
            "a.py",
            (
                "from openai import OpenAI\nfrom zhipuai import ZhipuAI\n"
                'C = {"a": OpenAI(), "z": ZhipuAI()}\nC["z"].chat.completions.create(model=m)\n'
            ),
            {(4, "call", "zhipu")},
        ),
        (
            "a.go",
            (
                'package a\n\nimport "github.com/sashabaranov/go-openai"\n\nfunc f() {\n'
                '\tc := openai.DefaultConfig(k)\n\tc.BaseURL = "https://api.groq.com/openai/v1"\n'
                "\tx := openai.NewClientWithConfig(c)\n}\n"
            ),
            {(8, "client", "foreign_aggregator")},
        ),
        ("a.php", "<?php\nfunction f(string $u = 'https://api.mistral.ai/v1') {}\n", {(2, "http", "mistral")}),
        ("A.kt", 'class A(val u: String = "https://api.deepseek.com")\n', {(1, "http", "deepseek")}),
        ("config.py", 'import dashscope\n\nDASHSCOPE_API_KEY = ""\n', {(3, "env", "alibaba_bailian")}),
    ],
)
def test_a_use_is_found_however_it_is_put_together(file, code, expected):
    assert expected <= {where[1:] for where in found({file: code})}


def test_a_client_made_by_a_factory_of_another_file_keeps_its_provider():
    files = {
        "app/base.py": "from openai import OpenAI\n\ndef make():\n"
        '    return OpenAI(base_url="https://api.deepseek.com")\n',
        "app/use.py": "from .base import make\n\nmake().chat.completions.create(model=m)\n",
    }
    assert ("app/use.py", 3, "call", "deepseek") in found(files)


def test_a_client_of_a_base_class_keeps_its_provider_though_another_file_uses_the_same_name():
    files = {
        "a/base.py": "from zhipuai import ZhipuAI\n\nclass Base:\n    def __init__(self):\n        self.client = ZhipuAI()\n",
        "b/other.py": "from openai import OpenAI\n\nclass Other:\n    def __init__(self):\n        self.client = OpenAI()\n",
        "a/use.py": "from .base import Base\n\nclass Use(Base):\n"
        "    def f(self):\n        return self.client.chat.completions.create(model=m)\n",
    }
    assert ("a/use.py", 5, "call", "zhipu") in found(files)


def test_a_library_under_the_name_of_a_package_of_ones_own_is_still_a_library():
    files = {
        "src/org/springframework/ai/chat/client/advisor/Own.java": "package org.springframework.ai.chat.client.advisor;\n"
        "import org.springframework.ai.chat.client.ChatClient;\n",
        "src/org/springframework/ai/chat/client/advisor/Use.java": "package org.springframework.ai.chat.client.advisor;\n"
        "import org.springframework.ai.chat.client.advisor.Own;\n",
    }
    lines = {(path.rsplit("/", 1)[-1], line) for path, line, kind, _ in found(files) if kind == "import"}
    assert {("Own.java", 2)} == lines


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("config.yml", "inputs:\n  openai_base_url:\n    type: string\n"),
        ("pom.xml", "<project><properties><chatgpt-sdk.version>1.0</chatgpt-sdk.version></properties></project>\n"),
        ("a.py", 'import openai\n\nopenai.OpenAI(timeout=self.config["model"])\n'),
        ("a.py", 'requests.get("https://s3.cn-north-1.amazonaws.com.cn/bucket")\n'),
        ("links.json", '{"apiKeyUrl": "https://openrouter.ai/keys"}\n'),
        ("res/layout/a.xml", '<EditText android:id="@+id/openai_api_key"/>\n'),
        ("a.py", 'SITE_URL = "https://chatgpt-fans.example.org/welcome"\n'),
        ("a.sh", 'echo "asks gpt-4o"\ncat <<EOF\nthe default model is gpt-4o\nEOF\n'),
    ],
)
def test_what_only_looks_like_a_use_is_none(file, code):
    assert not {kind for _, _, kind, _ in found({file: code})} & {"config", "http", "env", "proxy", "model"}


@pytest.mark.parametrize(
    "code", ['GOOGLE_API_KEY = ""\n', 'key = os.environ["GOOGLE_API_KEY"]\n', 'OPENAI_API_KEY = ""\n']
)
def test_a_name_that_may_be_of_another_service_alone_shows_no_use(code):
    assert set() == found({"a.py": code})


@pytest.mark.parametrize("provider", sorted(load().ids()))
def test_every_host_of_the_catalogue_is_known_by_its_provider(provider):
    for endpoint in load().providers[provider].endpoints:
        if is_hosted(endpoint.match) and not endpoint.match.startswith("re:"):
            hit = lexicon().host(endpoint.match.replace("*.", "own."))
            assert hit is not None, endpoint.match
            assert provider == hit.provider, endpoint.match


def test_every_relay_of_the_dated_list_is_known():
    assert all(lexicon().host(name).provider == "relay" for name in load().relays.names)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("a.sh", "curl https://api.openai.com/v1/x\ncat <<EOF\n  OPENAI_API_KEY   the key\nEOF\n"),
        ("a.sh", "curl https://api.openai.com/v1/x\nexport OPENAI_TOKENS=500\nCHATGPT_VERSION=4\n"),
        (
            "A.java",
            "import dev.langchain4j.store.embedding.pgvector.PgVectorEmbeddingStore;\n\n\nclass A { Object o = PgVectorEmbeddingStore.builder().host(h).build(); }\n",
        ),
    ],
    ids=["what a script shows of itself", "sizes and versions", "the host of a store"],
)
def test_words_beside_a_use_are_no_use(file, code):
    assert {1} == {line for _, line, _, _ in found({file: code})}
