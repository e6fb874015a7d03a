"""Filters that somebody keeps under a name."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from letterbook.contracts.fields import Body, Line, Time, View
from letterbook.domain.access import SavedView, Viewer


class SavedViewBody(Body):
    """A name for filters as they stand in an address, such as `group=failed&channel=email`."""

    name: Annotated[Line, StringConstraints(max_length=80)]
    query: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[A-Za-z0-9_=&%+.,:*~-]*$")]

    def view(self, viewer: Viewer, now: datetime) -> SavedView:
        return SavedView(user=viewer.id, name=self.name, query=self.query, created_at=now)


class NameBody(Body):
    name: Line


class SavedViewView(View):
    name: str
    query: str
    created_at: Time
