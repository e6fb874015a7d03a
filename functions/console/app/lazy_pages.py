"""Which modules hold the pages below which first part of a path: each is imported when somebody first goes there.

A function that starts must not wait for pages that nobody asked for (make bench).
"""

from collections.abc import Mapping, Sequence

SECTIONS: Mapping[str, Sequence[str]] = {
    "": ("home",),
    "work": ("work",),
    "todos": ("todos",),
    "quarantine": ("parties.suppressions",),
    "communications": (
        *(f"communications.{one}" for one in ("list", "updates", "overview", "filter_panel", "saved_views", "detail")),
        *(f"communications.{one}" for one in ("html_content", "provider_events", "actions", "refile")),
        *("compose.pages", "records.pages"),
    ),
    "bulk": ("communications.bulk",),
    "compose": ("compose.pages", "compose.uploads"),
    "log": ("records.pages",),
    "parties": ("parties.list", "parties.detail", "parties.contacts", "parties.preferences"),
    "cases": ("cases.list", "cases.detail"),
    "threads": ("threads",),
    "subjects": ("subjects",),
    "documents": ("communications.detail",),
    "templates": ("message_templates.editor", "message_templates.list"),
    "settings": ("settings.page",),
    "people": ("users",),
}
