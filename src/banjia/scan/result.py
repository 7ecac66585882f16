"""FileResult: what the text of one file says by itself, before anything is known of its tree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from banjia.scan.finding import Finding


@dataclass(frozen=True, slots=True)
class Pending:
    """A call of a telling shape whose object was made elsewhere: decided when the whole tree has been read.

    Not `sure`: no use at all, unless another file binds the name to an object of a library that has such a call.
    """

    finding: Finding
    module: str | None
    name: str
    sure: bool = True


@dataclass(slots=True)
class FileResult:
    """What one file says, and what it offers to others: names bound to clients.

    `needs`: modules it imports that no rule knows, where a pending call may get its object from one of them.
    `weak`: ids of its rules whose findings alone show no use. `cut`: why it was not read to its end.
    """

    findings: list[Finding] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    exports: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    open_urls: list[tuple[str, int, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    owns: str = ""
    suppressed: int = 0
    remarks: list[int] = field(default_factory=list)
    cut: str = ""

    def moved(self, path: str) -> FileResult:
        """What the same text says in another place."""
        return replace(
            self,
            findings=[replace(finding, path=path) for finding in self.findings],
            pending=[replace(one, finding=replace(one.finding, path=path)) for one in self.pending],
        )

    @property
    def is_empty(self) -> bool:
        return not (
            self.findings or self.pending or self.exports or self.owns or self.suppressed or self.remarks or self.cut
        )
