"""The library that comes with Letterbook: brought to the firm's templates with one press."""

from console.app.routing import PageRequest, PageResponse, pages, redirect
from console.pages.message_templates.context import PATH
from console.presenters.library import told_of
from letterbook.use_cases.admin.library import install_library


@pages.post(f"{PATH}/library")
def install(visit: PageRequest) -> PageResponse:
    return redirect(PATH, told_of(install_library(visit.world, visit.viewer)))
