"""Forms to log what happened elsewhere."""
