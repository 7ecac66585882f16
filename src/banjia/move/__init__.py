"""How it changes: one codemod per file; plan, diff, apply, undo, proof."""
