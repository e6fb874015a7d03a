"""The firm's settings."""
