"""Advice: which permitted route keeps most of what an application does, for how long and for how much."""
