"""Users: signing in, and who they are."""
