"""Invented prompts with known personal information, by family; deterministic by seed, and nobody in them is real."""
