"""Public: the public half of the key that signs now, beside it for whoever takes a copy."""

from __future__ import annotations

from banjia.errors import StoreError, cause
from banjia.ledger.checkpoint import PUBLIC_FILE, Verifier
from banjia.store.keys import Keys
from banjia.store.whole import write_whole
from banjia.text import Text


def publish(keys: Keys, verifier: Verifier) -> None:
    """Written whole or not at all; the old one still verifies, since the ledger tells of its successor."""
    path = keys.folder / PUBLIC_FILE
    try:
        write_whole(path, f"{verifier}\n".encode())
    except OSError as error:
        raise StoreError(
            Text("公钥写不出", "the public key cannot be written"),
            where=str(path),
            found=cause(error),
            remedy=Text("检查 keys 目录的权限和磁盘", "check the permissions of `keys`, and the disk"),
        ) from error
