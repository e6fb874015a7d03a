"""What is said on paper: the letter as data, and the document that is made of it."""
