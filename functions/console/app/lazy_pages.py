"""Which modules hold the pages below which first part of a path: each is imported when somebody first goes there.

A function that starts must not wait for pages that nobody asked for (make bench).
"""

from collections.abc import Mapping, Sequence

SECTIONS: Mapping[str, Sequence[str]] = {
    "": ("front",),
    "work": ("work",),
    "todos": ("todos",),
    "quarantine": ("quarantine",),
    "communications": (
        *("log", "live", "overview", "filter_panel", "saved"),
        *("entry", "content", "events", "actions", "compose", "log_forms", "filing"),
    ),
    "bulk": ("bulk",),
    "compose": ("compose", "attaching"),
    "log": ("log_forms",),
    "parties": ("parties", "party", "contacts", "preferences"),
    "cases": ("cases", "case"),
    "threads": ("threads",),
    "subjects": ("subjects",),
    "documents": ("entry",),
    "templates": ("template_editor", "template_pages"),
    "settings": ("settings",),
    "people": ("people",),
}
