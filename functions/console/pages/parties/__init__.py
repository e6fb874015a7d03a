"""Parties: their list, their page, contacts and preferences."""

from console.pages import suppressions
from console.pages.parties import contacts, correspondence, detail, list, merge, preferences
