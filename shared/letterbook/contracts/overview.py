"""The latest about each thing."""

from letterbook.contracts.entries import EntryView, PartyRefView, RegardingView
from letterbook.contracts.fields import (
    View,
)


class OverviewView(View):
    """One row for each thing that entries regard: how many, and the latest of them."""

    regarding: RegardingView
    party: PartyRefView
    attempts: int
    latest: EntryView
