"""Source: one file as the codemods see it: its text, lines, language and offsets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

SETTINGS = frozenset(
    {
        ".yml",
        ".yaml",
        ".properties",
        ".toml",
        ".json",
        ".ini",
        ".cfg",
        ".conf",
        ".env",
        ".tfvars",
        ".tf",
        ".mk",
        ".bicep",
        ".bicepparam",
        ".hcl",
    }
)
NAMED = (".env", "Dockerfile", "Containerfile", "env.", "Makefile", "Jenkinsfile", "Procfile")
SCRIPTS = {
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".jsx": "tsx",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
}
OTHERS = {
    ".py": "python",
    ".ipynb": "notebook",
    ".java": "java",
    ".kt": "kotlin",
    ".kts": "kotlin",
    ".go": "go",
    ".cs": "csharp",
    ".php": "php",
    ".rb": "ruby",
    ".rs": "rust",
    ".sh": "bash",
    ".bash": "bash",
}


@dataclass(frozen=True)
class Source:
    path: str
    text: str

    @cached_property
    def language(self) -> str:
        """A language of the codemods, `settings` for configuration, "" for all else."""
        name = PurePosixPath(self.path)
        if name.suffix in OTHERS:
            return OTHERS[name.suffix]
        if name.suffix in SCRIPTS:
            return SCRIPTS[name.suffix]
        if name.name.startswith(NAMED) or name.suffix in SETTINGS or name.suffix.lower() == ".dockerfile":
            return "settings"
        return ""

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset at which each line begins; a line ends at a line feed alone, as git counts them."""
        found = [0]
        for line in self.text.split("\n")[:-1]:
            found.append(found[-1] + len(line) + 1)
        return tuple(found)

    def line(self, number: int) -> str:
        """Line `number`, 1-based, without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[start:end].removesuffix("\r")

    def offset(self, line: int, column_bytes: int) -> int:
        """Offset of a UTF-8 column, as Python's `ast` counts them; `line` is 1-based."""
        return self.starts[line - 1] + len(self.line(line).encode()[:column_bytes].decode())

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets of the lines `first` to `last`, 1-based and inclusive."""
        return self.starts[first - 1], self.starts[last] if last < len(self.starts) else len(self.text)
