"""Where one begins."""

from console.web import Reply, Visit, pages, redirect


@pages.get("/")
def begin(_: Visit) -> Reply:
    return redirect("/work")
