"""Where traffic can go: one provider, one file; dialect operations; life cycle; filings."""
