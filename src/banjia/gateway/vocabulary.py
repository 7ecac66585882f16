"""Vocabulary: the token ids of OpenAI's models turned back into text, from a file that the user brings."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from banjia.errors import ConfigError
from banjia.text import Text

# of the published files, by content: who brings one of them need not say its hash
PUBLISHED = {
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7": "cl100k_base",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": "o200k_base",
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069": "p50k_base",
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930": "r50k_base",
}
EMBEDS = "cl100k_base"  # the vocabulary of OpenAI's embedding models
SPECIAL = frozenset({100257, 100258, 100259, 100260, 100276})  # marks of that vocabulary which stand for no text


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A file of lines `base64-of-the-bytes rank`, checked when the config is read and decoded on first need."""

    path: Path
    sha256: str
    _words: dict[int, bytes] = field(default_factory=dict, compare=False, repr=False)

    def text(self, ids: list[int]) -> str:
        """Raises KeyError with the id that the vocabulary does not have. Half a character at an edge is left out."""
        words = self._words or self._load()
        return b"".join(b"" if i in SPECIAL else words[i] for i in ids).decode("utf-8", "ignore")

    def _load(self) -> dict[int, bytes]:
        for line in self.path.read_bytes().splitlines():
            word, _, rank = line.partition(b" ")
            if rank:
                self._words[int(rank)] = base64.b64decode(word)
        return self._words


def read_vocabulary(name: str, sha256: str, base: Path, *, where: str) -> Vocabulary | None:
    """Raises ConfigError where the file is not there, not the one that is meant, or no vocabulary."""
    if not name:
        return None
    path = (base / name).resolve()
    try:
        content = path.read_bytes()
    except OSError as error:
        text = Text("读不到词表文件", "the vocabulary file cannot be read")
        raise ConfigError(text, where=where, found=str(error.strerror), remedy=REMEDY) from error
    found = hashlib.sha256(content).hexdigest()
    known = PUBLISHED.get(found)
    if sha256.removeprefix("sha256:").lower() not in {"", found} or (not sha256 and known is None):
        text = Text("词表文件的哈希不对", "the hash of the vocabulary file is not the one that is meant")
        raise ConfigError(text, where=where, expected=sha256 or EMBEDS, found=found, remedy=REMEDY)
    if known not in {None, EMBEDS}:
        text = Text("向量模型用的是另一份词表", "embedding models use another vocabulary")
        raise ConfigError(text, where=where, expected=EMBEDS, found=str(known), remedy=REMEDY)
    try:
        first, _, rank = content.split(b"\n", 1)[0].strip().partition(b" ")
        base64.b64decode(first, validate=True), int(rank)
    except (binascii.Error, ValueError) as error:
        text = Text("这个文件不是词表", "this file is no vocabulary")
        raise ConfigError(text, where=where, expected="BASE64 RANK", remedy=REMEDY) from error
    return Vocabulary(path, found)


REMEDY = Text(
    "用 OpenAI 公布的 cl100k_base.tiktoken；自己的词表写明 sha256",
    "use the cl100k_base.tiktoken that OpenAI publishes; for a vocabulary of your own say its sha256",
)
