"""Parties: their list, their page, contacts, preferences, suppressions."""
