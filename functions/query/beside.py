"""Reading threads, subjects, TODOs, the overview, activity and timelines."""

from letterbook.contracts import operations as ops
from letterbook.contracts.beside import OverviewView, SubjectView, ThreadView, activity_view, todo_view
from letterbook.contracts.entries import PartyRefView, RegardingView, entry_view
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import (
    NoQuery,
    OverviewQuery,
    ScopeQuery,
    SubjectQuery,
    ThreadsQuery,
    TimelineQuery,
    TodosQuery,
)
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import subjects, threads, todos
from letterbook.use_cases.reading.activity import activity, timeline
from letterbook.use_cases.reading.overview import overview
from query.api import api


@api.route(ops.LIST_THREADS)
def list_threads(call: ApiRequest[NoBody, ThreadsQuery]) -> ApiResponse:
    query = call.query
    page = threads.list_threads(
        call.world,
        call.viewer,
        party_id=query.party_id,
        case_id=query.case_id,
        status=query.status,
        limit=query.limit,
        after=call.after,
    )
    items = [ThreadView.model_validate(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_THREAD)
def read_thread(call: ApiRequest[NoBody, NoQuery], thread_id: str) -> ApiResponse:
    thread = threads.read_thread(call.world, call.viewer, thread_id)
    return ApiResponse(body=ThreadView.model_validate(thread), version=thread.version)


@api.route(ops.READ_SUBJECT)
def read_subject(call: ApiRequest[NoBody, SubjectQuery], subject_type: str, subject_id: str) -> ApiResponse:
    parties = (call.query.party_id,) if call.query.party_id else ()
    subject = subjects.read_subject(call.world, call.viewer, subject_type, subject_id, parties)
    return ApiResponse(body=SubjectView.model_validate(subject), version=subject.version)


@api.route(ops.LIST_TODOS)
def list_todos(call: ApiRequest[NoBody, TodosQuery]) -> ApiResponse:
    query = call.query
    page = todos.list_todos(
        call.world, call.viewer, party_id=query.party_id, status=query.status, limit=query.limit, after=call.after
    )
    items = [todo_view(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_TODO)
def read_todo(call: ApiRequest[NoBody, NoQuery], todo_id: str) -> ApiResponse:
    todo = todos.read_todo(call.world, call.viewer, todo_id)
    return ApiResponse(body=todo_view(todo), version=todo.version)


@api.route(ops.OVERVIEW)
def show_overview(call: ApiRequest[NoBody, OverviewQuery]) -> ApiResponse:
    showing = call.showing
    page = overview(call.world, call.viewer, call.query.filters(), limit=call.query.limit, after=call.after)
    items = [
        OverviewView(
            regarding=RegardingView.of(one.latest.regarding),
            party=PartyRefView.model_validate(one.party),
            attempts=one.attempts,
            latest=entry_view(one.latest, showing),
        )
        for one in page.items
        if one.latest.regarding
    ]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.ACTIVITY)
def show_activity(call: ApiRequest[NoBody, ScopeQuery]) -> ApiResponse:
    page = activity(call.world, call.viewer, call.query.scope(), limit=call.query.limit, after=call.after)
    items = [activity_view(one.about, one.row) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.TIMELINE)
def show_timeline(call: ApiRequest[NoBody, TimelineQuery]) -> ApiResponse:
    showing = call.showing
    listed = timeline(call.world, call.viewer, call.query.filters(), limit=call.query.limit, after=call.after)
    items = [entry_view(one, showing) for one in listed.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(listed.after)))
