"""Saved views: one's own names for filters."""

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.outcome import outcome
from console.forms.parsing import validate
from letterbook.contracts.saved_views import SavedViewBody
from letterbook.domain.errors import CallerError
from letterbook.use_cases.directory.saved_views import list_views, remove_view, save_view

PATH = "/communications/views"


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    """The query of the list that one comes from may be saved under a name."""
    return _page(visit, visit.query_text)


@pages.post(PATH, personal=True)
def save(visit: PageRequest) -> PageResponse:
    query = visit.field("query")

    def save_body() -> PageResponse:
        body = validate(SavedViewBody, {"name": visit.field("name"), "query": query})
        save_view(visit.world, visit.viewer, body.view(visit.viewer, visit.world.now()), None)
        return redirect(f"{COMMUNICATIONS}?{query}", f"Saved as {body.name}.")

    return outcome(save_body, lambda error: _page(visit, query, error))


@pages.post(f"{PATH}/remove", personal=True)
def remove(visit: PageRequest) -> PageResponse:
    name = visit.field("name")
    remove_view(visit.world, visit.viewer, name)
    return redirect(PATH, f"{name} is removed.")


def _page(visit: PageRequest, query: str, error: CallerError | None = None) -> PageResponse:
    words = {"name": "Give it a name of at most 80 characters.", "query": "These filters cannot be saved."}
    wrong = {one.field for one in error.faults} if error else set()
    shown = {field: told if field in wrong else "" for field, told in words.items()}
    views = list_views(visit.world, visit.viewer)
    return page(
        "communications/saved_views.html",
        status=error.status if error else 200,
        title="Saved views",
        views=views,
        asked_query=query,
        name=visit.field("name"),
        told=shown,
    )
