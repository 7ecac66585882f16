"""SARIF and CycloneDX are what their schemas say, whatever a tree holds."""

import gzip
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from banjia.scan.cyclonedx import document as bill
from banjia.scan.sarif import document as sarif
from banjia.scan.scan import scan

SCHEMAS = Path(__file__).parent / "schemas"
ON = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = "sk-proj-" + "Ab3dEf6hIj9k" * 4
# Every form of use, a file that is not read, a remark without a reason, names that are hard to write down.
TREE = {
    "a b.py": 'import openai\n\nc = openai.OpenAI(base_url="https://api.openai.com/v1")\n'
    'c.chat.completions.create(model="gpt-4o", messages=[])\nc.files.create(file=f)\n',
    "line\nbreak.py": "import openai\n",
    "模型/问 答?.py": "from dashscope import Generation\n\nGeneration.call(model='qwen-max')\n",
    "azure.ts": 'import { AzureOpenAI } from "openai";\n\nconst a = new AzureOpenAI({ endpoint: process.env.HERE });\n',
    ".env": f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL=https://me:word@10.0.0.1:8080/v1?api_key={KEY}\n",
    "requirements.txt": "openai==1.2.3\ntiktoken\nlangchain-openai>=0.1\n",
    "package.json": '{"dependencies": {"openai": "^4.0.0", "@ai-sdk/openai": "*"}}\n',
    "pom.xml": "<project><dependencies><dependency><groupId>com.openai</groupId><artifactId>openai-java</artifactId>"
    "<version>${v}</version></dependency></dependencies></project>\n",
    "nginx.conf": "location / {\n proxy_pass https://api.openai.com;\n}\n",
    "kept.sql": "CREATE TABLE openai (embedding vector(1536));\n",
    "count.py": "import openai  # banjia: ignore\nimport tiktoken\n\ntiktoken.get_encoding('cl100k_base')\n",
    "no.ipynb": '{"openai": ' + "[" * 90_000,
}


@cache
def validator(name):
    def read(file):
        return json.loads(gzip.decompress((SCHEMAS / f"{file}.schema.json.gz").read_bytes()))

    beside = {f"{file}.SNAPSHOT.schema.json": read(file) for file in ("cryptography-defs", "spdx")}
    beside["jsf-0.82.SNAPSHOT.schema.json"] = {"definitions": {"signature": False}}
    known = [
        (f"http://cyclonedx.org/schema/{file}", Resource(contents, specification=DRAFT7))
        for file, contents in beside.items()
    ]
    return Draft7Validator(read(name), registry=Registry().with_resources(known))


def wrong(name, document):
    return [f"{list(error.path)}: {error.message}" for error in validator(name).iter_errors(document)]


@pytest.fixture(params=["whole", "empty"])
def inventory(request, tmp_path):
    for name, text in TREE.items() if request.param == "whole" else ():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return scan(tmp_path)


def test_sarif_is_what_its_schema_says(inventory):
    closed = frozenset(finding.key for finding in inventory.findings[:2])
    document = json.loads(json.dumps(sarif(inventory, version="1.2.3", closed=closed)))
    assert wrong("sarif-2.1.0", document) == []


def test_a_bill_is_what_the_schema_of_cyclonedx_says(inventory):
    document = json.loads(json.dumps(bill(inventory, version="1.2.3", name="shop", time=ON)))
    assert wrong("bom-1.7", document) == []


@pytest.mark.parametrize(("name", "document"), [("sarif-2.1.0", {"version": "2.0.0"}), ("bom-1.7", {"bomFormat": "x"})])
def test_the_schemas_refuse_what_is_wrong(name, document):
    assert wrong(name, document) != []
