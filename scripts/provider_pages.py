"""Writes the page of every provider in both languages; `--check` only compares. Run after a provider file changed."""

import sys
from collections.abc import Iterator
from pathlib import Path

from banjia.routes import bundle, catalogue
from banjia.routes.guide import guide

DOCS = Path(__file__).resolve().parents[1] / "docs"
FOLDERS = {"en": DOCS / "en" / "providers", "zh": DOCS / "zh-CN" / "providers"}


def pages() -> Iterator[tuple[Path, str]]:
    routes = catalogue.load(plugins=False)
    for provider in routes.providers.values():
        for lang, folder in FOLDERS.items():
            yield folder / f"{provider.id}.md", guide(provider, lang, routes=routes, on=provider.read)


def main(*, check: bool) -> int:
    stale = [path for path, text in pages() if not path.exists() or path.read_text("utf-8") != text]
    if not check:
        bundle.write()
        for path, text in pages():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return 0
    for path in stale:
        print(f"stale: {path.relative_to(DOCS)}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
