"""Store: one face over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from banjia.errors import StoreError
from banjia.store.schema import VERSION, Engine
from banjia.text import Text, same

Row = tuple[Any, ...]


class Transaction(Protocol):
    """Statements with `?` marks, inside one transaction."""

    @property
    def engine(self) -> Engine: ...

    def rows(self, statement: str, *values: object) -> list[Row]: ...

    def run(self, statement: str, *values: object) -> int:
        """Execute one statement and answer how many rows it touched."""
        ...

    def many(self, statement: str, rows: Iterable[Sequence[object]]) -> None: ...

    def stream(self, statement: str, *values: object) -> Iterator[list[Row]]:
        """Rows in batches, never all at once."""
        ...

    def lock(self, name: str, *, shared: bool = False) -> None:
        """Hold a named lock to the end of the transaction, against every process on this store.

        Those who hold it `shared` do not wait for each other, only for one who holds it alone.
        """
        ...


class Store(Protocol):
    """Where everything is kept. A connection belongs to the thread that uses it; the store itself may be shared."""

    @property
    def url(self) -> str: ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """All or nothing, and on disk when it ends. Raises StoreError; nothing is half-written."""
        ...

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """Read one consistent state while others write."""
        ...

    def check(self) -> None:
        """Raises StoreError where what is open is no longer what the address names. Cheap."""
        ...

    def close(self) -> None: ...


def open_store(url: str, *, create: bool = True) -> Store:
    """Open the store at `sqlite:///path` or `postgresql://...`, and bring its tables to the present version.

    With `create=False` a store that is not there, or has no tables, is an error.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from banjia.store.sqlite import SqliteStore  # noqa: PLC0415 - each engine loads its driver only when it is used

        return SqliteStore(url, Path(rest[1:]), create=create)
    if scheme in {"postgresql", "postgres"}:
        from banjia.store.postgres import PostgresStore  # noqa: PLC0415

        return PostgresStore(url, create=create)
    raise StoreError(
        Text("无法识别的存储地址", "not an address of a store"),
        where="store",
        expected="sqlite:///banjia.db | postgresql://user@host/database",
        found=shown(url),
        remedy=Text("改正配置中的 store", "correct `store` in the config"),
    )


def shown(url: str) -> str:
    """The address without its password."""
    scheme, mark, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}{mark}{user.partition(':')[0]}{at}{host}"


def wrong_version(where: str, found: int) -> StoreError:
    return StoreError(
        Text("存储由更新版本的 banjia 写成", "the store was written by a newer banjia"),
        where=where,
        expected=same(f"schema {VERSION}"),
        found=same(f"schema {found}"),
        remedy=Text("升级 banjia", "upgrade banjia"),
    )
