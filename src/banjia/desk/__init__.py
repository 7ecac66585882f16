"""The verbs as plain functions, one file per family: the only place that sees all rooms."""
