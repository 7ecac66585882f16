"""Operation: what a person does to the ledger's data, told by the ledger itself in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from banjia.ledger.chain import close_log, open_log, sealed
from banjia.ledger.entry import Entry, new_id
from banjia.ledger.journal import known_signer
from banjia.store.keys import Keys
from banjia.store.store import Store, Transaction

ORIGIN = "desk"

T = TypeVar("T")


def operate(store: Store, keys: Keys, at: int, act: Callable[[Transaction], tuple[T, Sequence[Entry]]]) -> T:
    """Run an act and write the entries that it answers, all or nothing, in a log of its own.

    An act that answers no entries leaves no trace.
    """
    with store.transaction() as tx:
        signer = known_signer(tx, keys)
        result, entries = act(tx)
        if entries:
            chain = open_log(tx, signer, ORIGIN, at)
            sealed_rows = [
                sealed(chain.number, index, new_id(e.at), e.at, e.kind, e.body()) for index, e in enumerate(entries)
            ]
            close_log(tx, signer, chain.appended(tx, signer, sealed_rows), at)
    return result
