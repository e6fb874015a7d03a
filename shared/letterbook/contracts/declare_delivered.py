"""What somebody declares to have delivered by hand."""

from letterbook.contracts.fields import (
    Body,
    Line,
    Moment,
    Note,
)


class DeliverBody(Body):
    """How it was delivered, and when, which is now where it is not said."""

    reason: Line
    details: Note = ""
    delivered_at: Moment | None = None
