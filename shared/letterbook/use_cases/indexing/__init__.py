"""What is derived from entries after they are written: the search index, response times."""
