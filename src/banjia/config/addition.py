"""Addition: one more item under a list of banjia.yaml; every other byte stays, and nothing is half-written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import yaml

from banjia.config import plain
from banjia.config.document import parse
from banjia.config.reader import config, read
from banjia.errors import ConfigError, cause
from banjia.store.whole import write_whole
from banjia.text import Text

Value = str | date | tuple[str, ...]


def add(path: Path, section: str, item: Mapping[str, Value]) -> str:
    """Append *item* to the list *section*, which is made where it is missing; answers with the line written.

    The result is read back before it takes the file's place. Raises ConfigError, and leaves the file as it was, where
    the list is not written line by line or the new file would not load.
    """
    read(path)
    text = path.read_bytes().decode("utf-8")
    line = "- {" + ", ".join(f"{key}: {_shown(value)}" for key, value in item.items()) + "}"
    at, indent, opens = _place(path, text, section, line)
    before = text[:at]
    if before and not before.endswith("\n"):
        before += "\n"
    fresh = before + (f"{section}:\n" if opens else "") + f"{indent}{line}\n" + text[at:]
    config(parse(path, fresh))
    _replace(path, fresh)
    return line


def _place(path: Path, text: str, section: str, line: str) -> tuple[int, str, bool]:
    """Where the item goes: offset, indentation, and whether the section's own line must be written too."""
    root = plain.compose(text)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    node = next((value for key, value in pairs if key.value == section), None)
    if node is None:
        return len(text), "  ", True
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise ConfigError(
            Text("这个列表不是逐行写的", "this list is not written line by line"),
            where=f"{path.name}:{node.start_mark.line + 1} {section}",
            expected=f"{section}:\n  - ...",
            remedy=Text(f"请手工加入：{line}", f"add it by hand: {line}"),
        )
    last = node.value[-1]
    end = text.find("\n", last.end_mark.index - (1 if text[: last.end_mark.index].endswith("\n") else 0))
    lines = text[: len(text) if end < 0 else end + 1]
    kept = lines.rstrip()
    at = len(lines) if "\n" not in lines[len(kept) :] else len(kept) + lines[len(kept) :].index("\n") + 1
    return at, " " * node.start_mark.column, False


def _replace(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise ConfigError(
            Text("写不了配置文件", "the config cannot be written"), where=str(path), found=cause(error)
        ) from error


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(each) for each in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
