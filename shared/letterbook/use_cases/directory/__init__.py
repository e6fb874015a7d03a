"""Whom communications are with and about: parties, cases, documents, threads, subjects, TODOs."""
