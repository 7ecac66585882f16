"""What a config declares must exist, and a host that nobody knows answers for nobody."""

import pytest

from banjia.cli import main
from banjia.config.reader import read

HEAD = "entity: {id: a, facts: {actor.establishment: CN}}\napps: [{id: x, key: 'env:K'}]\n"
LOCAL = "routes: [{id: r, provider: vllm, base_url: 'http://127.0.0.1:1/v1'}]\n"


def assess(tmp_path, text, *words):
    path = tmp_path / "banjia.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return main(["assess", "--config", str(path), "--route", "r", "--lang", "en", *words])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            LOCAL + "attestations: [{duty: separat-consent, by: dpo, on: 2026-01-01}]\n",
            "did you mean separate-consent?",
        ),
        (LOCAL + "packs: [cnn]\n", "did you mean cn?"),
        ("routes: [{id: r, provider: openai, base_url: 'https://api.chatanywhere.tech/v1'}]\n", "host of a relay"),
    ],
)
def test_a_declaration_of_what_is_not_there_is_refused(tmp_path, capsys, text, says):
    assert assess(tmp_path, text) == 1
    assert says in capsys.readouterr().err


def test_an_unknown_host_under_a_vendors_dialect_leaves_the_provider_open(tmp_path, capsys):
    route = "routes: [{id: r, provider: deepseek, base_url: 'https://llm.example/v1'}]\n"
    assert assess(tmp_path, route, "--json") == 3
    assert '"fact": "provider"' in capsys.readouterr().out


@pytest.mark.parametrize("text", ["timeouts: 3\n", "retention: [1]\n", "checkpoints: 3\n", "privacy: yes\n"])
def test_settings_of_the_wrong_shape_are_refused_with_their_line(tmp_path, text):
    path = tmp_path / "banjia.yaml"
    path.write_text(HEAD + LOCAL + text, encoding="utf-8")
    with pytest.raises(Exception, match=r"banjia\.yaml:4"):
        read(path)
