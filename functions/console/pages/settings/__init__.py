"""The firm's settings, and its providers."""

from console.pages.settings import correspondence_types, page, providers
