"""PostgresStore: the same tables in PostgreSQL, for many gateways on one store."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

from banjia.errors import StoreError
from banjia.store.schema import VERSION, Engine, statements
from banjia.store.store import Row, shown, wrong_version
from banjia.text import Text, same

try:
    import psycopg
    from psycopg import errors
except ImportError as missing:
    raise StoreError(
        Text("缺少 PostgreSQL 驱动", "the PostgreSQL driver is missing"),
        where="store",
        expected="psycopg",
        remedy="pip install 'banjia[postgres]'",
    ) from missing

BATCH = 2000
LOCK_MS = 10_000
CONNECT_SECONDS = 5

Connection = psycopg.Connection[Row]


class PostgresTransaction:
    engine: Engine = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, *values: object) -> list[Row]:
        return self._connection.execute(_marked(statement), values, binary=True).fetchall()

    def run(self, statement: str, *values: object) -> int:
        return self._connection.execute(_marked(statement), values).rowcount

    def many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        values = list(rows)
        if values:
            with self._connection.cursor() as cursor:
                cursor.executemany(_marked(statement), values)

    def stream(self, statement: str, *values: object) -> Iterator[list[Row]]:
        with self._connection.cursor("banjia", binary=True) as cursor:
            cursor.execute(_marked(statement), values)
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def lock(self, name: str, *, shared: bool = False) -> None:
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        self._connection.execute(f"SELECT {function}(%s, %s)", (_SPACE, _number(name)))


class PostgresStore:
    """A connection for each thread; a broken one is replaced at the next transaction."""

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.url = url
        self._local = threading.local()
        self._open: list[Connection] = []
        self._guard = threading.Lock()
        try:
            self._migrate(create=create)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        with self._inside("BEGIN") as transaction:
            yield transaction

    @contextmanager
    def snapshot(self) -> Iterator[PostgresTransaction]:
        with self._inside("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as transaction:
            yield transaction

    def check(self) -> None:
        """Nothing to do: a server that is gone fails each transaction."""

    def close(self) -> None:
        with self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    @contextmanager
    def _inside(self, begin: str) -> Iterator[PostgresTransaction]:
        try:
            connection = self._begun(begin)
            try:
                yield PostgresTransaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):
                    connection.execute("ROLLBACK")
                raise
        except psycopg.Error as error:
            raise self._explained(error) from error

    def _begun(self, begin: str) -> Connection:
        """A connection inside a transaction; one that broke while it lay idle is replaced."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and not connection.closed:
            try:
                connection.execute(begin)
            except psycopg.OperationalError:
                connection.close()
            else:
                return connection
        connection = self._connected()
        connection.execute(begin)
        return connection

    def _connected(self) -> Connection:
        connection = psycopg.connect(
            self.url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            client_encoding="UTF8",
            prepare_threshold=2,
        )
        # an acknowledged commit is on disk, whatever the server's own setting
        connection.execute(f"SET synchronous_commit = on; SET lock_timeout = {LOCK_MS}")
        with self._guard:
            self._open = [c for c in self._open if not c.closed]
            self._open.append(connection)
        self._local.connection = connection
        return connection

    def _migrate(self, *, create: bool) -> None:
        with self._inside("BEGIN") as transaction:
            transaction.lock("migration")
            found = self._version(transaction)
            if found > VERSION:
                raise wrong_version(shown(self.url), found)
            if found == 0 and not create:
                raise StoreError(
                    Text("数据库里没有 banjia 的数据", "the database holds no data of banjia"),
                    where=shown(self.url),
                    remedy=Text("检查地址，或先运行 banjia serve", "check the address, or run banjia serve once"),
                )
            if found < VERSION:
                for statement in statements("postgresql", found):
                    transaction.run(statement)
                transaction.run("CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY)")
                transaction.run("INSERT INTO migration VALUES (?)", VERSION)

    def _version(self, transaction: PostgresTransaction) -> int:
        if transaction.rows("SELECT to_regclass('migration') IS NULL")[0][0]:
            return 0
        return int(transaction.rows("SELECT coalesce(max(version), 0) FROM migration")[0][0])

    def _explained(self, error: psycopg.Error) -> StoreError:
        for kind, (problem, remedy) in _TROUBLE.items():
            if isinstance(error, kind):
                return StoreError(problem, where=shown(self.url), found=_line(error), remedy=remedy)
        return StoreError(
            Text("存储出错", "the store failed"),
            where=shown(self.url),
            found=_line(error),
            remedy=Text("检查数据库服务器及其日志", "check the database server and its log"),
        )


_SPACE = 0x42414E4A  # keeps our advisory locks apart from other programs'


@lru_cache(maxsize=256)
def _marked(statement: str) -> Any:
    return statement.replace("%", "%%").replace("?", "%s")


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) - (1 << 31)


def _line(error: psycopg.Error) -> Text:
    return same(" ".join(str(error).split())[:300])


_TROUBLE: dict[type[psycopg.Error], tuple[Text, Text]] = {
    errors.DiskFull: (
        Text("数据库服务器磁盘已满", "the database server's disk is full"),
        Text("腾出空间；恢复之前拒绝出境", "free some space; exports are refused until then"),
    ),
    errors.LockNotAvailable: (
        Text("存储被另一个会话锁住", "the store is locked by another session"),
        Text("找出长时间占用的会话", "find the session that holds it"),
    ),
    errors.ReadOnlySqlTransaction: (
        Text("数据库是只读的", "the database is read-only"),
        Text("连接主库，而不是只读副本", "connect to the primary, not to a read-only replica"),
    ),
    errors.InsufficientPrivilege: (
        Text("数据库用户权限不足", "the database user lacks a permission"),
        Text("授予该用户建表和读写权限", "grant the user to create, read and write tables"),
    ),
    errors.InvalidCatalogName: (
        Text("没有这个数据库", "there is no such database"),
        Text("先建立数据库，或改正 store", "create the database, or correct `store`"),
    ),
    psycopg.OperationalError: (
        Text("连不上数据库", "the database cannot be reached"),
        Text(
            "检查主机、端口、用户和密码，以及服务器是否在运行", "check host, port, user and password, and that it runs"
        ),
    ),
    psycopg.ProgrammingError: (
        Text("数据库地址或表结构不对", "the address or the tables of the database are wrong"),
        Text("检查 store；不要手工改表", "check `store`; do not alter the tables by hand"),
    ),
}
