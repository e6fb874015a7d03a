"""Communications: the list, an entry, and what is done to it."""
