"""Breaks a running cloud in every way that is known to happen, and counts what became of each message: `make chaos`."""
