"""Trees that the scan is timed on."""
