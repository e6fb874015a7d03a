"""Saved views: one's own names for filters."""

from pydantic import ValidationError

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.pages.communications.list import PATH as LOG
from letterbook.contracts.saved_views import SavedViewBody
from letterbook.http.problems import from_validation_error
from letterbook.use_cases.directory.saved_views import list_views, remove_view, save_view

PATH = "/communications/views"


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    """The query of the list that one comes from may be saved under a name."""
    return _shown(visit, visit.query_text)


@pages.post(PATH, personal=True)
def save(visit: PageRequest) -> PageResponse:
    query = visit.field("query")
    try:
        body = SavedViewBody.model_validate({"name": visit.field("name"), "query": query})
    except ValidationError as error:
        told = {one.field: one.message for one in from_validation_error(error).faults}
        return _shown(visit, query, name=visit.field("name"), told=told, status=422)
    save_view(visit.world, visit.viewer, body.view(visit.viewer, visit.world.now()), None)
    return redirect(f"{LOG}?{query}", f"Saved as {body.name}.")


@pages.post(f"{PATH}/remove", personal=True)
def remove(visit: PageRequest) -> PageResponse:
    name = visit.field("name")
    remove_view(visit.world, visit.viewer, name)
    return redirect(PATH, f"{name} is removed.")


def _shown(
    visit: PageRequest, query: str, *, name: str = "", told: dict[str, str] | None = None, status: int = 200
) -> PageResponse:
    words = {"name": "Give it a name of at most 80 characters.", "query": "These filters cannot be saved."}
    shown = {field: words[field] if told and field in told else "" for field in words}
    views = list_views(visit.world, visit.viewer)
    return page("views.html", status=status, title="Saved views", views=views, asked_query=query, name=name, told=shown)
