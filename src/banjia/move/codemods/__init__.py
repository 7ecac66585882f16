"""The codemods, one file each, found by being here."""
