"""The firm's settings, its letterhead, its providers, its types of correspondence."""

from console.pages.settings import correspondence_types, letterhead, page, providers
