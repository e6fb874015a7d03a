"""The firm's settings, and its providers."""

from console.pages.settings import page, providers
