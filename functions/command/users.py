"""What users are on letters."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.users import JobTitleBody, JobTitleView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.accounts.job_titles import set_job_title


@api.route(ops.SET_JOB_TITLE)
def put_job_title(call: ApiRequest[JobTitleBody, NoQuery], user: str) -> ApiResponse:
    return ApiResponse(body=JobTitleView.of(set_job_title(call.world, call.viewer, call.body.of(user))))
