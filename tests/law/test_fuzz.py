"""Two hundred broken packs: never a crash, always file and line."""

import random
import re

import pytest
from tests.law.sample import LISTS, PACK, STATUTE, write

from banjia.errors import LawError
from banjia.law.corpus import corpus
from banjia.law.pack import read_pack

WHERE = re.compile(r"^demo/(pack\.toml|lists\.toml|rules\.md|exposure\.toml|plan\.toml|reasons\.toml):\d+$")
JUNK = [
    "[[",
    "]]",
    "\x00",
    '"""',
    "{",
    "}",
    "= =",
    "```",
    "```rule\n",
    "# x",
    "999999999999999999999999",
    "\u202e",
    "’",
    "'",
    "-",
    "[" * 300,
    "not " * 500,
    "\ud7ff",
    "nan",
    "1e400",
    "((((",
    "2026-99-99",
    "__import__('os')",
    "\\u0000",
]


def _mutate(text, rng):
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text))
        match rng.randrange(6):
            case 0:
                text = text[:at] + rng.choice(JUNK) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.randint(1, 40) :]
            case 2:
                rows = text.split("\n")
                rows.insert(rng.randrange(len(rows)), rng.choice(rows))
                text = "\n".join(rows)
            case 3:
                rows = text.split("\n")
                del rows[rng.randrange(len(rows))]
                text = "\n".join(rows)
            case 4:
                words = re.findall(r"[\w.-]+", text)
                text = text.replace(rng.choice(words), rng.choice(JUNK), 1)
            case _:
                text = text[:at]
        if not text:
            return "x"
    return text


@pytest.mark.parametrize("batch", range(4))
def test_a_malformed_pack_gives_a_law_error_with_file_and_line(tmp_path, batch):
    broken = seed = 0
    while broken < 50:
        rng = random.Random(f"{batch}-{seed}")
        seed += 1
        parts = {"pack": PACK, "statute": STATUTE, "lists": LISTS}
        victim = rng.choice(list(parts))
        parts[victim] = _mutate(parts[victim], rng)
        folder = write(
            tmp_path / str(seed) / "demo", **{k: v.encode("utf-8", "replace").decode() for k, v in parts.items()}
        )
        try:
            corpus([read_pack(folder)])
        except LawError as error:
            assert WHERE.match(error.where), (seed, error.where, str(error))
            assert error.say("zh") and error.say("en")
            broken += 1
