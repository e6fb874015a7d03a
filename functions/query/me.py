"""Who asks."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import NoBody
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.users import MeView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.accounts.job_titles import own_job_title
from letterbook.use_cases.directory.capture_addresses import own_capture_address
from query.api import api


@api.route(ops.READ_ME)
def read_me(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    viewer = call.viewer
    body = MeView(
        id=viewer.id,
        name=viewer.name,
        role=viewer.role,
        rights=sorted(viewer.rights),
        capture_address=own_capture_address(call.world, viewer),
        job_title=own_job_title(call.world, viewer),
    )
    return ApiResponse(body=body)
