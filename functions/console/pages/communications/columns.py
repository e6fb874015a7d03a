"""Which columns one's lists of communications have, wherever one signs in."""

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.app.security import local
from console.presenters.columns import columns
from letterbook.domain.list_columns import ListColumn
from letterbook.use_cases.directory.saved_views import choose_columns, columns_of

PATH = f"{COMMUNICATIONS}/columns"


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    return page(
        "communications/columns.html",
        title="Columns",
        offered=columns(ListColumn),
        chosen=columns_of(visit.world, visit.viewer),
        back=local(visit.parameter("back"), COMMUNICATIONS),
        path=PATH,
    )


@pages.post(PATH, personal=True)
def choose(visit: PageRequest) -> PageResponse:
    """What is no column is left out."""
    wanted = visit.form.get("column", [])
    choose_columns(visit.world, visit.viewer, tuple(one for one in ListColumn if one in wanted))
    return redirect(local(visit.field("back"), COMMUNICATIONS), "These are your columns from now on.")
