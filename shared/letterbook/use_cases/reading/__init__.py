"""What is read: lists, search, one entry, overviews, statistics."""
