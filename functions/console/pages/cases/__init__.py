"""Cases: their list and their page."""
