"""The firm's message templates: their list and their editor."""

from console.pages.message_templates import editor, library, list
