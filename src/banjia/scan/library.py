"""Libraries: which rule of one language a module, a global name, a method or a chain of names belongs to."""

from __future__ import annotations

import functools

from banjia.scan.often import NAMES
from banjia.scan.rule import Rule, rules


class Libraries:
    """The rules about libraries, in the order of their ids; where two name the same thing the first holds."""

    def __init__(self, known: tuple[Rule, ...]) -> None:
        self._modules: dict[str, Rule] = {}
        self._families: list[tuple[str, Rule]] = []
        self._globals: dict[str, Rule] = {}
        for rule in known:
            assert rule.sdk is not None
            for module in rule.sdk.modules:
                if module[-1] == "*":
                    self._families.append((module[:-1], rule))
                else:
                    self._modules.setdefault(module, rule)
            for name in rule.sdk.globals:
                self._globals.setdefault(name, rule)
        self.extending = tuple(rule for rule in known if rule.sdk and rule.sdk.extension)
        self.shaped = tuple(rule for rule in known if rule.sdk and rule.sdk.shape)
        self.extends = functools.lru_cache(NAMES)(self._extends)
        self.shapes = functools.lru_cache(NAMES)(self._shapes)

    def _extends(self, method: str) -> Rule | None:
        """The rule whose library adds a method of this name to objects of others."""
        patterns = ((rule, rule.sdk.extension) for rule in self.extending if rule.sdk)
        return next((rule for rule, pattern in patterns if pattern and pattern.search(method)), None)

    def _shapes(self, path: str, first: str) -> tuple[Rule, ...]:
        """Rules that know a call by its form: `path`, or `path(first)`."""
        whole = f"{path}({first})" if first else path
        patterns = ((rule, rule.sdk.shape) for rule in self.shaped if rule.sdk)
        return tuple(rule for rule, pattern in patterns if pattern and (pattern.search(path) or pattern.search(whole)))

    def of_module(self, whole: str) -> tuple[Rule, str] | None:
        """The rule that names the longest part of a dotted or slashed path, and the rest of the path.

        Of a family, `name*`, every library belongs to it: its own name is the first of the path.
        """
        if (rule := self._modules.get(whole)) is not None:
            return rule, ""
        family = next((pair for pair in self._families if whole.startswith(pair[0])), None)
        for place in range(len(whole) - 1, len(family[0]) if family else 0, -1):
            if whole[place] in "./" and (rule := self._modules.get(whole[:place])) is not None:
                return rule, whole[place + 1 :].replace("/", ".")
        return (family[1], whole.replace("/", ".")) if family else None

    def of_global(self, name: str) -> Rule | None:
        """The rule of a name that is there without an import."""
        return self._globals.get(name)


@functools.cache
def libraries(language: str) -> Libraries:
    """Those of this installation that a program in this language can use."""
    return Libraries(tuple(rule for rule in rules().of("sdk") if language in rule.languages))
