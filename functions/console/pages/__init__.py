"""The pages, a module or a package for each section of the console."""
