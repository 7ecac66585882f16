"""What happened: entries, Merkle log, tallies."""
