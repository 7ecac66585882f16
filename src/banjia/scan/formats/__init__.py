"""Text formats: small readers that keep the line of every setting."""
