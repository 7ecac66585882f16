"""Secret: a reference `env:NAME` or `file:PATH`; its value is read at start and never printed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from banjia.errors import ConfigError, cause
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Secret:
    ref: str
    base: Path = Path()  # `file:` paths are relative to it
    where: str = ""  # field path in the config

    @classmethod
    def parse(cls, ref: object, *, base: Path, where: str) -> Secret:
        if not isinstance(ref, str) or not ref.startswith(("env:", "file:")) or not ref.partition(":")[2]:
            raise ConfigError(
                Text("密钥不能直接写在配置里", "a secret does not stand in the config itself"),
                where=where,
                expected="env:NAME | file:PATH",
                remedy=Text(
                    "改为引用环境变量或文件；已写下的密钥请轮换",
                    "refer to an environment variable or a file; rotate a key that was written down",
                ),
            )
        return cls(ref, base, where)

    def reveal(self) -> str:
        """The value, stripped. Raises ConfigError where the variable or file is missing or empty."""
        kind, _, name = self.ref.partition(":")
        if kind == "env":
            value = os.environ.get(name, "").strip()
        else:
            try:
                value = (self.base / name).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise self._missing(cause(error)) from error
        if not value:
            raise self._missing(Text("空", "nothing"))
        return value

    def _missing(self, found: Text | str) -> ConfigError:
        return ConfigError(
            Text("读不到密钥", "the secret cannot be read"),
            where=self.where,
            expected=self.ref,
            found=found,
            remedy=Text("设置该环境变量，或创建该文件", "set the variable, or create the file"),
        )

    def __repr__(self) -> str:
        return f"Secret({self.ref})"
