"""SqliteStore: one file, write-ahead log, fully synchronous."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from banjia.errors import StoreError, cause
from banjia.store.schema import APPLICATION_ID, VERSION, Engine, statements
from banjia.store.store import Row, wrong_version
from banjia.text import Text, same

BATCH = 2000
BUSY_MS = 10_000
CACHE_KB = 2000  # of each thread's connection: pages beyond it are the system's to keep
NEW = 0o600
PAUSE = 0.02  # seconds between attempts to turn a new file to write-ahead


class SqliteTransaction:
    engine: Engine = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, *values: object) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    def many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(statement, rows)

    def stream(self, statement: str, *values: object) -> Iterator[list[Row]]:
        cursor = self._connection.execute(statement, values)
        while batch := cursor.fetchmany(BATCH):
            yield batch

    def lock(self, name: str, *, shared: bool = False) -> None:
        """Nothing to do: a writing transaction holds the whole file."""


class SqliteStore:
    """A connection for each thread; writers queue at the file's own lock.

    What is written into a file that was removed or replaced is lost, and SQLite does not say so: each transaction looks
    whether the path still leads to the file that was opened, and a writing one looks again before it counts as done.
    """

    def __init__(self, url: str, path: Path, *, create: bool = True) -> None:
        self.url = url
        self.path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        if not create and not path.exists():
            raise StoreError(
                Text("没有这个存储文件", "there is no such store"),
                where=str(path),
                remedy=Text(
                    "检查路径，或先运行 banjia serve 建立", "check the path, or run banjia serve once to create it"
                ),
            )
        if not path.exists():
            self._create()
        self._file = self._found()
        self._migrate(create=create)
        self.check()

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        with self._inside("BEGIN IMMEDIATE") as transaction:
            yield transaction
        self.check()

    @contextmanager
    def snapshot(self) -> Iterator[SqliteTransaction]:
        with self._inside("BEGIN") as transaction:
            yield transaction

    def check(self) -> None:
        found = self._found()
        if found == self._file:
            return
        missing = Text("没有这个文件", "there is no file"), Text("是另一个文件", "it is another file")
        raise StoreError(
            Text("存储文件在使用中被删除或替换", "the file of the store was removed or replaced while in use"),
            where=str(self.path),
            expected=Text("启动时打开的文件", "the file that was opened at start"),
            found=missing[found is not None],
            remedy=Text(
                "停下网关，放回原文件或恢复备份，再启动；在此之前拒绝出境",
                "stop the gateway, put the file back or restore a backup, and start it; exports are refused until then",
            ),
        )

    def close(self) -> None:
        with self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    @contextmanager
    def _inside(self, begin: str) -> Iterator[SqliteTransaction]:
        self.check()
        try:
            connection = self._connection()
            connection.execute(begin)
            try:
                yield SqliteTransaction(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _found(self) -> tuple[int, int] | None:
        """Which file the path leads to now."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _create(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=NEW)
        except OSError as error:
            raise StoreError(
                Text("无法建立存储文件", "the store cannot be created"),
                where=str(self.path),
                found=cause(error),
                remedy=Text("检查目录权限和磁盘空间", "check the directory's permissions and the disk's space"),
            ) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?{self._mode()}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,  # close() may come from another thread
                timeout=BUSY_MS / 1000,
            )
            try:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA cell_size_check = ON")
                connection.execute("PRAGMA temp_store = MEMORY")  # a long insert keeps what it may take back
                connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            except sqlite3.Error:
                connection.close()
                raise
            self._local.connection = connection
            with self._guard:
                self._open.append(connection)
        return connection

    def _mode(self) -> str:
        """A copy that cannot be written, as an auditor may hold one, is opened for reading."""
        if os.access(self.path, os.W_OK):
            return "mode=rw"
        return "mode=ro" if self.path.with_name(self.path.name + "-wal").exists() else "mode=ro&immutable=1"

    def _migrate(self, *, create: bool) -> None:
        try:
            connection = self._connection()
            connection.execute("BEGIN")  # one moment: another process may be making the same file
            found = self._version(connection)
            connection.execute("COMMIT")
            if found < VERSION:
                if not create and found == 0:
                    raise self._empty()
                _write_ahead(connection)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    found = self._version(connection)  # another process may have been first
                    for statement in statements("sqlite", found):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {VERSION}")
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            self.close()
            raise self._explained(error) from error
        except StoreError:
            self.close()
            raise

    def _version(self, connection: sqlite3.Connection) -> int:
        mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
        if mark != APPLICATION_ID and tables:
            raise StoreError(
                Text("这是别的程序的数据库", "this is another program's database"),
                where=str(self.path),
                remedy=Text("为 store 选另一个文件", "choose another file for `store`"),
            )
        if version > VERSION:
            raise wrong_version(str(self.path), version)
        return version

    def _empty(self) -> StoreError:
        return StoreError(
            Text("文件里没有 banjia 的数据", "the file holds no data of banjia"),
            where=str(self.path),
            remedy=Text("检查路径", "check the path"),
        )

    def _explained(self, error: sqlite3.Error) -> StoreError:
        name = getattr(error, "sqlite_errorname", "") or ""
        for prefix, (problem, remedy) in _TROUBLE.items():
            if name.startswith(prefix):
                return StoreError(problem, where=str(self.path), found=str(error), remedy=remedy)
        return StoreError(
            Text("存储出错", "the store failed"),
            where=str(self.path),
            found=same(f"{name} {error}".strip()),
            remedy=Text("检查磁盘、权限和文件是否完好", "check the disk, the permissions, and that the file is whole"),
        )


_FULL = (
    Text("磁盘已满或到达限额", "the disk is full or a limit is reached"),
    Text("腾出空间；恢复之前拒绝出境", "free some space; exports are refused until then"),
)

_TROUBLE: dict[str, tuple[Text, Text]] = {
    "SQLITE_BUSY": (
        Text("存储被另一个进程锁住", "the store is locked by another process"),
        Text(
            "找出长时间占用的进程；多网关请用 PostgreSQL",
            "find the process that holds it; for many gateways use PostgreSQL",
        ),
    ),
    "SQLITE_LOCKED": (
        Text("存储被另一个连接锁住", "the store is locked by another connection"),
        Text("稍后重试", "try again"),
    ),
    "SQLITE_READONLY": (
        Text("存储是只读的", "the store is read-only"),
        Text(
            "给运行 banjia 的用户写权限，包括所在目录", "give the user of banjia write permission, on its directory too"
        ),
    ),
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR_WRITE": _FULL,
    "SQLITE_NOTADB": (
        Text("不是数据库文件", "the file is not a database"),
        Text("检查 store 指向的文件；从备份恢复", "check the file that `store` names; restore it from a backup"),
    ),
    "SQLITE_CORRUPT": (
        Text("数据库文件已损坏", "the database file is damaged"),
        Text(
            "保留原件，从备份恢复，并用外部检查点核验",
            "keep the file, restore a backup, verify it against an outside checkpoint",
        ),
    ),
    "SQLITE_CANTOPEN": (
        Text("打不开存储文件", "the store cannot be opened"),
        Text("检查路径和权限", "check the path and its permissions"),
    ),
}


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Several processes may make one new file at once, and here SQLite waits for none of them by itself."""
    for _ in range(int(BUSY_MS / 1000 / PAUSE)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            time.sleep(PAUSE)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")
