"""What a model cannot do of itself, done by asking in words and checking what comes back."""
