"""Maps of conversations: sealed in the store with a life span, found only by who may use them."""

from __future__ import annotations

from hashlib import sha256

from banjia.privacy.surrogate import Surrogates
from banjia.store.vault import Vault

SPACE = "surrogates"
DAY = 24 * 3600 * 1000
LIFE = 30 * DAY


class Maps:
    """One map for each app and conversation (or corpus). Times are milliseconds since 1970, UTC.

    Raises StoreError where a map does not open: with a wrong or lost key nothing is sent.
    """

    def __init__(self, vault: Vault, *, life: int = LIFE) -> None:
        self._vault = vault
        self._life = life

    def load(self, app: str, conversation: str, *, at: int) -> Surrogates | None:
        raw = self._vault.get(SPACE, _name(app, conversation), at=at)
        return None if raw is None else Surrogates.load(raw)

    def save(self, app: str, conversation: str, surrogates: Surrogates, *, at: int) -> None:
        self._vault.put(SPACE, _name(app, conversation), surrogates.save(), until=at + self._life)

    def drop(self, app: str, conversation: str) -> bool:
        return self._vault.drop(SPACE, _name(app, conversation))


def _name(app: str, conversation: str) -> str:
    """An id that callers choose may itself be a person's: only its digest is kept."""
    return sha256(f"{len(app)}:{app}\0{conversation}".encode()).hexdigest()
