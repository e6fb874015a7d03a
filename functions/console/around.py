"""The pages around the record: the day's work, many at once, what is to do, templates, settings, people."""

from console import bulk, people, quarantine, settings, template_editor, template_pages, todos, work  # noqa: F401 - their pages
