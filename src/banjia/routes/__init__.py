"""Routes: where traffic can go. Providers, models, prices, filings and dialects, as dated data."""
