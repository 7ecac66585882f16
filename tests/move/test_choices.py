"""What is done by the user's word alone: headers, and the rewriting of version 0 of openai-python."""

import ast
import json
import os
import subprocess
import sys

import pytest

from banjia.cli import main
from banjia.desk import move
from banjia.errors import ConfigError
from banjia.move.recorder import recording
from banjia.move.target import Target

CALLS = """\
import os
from openai import OpenAI

client = OpenAI(base_url=os.environ["OPENAI_BASE_URL"])


def ask(user_id, text):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])


def other(text):
    return client.chat.completions.create(model="gpt-4o", messages=[])
"""
OLD = """\
import openai
from openai.embeddings_utils import cosine_similarity, get_embedding
from openai.error import InvalidRequestError, RateLimitError

openai.api_key = "x"


def ask(prompt):
    try:
        r = openai.ChatCompletion.create(engine="gpt-4", messages=[{"role": "user", "content": prompt}], request_timeout=5)
    except openai.error.Timeout:
        return None
    except (RateLimitError, InvalidRequestError):
        raise
    return r["choices"][0]["message"]["content"]


def stream(prompt):
    words = ""
    for chunk in openai.ChatCompletion.create(model="gpt-4", stream=True, messages=[]):
        delta = chunk["choices"][0]["delta"]
        words += delta.get("content", "")
    return words


async def later(prompt):
    answer = await openai.ChatCompletion.acreate(model="gpt-4", messages=[], api_key="y")
    return answer.choices[0].message["content"]


def vectors(texts):
    return [d["embedding"] for d in openai.Embedding.create(model="text-embedding-3-small", input=texts)["data"]]


def alike(a, b):
    return cosine_similarity(get_embedding(a), get_embedding(b))
"""


def planned(folder, text, headers=(), *, upgrade=False):
    (folder / "app.py").write_text(text, encoding="utf-8")
    found = move.look(folder, Target(), (), move.choices(headers, upgrade=upgrade))
    return found.changes[0].after if found.changes else text


def test_no_header_is_added_without_a_choice(tmp_path):
    assert CALLS == planned(tmp_path, CALLS)


def test_the_purpose_goes_to_the_client(tmp_path):
    after = planned(tmp_path, CALLS, ["purpose=customer-service"])
    assert 'default_headers={"x-banjia-purpose": "customer-service"})' in after
    assert after == planned(tmp_path, after, ["purpose=customer-service"])


def test_the_person_goes_to_calls_where_the_expression_is_known_and_to_no_others(tmp_path):
    after = planned(tmp_path, CALLS, ["subject=user_id"])
    assert 1 == after.count('extra_headers={"x-banjia-subject": user_id}')
    assert "x-banjia" not in after.partition("def other")[2]
    assert after == planned(tmp_path, after, ["subject=user_id"])


def test_another_header_is_refused(tmp_path, capsys):
    assert main(["move", str(tmp_path), "--header", "authorization=x", "--lang", "en"]) == 1
    assert "purpose=ID, subject=EXPR" in capsys.readouterr().err
    with pytest.raises(ConfigError):
        move.choices(["subject="])


def test_a_script_sends_what_was_chosen(tmp_path):
    text = 'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.BASE ?? "x" });\n'
    text += (
        "export const ask = (userId: string) => client.chat.completions.create({ model: 'gpt-4o', messages: [] });\n"
    )
    (tmp_path / "app.ts").write_text(text, encoding="utf-8")
    chosen = move.choices(["purpose=support", "subject=userId"])
    after = move.look(tmp_path, Target(), (), chosen).changes[0].after
    assert 'defaultHeaders: { "x-banjia-purpose": "support" }' in after
    assert '{ headers: { "x-banjia-subject": userId } })' in after


def test_version_0_stays_without_a_choice(tmp_path):
    after = planned(tmp_path, OLD)
    assert "openai.ChatCompletion.create(" in after
    assert "openai.api_base = " in after


def test_what_version_0_wrote_runs_on_todays_version(tmp_path):
    after = planned(tmp_path, OLD, upgrade=True)
    ast.parse(after)
    assert not any(word in after for word in ("ChatCompletion", "openai.error", "embeddings_utils", "api_base"))
    drive = "import asyncio, app\nassert app.ask('x') == 'ok' == app.stream('x') == asyncio.run(app.later('x'))\n"
    drive += "assert [len(v) for v in app.vectors(['a', 'b'])] == [1536, 1536]\nassert app.alike('a', 'b') == 1.0\n"
    (tmp_path / "app.py").write_text(after, encoding="utf-8")
    with recording() as kept:
        environment = {**os.environ, "OPENAI_BASE_URL": f"{kept.root}/v1"}
        subprocess.run([sys.executable, "-c", drive], cwd=tmp_path, env=environment, check=True)
    assert {"messages", "model"} == set(kept.calls[0].keys)
    assert ["chat/completions"] * 3 + ["embeddings"] * 3 == [c.kind for c in kept.calls]


def test_the_upgrade_settles(tmp_path):
    after = planned(tmp_path, OLD, upgrade=True)
    assert after == planned(tmp_path, after, upgrade=True)


def test_one_patch_and_one_commit_a_kind_say_the_same(tmp_path, capsys):
    (tmp_path / "app.py").write_text("from openai import OpenAI\nclient = OpenAI()\n", encoding="utf-8")
    (tmp_path / ".env").write_text("OPENAI_API_KEY=\n", encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it was"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    for name, value in (("AUTHOR_NAME", "a"), ("AUTHOR_EMAIL", "a@b.example")):
        subprocess.run(["git", "config", f"user.{name.rpartition('_')[2].lower()}", value], cwd=tmp_path, check=True)
    patch = tmp_path.parent / "all.patch"
    assert main(["move", str(tmp_path), "--patch", str(patch), "--commit", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert 2 == len(document["commits"])
    log = subprocess.run(
        ["git", "log", "--format=%s%n%b", "-2"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert "(python-client)" in log
    assert "app.py:2 py-openai-client " in log
    whole = subprocess.run(["git", "diff", "HEAD~2"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    subprocess.run(["git", "checkout", "-q", "HEAD~2"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", str(patch)], cwd=tmp_path, check=True)
    assert whole == subprocess.run(["git", "diff"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", ["python-client", "py-openai-client", "env-openai"])
def test_a_codemod_or_a_rule_limits_the_move(name, tmp_path):
    (tmp_path / "app.py").write_text("from openai import OpenAI\nclient = OpenAI()\n", encoding="utf-8")
    assert (name != "env-openai") == bool(move.look(tmp_path, Target(), [name]).changes)


def test_an_unknown_rule_is_an_error_that_names_the_nearest(tmp_path, capsys):
    assert main(["move", str(tmp_path), "--only", "python-clients", "--lang", "en"]) == 1
    assert "the nearest is python-client" in capsys.readouterr().err
