"""Correspondence: formal letters by type, made, sent, delivered, made again, voided."""
