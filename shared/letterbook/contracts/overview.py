"""The latest about each thing."""

from letterbook.contracts.entries import EntryView
from letterbook.contracts.fields import (
    View,
)
from letterbook.contracts.references import PartyRefView, RegardingView
from letterbook.domain.references import CaseRef


class OverviewView(View):
    """One row for each thing that entries regard: how many, and the latest of them.

    What regards nothing has a row for its case, or for its party where it is of no case: `regarding` is null.
    """

    regarding: RegardingView | None
    party: PartyRefView
    case: CaseRef | None
    attempts: int
    latest: EntryView
