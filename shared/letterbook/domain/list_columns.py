"""The columns of the log that a user may choose; time, type, with whom, subject, status and remarks are always there."""

from enum import StrEnum


class ListColumn(StrEnum):
    """In the order in which they stand."""

    RECEIVER = "receiver"
    CASE = "case"
    CATEGORY = "category"
    SENT = "sent"
    OPENED = "opened"


# What somebody sees who has chosen nothing.
DEFAULT_COLUMNS = (ListColumn.CASE,)


def in_order(chosen: tuple[ListColumn, ...]) -> tuple[ListColumn, ...]:
    """Each once, as they stand in the list."""
    return tuple(one for one in ListColumn if one in chosen)
