"""BanjiaError and its children: what was expected, what came, where, and what to do.

BanjiaError
    ConfigError    banjia.yaml, a key, a file or an argument that the user wrote
    FactError      a fact id or value that the catalogue does not know, or a contradiction
    LawError       a statute file or a pack
    RouteError     a provider file, a route, a policy
    StoreError     the store, the ledger, a key that is missing
"""

from __future__ import annotations

from banjia.text import Lang, Text, same


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
            parts.append(("应为" if lang == "zh" else "expected ") + expected)
        if found := self.found.say(lang):
            parts.append(("实为" if lang == "zh" else "found ") + found)
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


def _text(words: Text | str) -> Text:
    return words if isinstance(words, Text) else same(words)
