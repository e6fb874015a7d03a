"""The firm's message templates: their list and their editor."""
