"""How it changes: one codemod per file; diff, apply, undo."""
