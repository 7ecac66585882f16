"""YAML written to break the reader, or broken by chance, is one error of one kind."""

import pytest
import yaml

from banjia.config import plain
from banjia.config.document import load
from banjia.config.reader import read
from banjia.errors import ConfigError

GROWING = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]\n" for i in range(1, 9)
)
HOSTILE = {
    "deep list": "[" * 20_000 + "]" * 20_000,
    "deep mapping": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "growing aliases": GROWING,
    "an alias within itself": "a: &a [*a]",
    "a day that is none": "a: 2026-13-45",
    "a number of thousands of digits": "a: " + "9" * 6_000,
    "a tag that does not fit": "a: !!int x",
    "a tag of another program": "a: !!python/object:os.system x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_yaml_is_a_yaml_error(text):
    with pytest.raises(yaml.YAMLError):
        plain.load(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_config_is_a_config_error(text, tmp_path):
    file = tmp_path / "banjia.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load(file)


def test_anchors_are_fine_where_they_save_words():
    assert plain.load("a: &x {k: [1, 2]}\nb: *x\nc: {<<: *x, d: 3}") == {
        "a": {"k": [1, 2]},
        "b": {"k": [1, 2]},
        "c": {"k": [1, 2], "d": 3},
    }


@pytest.mark.parametrize("line", ["store: [1]", "store: {a: 1}", "keys: [1]", "keys: {a: 1}", "keys: yes"])
def test_store_and_keys_are_text(line, tmp_path):
    file = tmp_path / "banjia.yaml"
    file.write_text(line)
    with pytest.raises(ConfigError) as caught:
        read(file)
    assert line.partition(":")[0] in caught.value.where
