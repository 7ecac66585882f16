"""Corpus: the packs that are loaded, ready to answer: those shipped, those installed beside, those named by folder."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from banjia.errors import LawError
from banjia.law.build import BuiltPack, build_pack
from banjia.law.library import Library
from banjia.law.pack import Pack, read_pack
from banjia.text import Text

SHIPPED = Path(__file__).parent / "packs"
GROUP = "banjia.packs"


@dataclass(frozen=True)
class Corpus:
    """Every loaded pack as a rule base of its own, over one library of citations."""

    library: Library
    packs: tuple[BuiltPack, ...]

    @property
    def hash(self) -> str:
        return self.library.hash

    def pack(self, id: str) -> BuiltPack | None:  # noqa: A002
        return next((built for built in self.packs if built.pack.id == id), None)


def load(folders: Iterable[str | Path] = ()) -> Corpus:
    """The shipped packs, the installed ones, and those in *folders*; read once for each set of folders."""
    return _load(tuple(str(Path(folder).resolve()) for folder in folders))


def corpus(packs: Sequence[Pack]) -> Corpus:
    """A corpus of exactly these packs."""
    seen: dict[str, Pack] = {}
    axes: dict[str, Pack] = {}
    for pack in packs:
        if pack.id in seen:
            raise LawError(
                Text(f"规则包 {pack.id} 加载了两次", f"the pack `{pack.id}` is loaded twice"),
                where=pack.where,
                found=seen[pack.id].where,
                remedy=Text("换一个标识，或去掉其中一个", "give it another id, or leave one out"),
            )
        seen[pack.id] = pack
        for axis in pack.axes:
            if axis.id in axes:
                raise LawError(
                    Text(f"轴 {axis.id} 属于两个规则包", f"the axis `{axis.id}` belongs to two packs"),
                    where=axis.where,
                    found=axes[axis.id].id,
                )
            axes[axis.id] = pack
    library = Library(tuple(packs))
    return Corpus(library, tuple(build_pack(pack, library) for pack in packs))


@lru_cache(maxsize=8)
def _load(folders: tuple[str, ...]) -> Corpus:
    places = [
        *sorted(p for p in SHIPPED.iterdir() if (p / "pack.toml").is_file()),
        *installed(),
        *(Path(folder) for folder in folders),
    ]
    unique = {path.resolve(): None for path in places}
    return corpus([read_pack(path) for path in unique])


def installed() -> list[Path]:
    """Folders of data that installed distributions offer; `package.sub.folder` is found without running its code."""
    found = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        top, *rest = entry.value.replace(":", ".").split(".")
        try:
            spec = importlib.util.find_spec(top)
        except (ImportError, ValueError):
            spec = None
        roots = list(spec.submodule_search_locations or ()) if spec else []
        folder = next((path for root in roots if (path := Path(root, *rest)).is_dir()), None)
        if folder is None:
            raise LawError(
                Text(f"入口 {entry.name} 指向的文件夹不存在", f"the entry point `{entry.name}` points at no folder"),
                where=f"{GROUP}:{entry.name}",
                found=entry.value,
                expected=Text("package.sub.folder", "package.sub.folder"),
            )
        found.append(folder)
    return found
