"""The wire: server, pipeline, streams, upstream pool, API bridges. Knows no law."""
