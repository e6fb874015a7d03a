"""All that a filter means, as far as that is a bounded number: for who does something with each of them."""

from collections.abc import Iterator

from letterbook.domain.access import Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import Filters
from letterbook.ports import World
from letterbook.use_cases.reading.list_communications import list_communications

_PAGE = 200


def every_entry(world: World, viewer: Viewer, filters: Filters, most: int) -> Iterator[Entry]:
    """The entries that match and that the viewer sees, newest first. Raises Forbidden; Invalid for more than `most`."""
    after: str | None = None
    count = 0
    while True:
        page = list_communications(world, viewer, filters, limit=_PAGE, after=after, present=False)
        for entry in page.items:
            count += 1
            if count > most:
                fault = FieldError("filter", "too_many", f"These are more than {most}.")
                raise Invalid("Narrow the filter: so many are not made at once.", fault)
            yield entry
        after = page.after
        if after is None:
            return
