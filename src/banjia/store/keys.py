"""Keys: the directory of secrets that must never stand in the database."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from banjia.errors import StoreError, cause
from banjia.text import Text, same

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """Files of mode 0600 in one directory of mode 0700. A file is created once and never overwritten."""

    folder: Path

    def create(self, name: str, content: bytes) -> None:
        """Write a new secret, on disk before this returns. Raises StoreError where it exists already."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self.folder / f".{name}.{secrets.token_hex(4)}"
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.link(partial, self.folder / name)  # fails where the name exists: the first writer wins
            finally:
                partial.unlink(missing_ok=True)
            self._sync()
        except OSError as error:
            raise StoreError(
                Text("无法写入密钥文件", "the key file cannot be written"),
                where=str(self.folder / name),
                found=cause(error),
                remedy=Text(
                    "检查 keys 目录的权限；已有的密钥从不覆盖",
                    "check the permissions of `keys`; an existing key is never overwritten",
                ),
            ) from error

    def read(self, name: str) -> bytes:
        """The secret. Raises StoreError where it is missing, empty, or readable by others."""
        path = self.folder / name
        try:
            mode = path.stat().st_mode
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise self.missing(name) from error
        except OSError as error:
            raise StoreError(
                Text("读不到密钥文件", "the key file cannot be read"),
                where=str(path),
                found=cause(error),
                remedy=Text("检查权限", "check its permissions"),
            ) from error
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise StoreError(
                Text("密钥文件可被他人读取", "others can read the key file"),
                where=str(path),
                expected="0600",
                found=same(f"{stat.S_IMODE(mode):04o}"),
                remedy=Text("chmod 600；若可能已泄露，请轮换", "chmod 600; rotate it if it may have leaked"),
            )
        if not content.strip():
            raise self.missing(name)
        return content

    def exists(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def create_random(self, name: str) -> bytes:
        """A new random secret of 32 bytes, kept as hex. Where another process was first, its secret."""
        try:
            self.create(name, secrets.token_hex(SECRET_BYTES).encode() + b"\n")
        except StoreError:
            if not self.exists(name):
                raise
        return self.read_random(name)

    def read_random(self, name: str) -> bytes:
        try:
            secret = bytes.fromhex(self.read(name).decode("ascii").strip())
        except ValueError:
            secret = b""
        if len(secret) != SECRET_BYTES:
            raise StoreError(
                Text("密钥文件内容不对", "the key file does not hold a key"),
                where=str(self.folder / name),
                expected=Text("64 个十六进制字符", "64 hexadecimal characters"),
                remedy=Text("从备份恢复该文件", "restore the file from its backup"),
            )
        return secret

    def destroy(self, name: str) -> None:
        """Overwrite and remove. On media that keep old blocks this is best effort; the backup must go too."""
        path = self.folder / name
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        self._sync()

    def missing(self, name: str) -> StoreError:
        return StoreError(
            Text("这个存储的密钥不见了", "a key of this store is missing"),
            where=str(self.folder / name),
            remedy=Text(
                "从备份恢复 keys 目录；没有它就不启动，也不会另建新密钥",
                "restore the keys directory from its backup; banjia does not start without it, and makes no new key for"
                " an old store",
            ),
        )

    def _sync(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
