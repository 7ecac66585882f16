"""Compiled: a policy as it came from the assessments, and the applications that may use no route under it."""

from __future__ import annotations

from dataclasses import dataclass

from banjia.assess.assessment import OPEN as EXIT_OPEN
from banjia.errors import ConfigError
from banjia.policy.policy import Policy
from banjia.text import Text, same


@dataclass(frozen=True, slots=True)
class Blocked:
    """An application that may use no route: because of open facts, of duties that nobody attested, or of both."""

    app: str
    facts: tuple[str, ...]
    duties: tuple[str, ...] = ()

    @property
    def said(self) -> Text:
        """The application, its open facts, and the duties that would still be unmet."""
        words = same(f"{self.app}: {', '.join(self.facts)}")
        if self.duties:
            names = ", ".join(self.duties)
            words += Text(f"（另有未声明履行的义务：{names}）", f" (and duties that are not attested: {names})")
        return words

    def say(self) -> Text:
        facts, duties = ", ".join(self.facts), ", ".join(self.duties)
        words = Text(f"应用 {self.app} 没有可用的路线", f"application {self.app} may use no route")
        if facts:
            words += Text(f"；未答的问题：{facts}", f"; open facts: {facts}")
        if duties:
            words += Text(f"；未声明履行的义务：{duties}", f"; duties that are not attested: {duties}")
        return words


@dataclass(frozen=True, slots=True)
class Compiled:
    policy: Policy
    blocked: tuple[Blocked, ...]

    def require_open(self) -> Policy:
        """The policy, or a ConfigError with exit code 3 that names the facts which close every route of an app."""
        doubted = [b for b in self.blocked if b.facts]
        if not doubted:
            return self.policy
        found = doubted[0].said
        for blocked in doubted[1:]:
            found += Text("；", "; ") + blocked.said
        error = ConfigError(
            Text("未答的问题关闭了应用的所有路线", "open facts close every route of an application"),
            where="apps",
            found=found,
            remedy=Text(
                "在 banjia.yaml 中写明这些事实，或运行 banjia assess -i",
                "state these facts in banjia.yaml, or run banjia assess -i",
            ),
        )
        error.exit_code = EXIT_OPEN
        raise error
