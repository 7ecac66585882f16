"""Often: a pattern that is asked about the same few names again and again."""

from __future__ import annotations

import functools
import re

NAMES = 8192  # a file has hundreds of different names, a tree some thousands that many files share


class Often:
    """A regular expression that remembers what it said of a name."""

    def __init__(self, pattern: str) -> None:
        self.search = functools.lru_cache(NAMES)(re.compile(pattern).search)
