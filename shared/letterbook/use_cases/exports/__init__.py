"""Entries to take away as a file: ordered, made behind a queue, fetched by whoever ordered it."""
