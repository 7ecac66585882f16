"""What may pass: a frozen policy and the decision on one call. Knows no law."""
