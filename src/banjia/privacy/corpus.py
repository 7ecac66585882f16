"""Corpus: tokens of texts that are embedded, the same for one value in all of a corpus, and no map of them."""

from __future__ import annotations

import hmac

from banjia.privacy.marks import CLOSE, OPEN
from banjia.privacy.person import normal
from banjia.privacy.surrogate import NONCE_SIGNS, Lang

SIGNS = 10  # of 30: among a million values two share a token once in a thousand corpora


class CorpusTokens:
    """Under a secret key of the corpus; vectors give no text back, so nothing has to be restored."""

    grown = False
    seal = b""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def tokens(self) -> bool:
        """No model has to be told to copy them."""
        return False

    @property
    def originals(self) -> dict[str, str]:
        return {}

    def token(self, kind: str, surface: str, lang: Lang) -> str:
        """All ways of writing one value have one token, whatever the language of the text around it."""
        del lang
        value = f"{kind}\0{normal(kind, surface)}".encode("utf-8", "surrogatepass")
        number = int.from_bytes(hmac.digest(self._key, value, "sha256")[:16])
        signs = ""
        for _ in range(SIGNS):
            number, rest = divmod(number, len(NONCE_SIGNS))
            signs += NONCE_SIGNS[rest]
        return f"{OPEN}{kind}·{signs}{CLOSE}"
