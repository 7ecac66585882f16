"""What follows: conditions over all possible worlds. Standard library only."""
