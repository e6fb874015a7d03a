"""Where one begins."""

from console.app.routing import PageRequest, PageResponse, pages, redirect


@pages.get("/")
def begin(_: PageRequest) -> PageResponse:
    return redirect("/work")
