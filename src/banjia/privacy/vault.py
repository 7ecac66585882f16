"""Maps of conversations: sealed in the store with a life span, found only by who may use them."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256

from banjia.privacy.surrogate import Surrogates
from banjia.store.vault import Vault

SPACE = "surrogates"
DAY = 24 * 3600 * 1000
LIFE = 30 * DAY
CORPORA = "corpora"
CORPUS_LIFE = 3650 * DAY  # as long as the stored vectors may be used


class Maps:
    """One map for each app and conversation (or corpus). Times are milliseconds since 1970, UTC.

    Raises StoreError where a map does not open: with a wrong or lost key nothing is sent.
    """

    def __init__(self, vault: Vault | Callable[[], Vault], *, life: int = LIFE) -> None:
        self._open = vault  # opened on first need, again and again while it does not
        self._opened: Vault | None = None
        self._life = life

    @property
    def _vault(self) -> Vault:
        if self._opened is None:
            self._opened = self._open if isinstance(self._open, Vault) else self._open()
        return self._opened

    def load(self, app: str, conversation: str, *, at: int) -> Surrogates | None:
        raw = self._vault.get(SPACE, _name(app, conversation), at=at)
        return None if raw is None else Surrogates.load(raw)

    def save(self, app: str, conversation: str, surrogates: Surrogates, *, at: int) -> bool:
        """Keep a map that has grown. False, and nothing is kept, where another call was first to change it."""

        def unchanged(found: bytes | None) -> bool:
            return (sha256(found).digest() if found is not None else b"") == surrogates.seal

        return self._vault.swap(
            SPACE, _name(app, conversation), surrogates.save(), unchanged, at=at, until=at + self._life
        )

    def renew(self, app: str, conversation: str, *, at: int) -> None:
        """A map in use lives on: written only where half of its span is over."""
        self._vault.renew(SPACE, _name(app, conversation), below=at + self._life // 2, until=at + self._life)

    def corpus(self, app: str, name: str, *, at: int) -> bytes:
        """The secret under which one corpus has its tokens, made on first use."""
        return self._vault.first(CORPORA, _name(app, name), os.urandom(32), until=at + CORPUS_LIFE)

    def drop(self, app: str, conversation: str) -> bool:
        return self._vault.drop(SPACE, _name(app, conversation))


def _name(app: str, conversation: str) -> str:
    """An id that callers choose may itself be a person's: only its digest is kept."""
    return sha256(f"{len(app)}:{app}\0{conversation}".encode()).hexdigest()
