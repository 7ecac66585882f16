"""Common words of English, from the word lists of SCOWL: give the folder of its files, as Debian's package `scowl` installs it.

    python scripts/words/common_en.py /usr/share/dict/scowl > src/banjia/privacy/data/common_en.txt

Words of the sizes up to 40 of the English and the American list stay, in small letters and of letters alone. What is a
given name or a family name as well stays a name, unless it is among the words of the smallest sizes.
"""

import sys
from pathlib import Path

SIZES = (10, 20, 35, 40)
FREQUENT = (10, 20)  # a word of these sizes is a word wherever it stands, whatever people are called
DATA = Path(__file__).parents[2] / "src" / "banjia" / "privacy" / "data"
WIDTH = 100


def main(folder: Path) -> None:
    names = {n.lower() for f in ("given_en", "surnames_en", "given_more_en", "surnames_more_en") for n in _names(f)}
    chosen: set[str] = set()
    for size in SIZES:
        for kind in ("english", "american"):
            file = folder / f"{kind}-words.{size}"
            if file.exists():
                found = {
                    w for w in file.read_text(encoding="latin-1").split() if w.isascii() and w.isalpha() and w.islower()
                }
                chosen |= found if size in FREQUENT else found - names
    line = ""
    for word in sorted(w for w in chosen if len(w) > 1):
        if len(line) + len(word) > WIDTH:
            print(line)
            line = ""
        line += f" {word}" if line else word
    print(line)


def _names(name: str) -> list[str]:
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    return text.replace("|", " ").split()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
