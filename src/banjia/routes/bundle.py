"""Bundle: the folder of provider files compiled to one fast file. It is a cache, never an authority.

A file whose content differs from what was compiled is read from its TOML.
`python -m banjia.routes.bundle` compiles anew.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

from banjia.routes import document
from banjia.routes.provider import Provider

HERE = Path(__file__).parent
FOLDER = HERE / "providers"
FILE = HERE / "data" / "providers.json.gz"


class Compiled(msgspec.Struct, frozen=True):
    digest: str
    provider: msgspec.Raw


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


def compile_folder(folder: Path = FOLDER) -> bytes:
    """The same bytes for the same files, on every machine."""
    entries = {
        path.name: {"digest": digest(path.read_bytes()), "provider": document.read(path, Provider)}
        for path in sorted(folder.glob("*.toml"))
    }
    return msgspec.json.encode(entries)


def providers(folder: Path = FOLDER, file: Path = FILE) -> tuple[Provider, ...]:
    """Every provider of the folder, from the bundle where it is fresh."""
    compiled = _compiled(file)
    decoder = _decoder()
    found: list[Provider] = []
    for path in sorted(folder.glob("*.toml")):
        raw = path.read_bytes()
        known = compiled.get(path.name)
        if known is not None and known.digest == digest(raw):
            found.append(decoder.decode(known.provider))
        else:
            found.append(document.parse(raw, Provider, str(path)))
    return tuple(found)


def is_fresh(file: Path = FILE) -> bool:
    return file.exists() and gzip.decompress(file.read_bytes()) == compile_folder()


def write(file: Path = FILE) -> None:
    file.write_bytes(gzip.compress(compile_folder(), 9, mtime=0))


def _compiled(file: Path) -> dict[str, Compiled]:
    try:
        return msgspec.json.decode(gzip.decompress(file.read_bytes()), type=dict[str, Compiled])
    except (OSError, EOFError, msgspec.DecodeError):
        return {}


@lru_cache(maxsize=1)
def _decoder() -> msgspec.json.Decoder[Provider]:
    return msgspec.json.Decoder(Provider)


if __name__ == "__main__":
    write()
