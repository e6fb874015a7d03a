"""What stands under one's own name on letters."""

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, parse
from letterbook.contracts.users import JobTitleBody
from letterbook.domain.errors import CallerError
from letterbook.use_cases.accounts.job_titles import own_job_title, set_job_title

PATH = "/signature"
_LABELS = {"job_title": "Job title"}


@pages.get(PATH)
def show(visit: PageRequest) -> PageResponse:
    visit.viewer.require_writing()
    return _form(own_job_title(visit.world, visit.viewer))


@pages.post(PATH)
def save(visit: PageRequest) -> PageResponse:
    typed = visit.field("job_title")

    def save_job_title() -> PageResponse:
        body = parse(JobTitleBody, {"job_title": typed})
        set_job_title(visit.world, visit.viewer, body.of(visit.viewer.id))
        return redirect(PATH, "Saved. Letters from now on say so.")

    return outcome(save_job_title, lambda error: _form(typed, error))


def _form(typed: str, error: CallerError | None = None) -> PageResponse:
    return page(
        "users/signature.html",
        status=error.status if error else 200,
        title="How I sign",
        typed=typed,
        faults=form_faults(error, _LABELS),
        path=PATH,
    )
