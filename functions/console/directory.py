"""The pages of people and matters."""

from console import case, cases, contacts, parties, party, preferences, subjects, threads  # noqa: F401 - their pages
