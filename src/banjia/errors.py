"""BanjiaError and its children: what was expected, what came, where, and what to do.

BanjiaError
    ConfigError    banjia.yaml, a key, a file or an argument that the user wrote
    FactError      a fact id or value that the catalogue does not know, or a contradiction
    LawError       a statute file or a pack
    RouteError     a provider file, a route, a policy
    StoreError     the store, the ledger, a key that is missing
"""

from __future__ import annotations

import errno

from banjia.text import Lang, Text, same

SYSTEM = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样做",
    errno.EEXIST: "已经存在",
    errno.EISDIR: "这是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "文件系统只读",
    errno.EIO: "读写出错",
    errno.EMFILE: "打开的文件过多",
    errno.ENAMETOOLONG: "名称过长",
    errno.ELOOP: "符号链接成环",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ETIMEDOUT: "连接超时",
}
UNRESOLVED = "主机名无法解析"


class BanjiaError(Exception):
    """Something the user can mend; shown in their language, never as a stack trace."""

    exit_code = 1

    def __init__(
        self,
        problem: Text | str,
        *,
        where: str = "",
        expected: Text | str = "",
        found: Text | str = "",
        remedy: Text | str = "",
    ) -> None:
        self.problem = _text(problem)
        self.where = where
        self.expected = _text(expected)
        self.found = _text(found)
        self.remedy = _text(remedy)
        super().__init__(self.say("en"))

    def say(self, lang: Lang) -> str:
        """`where: problem; expected ..., found ...; remedy` in one language."""
        parts = [self.problem.say(lang)]
        if expected := self.expected.say(lang):
            parts.append(("应为" + _apart(expected)) if lang == "zh" else f"expected {expected}")
        if found := self.found.say(lang):
            parts.append(("实为" + _apart(found)) if lang == "zh" else f"found {found}")
        if remedy := self.remedy.say(lang):
            parts.append(remedy)
        body = ("；" if lang == "zh" else "; ").join(parts)
        return f"{self.where}: {body}" if self.where else body

    @property
    def text(self) -> Text:
        """The whole message in both languages."""
        return Text(self.say("zh"), self.say("en"))

    def as_dict(self) -> dict[str, object]:
        return {
            "error": type(self).__name__,
            "where": self.where,
            "problem": self.problem.as_dict(),
            "expected": self.expected.as_dict(),
            "found": self.found.as_dict(),
            "remedy": self.remedy.as_dict(),
        }


class ConfigError(BanjiaError):
    """banjia.yaml, a key, a file or an argument that the user wrote."""


class FactError(BanjiaError):
    """A fact id or value that the catalogue does not know, or two facts that contradict."""


class LawError(BanjiaError):
    """A statute file or a pack."""


class RouteError(BanjiaError):
    """A provider file, a route, a model, a policy."""


class StoreError(BanjiaError):
    """The store, the ledger, or a key that is missing or wrong."""


def cause(error: Exception) -> Text:
    """What the system or a reader said, for `found`; without the path, which stands in `where`."""
    if isinstance(error, OSError):
        said = error.strerror or str(error)
        return Text(UNRESOLVED if (error.errno or 0) < 0 else SYSTEM.get(error.errno or 0, said), said)
    if isinstance(error, UnicodeDecodeError):
        return Text(f"不是 UTF-8（第 {error.start + 1} 字节）", f"not UTF-8 (byte {error.start + 1})")
    return same(" ".join(str(error).split())[:160])


def _apart(words: str) -> str:
    """Between Chinese and Latin letters stands a space."""
    return f" {words}" if words[0].isascii() else words


def _text(words: Text | str) -> Text:
    return words if isinstance(words, Text) else same(words)
