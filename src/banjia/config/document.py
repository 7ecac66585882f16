"""Document: a YAML file with the line of every field, so that an error can say where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from banjia.config import plain
from banjia.errors import ConfigError, cause
from banjia.text import Text

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file and the 1-based line of each field path."""

    path: Path
    data: Any
    lines: Mapping[Path_, int]

    def where(self, *field: str | int) -> str:
        """`banjia.yaml:12 apps[0].keys`; falls back to the nearest line above."""
        at = field
        while at and at not in self.lines:
            at = at[:-1]
        line = self.lines.get(at, 1)
        name = _shown(field)
        return f"{self.path.name}:{line}" + (f" {name}" if name else "")

    def locate(self, place: str) -> str:
        """As `where`, for a place that is written out: `apps[0].limits.rpm`; keys may have dots in them."""
        known = {_shown(path): line for path, line in self.lines.items()}
        at = place
        while at and at not in known:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        return f"{self.path.name}:{known.get(at, 1)} {place}"


def load(path: Path) -> Document:
    """Read one YAML mapping. Raises ConfigError where the file is missing, unreadable, oversized or broken."""
    return parse(path, _text(path))


def parse(path: Path, text: str) -> Document:
    """The mapping that *text* holds; *path* names it in errors. Raises ConfigError where it is broken."""
    lines: dict[Path_, int] = {}
    try:
        node = plain.compose(text)
        data = {} if node is None else _value(node, (), lines, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        problem = str(getattr(error, "problem", None) or error).split("\n")[0]
        raise ConfigError(
            Text("YAML 写法有误", "this is not valid YAML"),
            where=where,
            found=problem,
            remedy=Text("检查缩进、引号和冒号", "look at indentation, quotes and colons"),
        ) from error
    if not isinstance(data, dict):
        raise ConfigError(
            Text("配置应为键值映射", "the file must hold a mapping"), where=f"{path.name}:1", found=type(data).__name__
        )
    return Document(path, data, lines)


def _shown(path: Path_) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(
                Text("配置文件过大", "the file is too large"),
                where=str(path),
                expected=f"<= {MAX_BYTES} B",
                found=f"{size} B",
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            Text("找不到配置文件", "there is no such file"),
            where=str(path),
            remedy=Text("运行 banjia init 生成一份", "run `banjia init` to write one"),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Text("读不了配置文件", "the file cannot be read"), where=str(path), found=cause(error)
        ) from error


def _value(node: yaml.Node, at: Path_, lines: dict[Path_, int], path: Path) -> Any:
    lines[at] = node.start_mark.line + 1
    if len(at) > MAX_DEPTH:
        raise ConfigError(
            Text("嵌套过深", "nested too deeply"), where=f"{path.name}:{lines[at]}", expected=f"<= {MAX_DEPTH}"
        )
    if isinstance(node, yaml.MappingNode):
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node, path)
            if key in out:
                raise ConfigError(
                    Text("同一个键写了两次", "a key stands twice"),
                    where=f"{path.name}:{key_node.start_mark.line + 1}",
                    found=str(key),
                    remedy=Text("删掉一处", "remove one of them"),
                )
            out[key] = _value(value_node, (*at, key), lines, path)
            lines[(*at, key)] = key_node.start_mark.line + 1
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*at, i), lines, path) for i, item in enumerate(node.value)]
    return _scalar(node)


def _key(node: yaml.Node, path: Path) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise ConfigError(Text("键应为文字", "a key must be text"), where=f"{path.name}:{node.start_mark.line + 1}")
    value = _scalar(node)
    return node.value if isinstance(value, bool) else value  # YAML 1.1 reads the key `on` as true


def _scalar(node: yaml.Node) -> Any:
    return plain.construct(node)
