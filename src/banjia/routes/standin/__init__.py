"""Stand-ins: a provider's dialect played on loopback, from the same file that the gateway reads."""
