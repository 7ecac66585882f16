"""Words of the training sentences: invented names, places, bodies and fillers, drawn with one seed."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path

from banjia.privacy.gazetteer import letters, words

LISTS = {
    name: text.split()
    for name, text in tomllib.loads(Path(__file__).with_name("lists.toml").read_text("utf-8")).items()
}
NICK = ("小{}", "老{}", "阿{}")
KINDS = ("n", "v", "a", "d", "vn", "i", "l", "t", "m", "f", "p", "c", "b", "z")
SHAPES = ("n", "n", "vn", "a n", "n n", "v n", "n v", "n vn", "d v n", "n l", "i", "b n", "v vn")


class Urn:
    """Things drawn by weight."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.things = list(weights)
        self.up_to = list(accumulate(weights.values()))

    def draw(self, by: random.Random) -> str:
        return by.choices(self.things, cum_weights=self.up_to)[0]


class Words:
    """`dictionary` is a list of words with frequency and part of speech (`word 3 n`), as segmenters carry one."""

    def __init__(self, dictionary: Path, seed: int) -> None:
        self.random = random.Random(seed)
        kinds: dict[str, Counter[str]] = {}
        for line in dictionary.read_text(encoding="utf-8").splitlines():
            word, count, kind = line.split(" ")
            if all("\u4e00" <= c <= "\u9fff" for c in word):
                kinds.setdefault(kind, Counter())[word] = int(count)
        self.surnames = sorted(letters("surnames"))
        self.doubles = sorted(words("compound_surnames"))
        single = set(self.surnames)
        given: Counter[str] = Counter()
        weight: Counter[str] = Counter()
        for name, count in kinds["nr"].items():
            if 2 <= len(name) <= 3 and name[0] in single:
                weight[name[0]] += min(count, 20)
                for c in name[1:]:
                    given[c] += 1
        self.common = Urn({s: 1 + weight[s] for s in self.surnames})
        self.given = Urn({c: n**0.7 for c, n in given.items() if n > 2})
        self.places = [p for p in kinds["ns"] if len(p) >= 2]
        self.kinds = {kind: Urn({w: n**0.6 for w, n in kinds[kind].items()}) for kind in KINDS}

    def word(self, kind: str) -> str:
        return self.kinds[kind].draw(self.random)

    def words(self) -> str:
        return "".join(self.word(kind) for kind in self.random.choice(SHAPES).split())

    def person(self) -> str:
        r = self.random
        roll = r.random()
        if roll < 0.05:
            parts = ["".join(r.choices(LISTS["foreign"], k=r.randint(2, 4))) for _ in range(r.randint(1, 2))]
            return "·".join(parts)
        if roll < 0.10:
            return r.choice(NICK).format(self.common.draw(r))
        surname = r.choice(self.doubles) if roll < 0.14 else self.common.draw(r)
        if roll < 0.3:
            surname = r.choice(self.surnames) if len(surname) == 1 else surname  # rare surnames too
        return surname + "".join(self.given.draw(r) for _ in range(1 if r.random() < 0.28 else 2))

    def place(self) -> str:
        r = self.random
        found = r.choice(self.places)
        while r.random() < 0.3:
            found += r.choice(self.places)[:2] + r.choice(LISTS["parts"])
        return found

    def body(self) -> str:
        r = self.random
        head = r.choice(self.places) if r.random() < 0.6 else "".join(r.choices(LISTS["coined"], k=r.randint(2, 3)))
        trade = r.choice(LISTS["trades"]) if r.random() < 0.7 else ""
        return head + trade + r.choice(LISTS["bodies"])

    def number(self) -> str:
        return self.random.choice(("0", "0", "三", "十二", "两", "0.0", "二十"))

    def day(self) -> str:
        return self.random.choice(
            ("0年0月0日", "0月0日", "昨天", "今年0月", "上周五", "0-0-0", "去年底", "明天上午", "本月0日")
        )

    def title(self) -> str:
        return self.random.choice(LISTS["titles"])

    def salad(self) -> Iterator[tuple[str, str]]:
        """Words in a row with persons, places and bodies between them: (text, kind)."""
        r = self.random
        for _ in range(r.randint(3, 9)):
            roll = r.random()
            if roll < 0.12:
                yield self.person(), "PERSON"
            elif roll < 0.17:
                yield self.place(), "PLACE"
            elif roll < 0.20:
                yield self.body(), "ORG"
            elif roll < 0.30:
                yield r.choice("，、的和了在是与：（）0"), ""
            else:
                yield self.word(r.choice((*KINDS, "n", "v"))), ""
