"""What administrators keep: settings and message templates."""
