"""Composing: the form, its preview, its uploads."""
