"""What bench/gateway.py stands on: the stand-in and the load, and other gateways that the reader has installed."""
