"""Fields: one TOML table read strictly; a wrong type or an unknown key is a LawError with file and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from banjia.errors import LawError
from banjia.text import Text, same

MAX_TEXT = 8_000
MAX_ITEMS = 1_000
_LINE = re.compile(r"at line (\d+)")
Word = TypeVar("Word", bound=str)
ID = re.compile(r"^[a-z0-9][a-z0-9_.()-]{0,99}$", re.IGNORECASE)


def parse_toml(body: str, *, file: str, line: int) -> dict[str, Any]:
    """TOML text that starts at `line` of `file`."""
    try:
        return tomllib.loads(body)
    except RecursionError as error:
        raise LawError(
            Text("TOML 嵌套太深", "TOML is nested too deeply"),
            where=f"{file}:{line}",
            remedy=Text("减少嵌套层数", "use fewer levels"),
        ) from error
    except ValueError as error:
        at = _LINE.search(str(error))
        row = line + int(at.group(1)) - 1 if at else line + (body.count("\n") if "end of document" in str(error) else 0)
        raise LawError(
            Text("TOML 有语法错误", "broken TOML"),
            where=f"{file}:{row}",
            found=str(error)[:200],
            remedy=Text("一行一个键，文字加引号", "one key a line, text in quotes"),
        ) from error


@dataclass(slots=True)
class Fields:
    """One table: what is not asked for before `done` is an unknown key."""

    values: Mapping[str, Any]
    file: str
    line: int  # of the table's first line
    body: str = ""  # the text it came from, to find the line of a key
    asked: set[str] = field(default_factory=set)

    def where(self, key: str = "") -> str:
        if key and self.body:
            at = re.search(
                rf"^[ \t]*(?:\[\[?)?(?:\w+[ \t]*=[ \t]*\{{.*)?{re.escape(key)}[ \t]*[=.\]]", self.body, re.MULTILINE
            )
            if at:
                return f"{self.file}:{self.line + self.body.count(chr(10), 0, at.start() + _leading(at.group()))}"
        return f"{self.file}:{self.line}"

    def fail(self, key: str, problem: Text, *, expected: Text | str = "", found: object = "") -> LawError:
        return LawError(problem, where=self.where(key), expected=expected, found=str(found)[:120])

    def get(self, key: str) -> Any:
        self.asked.add(key)
        return self.values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise self._wrong(key, value, Text("一段文字", "text"))
        if len(value) > MAX_TEXT:
            raise self.fail(key, _of(key, Text("太长", "is too long")), expected=f"<= {MAX_TEXT}", found=len(value))
        return value.strip()

    def id(self, key: str = "id") -> str:
        value = self.text(key)
        if not ID.match(value):
            raise self.fail(
                key,
                _of(key, Text("不是合法的标识", "is no id")),
                expected=Text("小写字母、数字、- . _", "letters, digits, - . _"),
                found=value,
            )
        return value

    def both(self, key: str, default: Text | None = None) -> Text:
        """A table {zh=, en=}."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if (
            not isinstance(value, dict)
            or set(value) != {"zh", "en"}
            or not all(isinstance(v, str) and v.strip() and len(v) <= MAX_TEXT for v in value.values())
        ):
            raise self._wrong(key, value, Text('{zh = "…", en = "…"}', '{zh = "…", en = "…"}'))
        return Text(value["zh"].strip(), value["en"].strip())

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of text; one text stands for a list of one."""
        value = self.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            value = [value]
        if (
            not isinstance(value, list)
            or len(value) > MAX_ITEMS
            or not all(isinstance(v, str) and v.strip() and len(v) <= MAX_TEXT for v in value)
        ):
            raise self._wrong(key, value, Text("文字的列表", "a list of text"))
        return tuple(v.strip() for v in value)

    def day(self, key: str) -> date | None:
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise self._wrong(key, value, Text("日期，如 2024-03-22", "a date such as 2024-03-22")) from None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self._wrong(key, value, Text("日期，如 2024-03-22", "a date such as 2024-03-22"))
        return value

    def number(self, key: str, default: int) -> int:
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(key, value, Text("整数", "a whole number"))
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._wrong(key, value, Text("true 或 false", "true or false"))
        return value

    def one_of(self, key: str, choices: Sequence[Word], default: Word | None = None) -> Word:
        value = self.text(key, default)
        for choice in choices:
            if choice == value:
                return choice
        raise self.fail(
            key, _of(key, Text("不是允许的值", "is not one of its values")), expected=" | ".join(choices), found=value
        )

    def table(self, key: str) -> dict[str, Any]:
        value = self.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or len(value) > MAX_ITEMS:
            raise self._wrong(key, value, Text("一个表", "a table"))
        return value

    def tables(self, key: str) -> list[Fields]:
        """A list of tables, each read strictly."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MAX_ITEMS or not all(isinstance(v, dict) for v in value):
            raise self._wrong(key, value, Text("表的列表", "a list of tables"))
        lines = self._starts(key, len(value))
        ends = [*lines[1:], None]
        return [Fields(v, self.file, at, self._between(at, end)) for v, at, end in zip(value, lines, ends, strict=True)]

    def done(self) -> None:
        """Refuse every key that was not asked for, naming the nearest."""
        for key in self.values:
            if key not in self.asked:
                near = difflib.get_close_matches(key, sorted(self.asked), n=1)
                raise LawError(
                    Text(f"没有名为 {key} 的键", f"no key is called `{key[:60]}`"),
                    where=self.where(key),
                    expected=", ".join(sorted(self.asked)),
                    remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?") if near else "",
                )

    def _wrong(self, key: str, value: object, expected: Text) -> LawError:
        found = Text("没有", "nothing") if value is None else same(str(value)[:120])
        if value is None and (near := difflib.get_close_matches(key, set(self.values) - self.asked, n=1)):
            return LawError(
                Text(f"没有名为 {near[0]} 的键", f"no key is called `{near[0][:60]}`"),
                where=self.where(near[0]),
                remedy=Text(f"是不是 {key}？", f"did you mean `{key}`?"),
            )
        return LawError(
            Text(f"键 {key} 有误", f"the key `{key}` is wrong"), where=self.where(key), expected=expected, found=found
        )

    def _starts(self, key: str, count: int) -> list[int]:
        """The line of each `[[key]]` of the body; an inline list stands on the line of its key."""
        rows = [
            self.line + i
            for i, row in enumerate(self.body.split("\n"))
            if re.match(rf"^\s*\[\[\s*(?:[\w.-]+\.)?{re.escape(key)}\s*\]\]", row)
        ]
        if len(rows) == count:
            return rows
        return [int(self.where(key).rpartition(":")[2])] * count

    def _between(self, start: int, end: int | None) -> str:
        rows = self.body.split("\n")[start - self.line :]
        return "\n".join(rows[: end - start] if end is not None and end > start else rows)


def _leading(words: str) -> int:
    return len(words) - len(words.lstrip())


def _of(key: str, rest: Text) -> Text:
    return Text(f"{key} {rest.zh}", f"`{key}` {rest.en}")
