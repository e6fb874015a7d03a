"""Communications: their list and its views, one of them, and what is done to it. Some pages below theirs belong to others."""

from console.pages import compose, records
from console.pages.communications import (
    actions,
    columns,
    detail,
    einvoice_file,
    html_content,
    list,
    overview,
    provider_events,
    refile,
    saved_views,
    updates,
)
