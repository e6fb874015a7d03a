"""Reading what entries are about."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import SubjectQuery, SubjectsQuery
from letterbook.contracts.subjects import SubjectView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import subjects
from query.api import api


@api.route(ops.READ_SUBJECT)
def read_subject(call: ApiRequest[NoBody, SubjectQuery], subject_type: str, subject_id: str) -> ApiResponse:
    parties = (call.query.party_id,) if call.query.party_id else ()
    subject = subjects.read_subject(call.world, call.viewer, subject_type, subject_id, parties)
    return ApiResponse(body=SubjectView.model_validate(subject), version=subject.version)


@api.route(ops.FIND_SUBJECTS)
def find_subjects(call: ApiRequest[NoBody, SubjectsQuery]) -> ApiResponse:
    found = subjects.find_subjects(call.world, call.viewer, call.query.q, limit=call.query.limit)
    return ApiResponse(body=ListView(items=[SubjectView.model_validate(one) for one in found], next_cursor=None))
