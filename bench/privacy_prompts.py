"""Invented prompts with known personal information: the door to the families in `prompts`."""

from prompts.families import plain as prompts
from prompts.hidden import hidden
from prompts.kept import kept
from prompts.values import Maker

__all__ = ["Maker", "hidden", "kept", "prompts"]
