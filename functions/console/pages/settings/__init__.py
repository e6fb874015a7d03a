"""The firm's settings."""

from console.pages.settings import page
