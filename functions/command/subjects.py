"""Telling of what entries are about."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.subjects import SubjectBody, SubjectView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import subjects


@api.route(ops.PUT_SUBJECT)
def put_subject(call: ApiRequest[SubjectBody, NoQuery], subject_type: str, subject_id: str) -> ApiResponse:
    version = call.body.version if call.version is None else call.version
    told = call.body.subject(subject_type, subject_id)
    subject, new = subjects.put_subject(call.world, call.viewer, version, told)
    return ApiResponse(status=201 if new else 200, body=SubjectView.model_validate(subject), version=subject.version)
