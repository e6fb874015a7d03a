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
from letterbook.http.api import Answer, Call
from letterbook.use_cases import subjects, threads, todos
from letterbook.use_cases.activity import activity, timeline
from letterbook.use_cases.overview import overview
from query.api import api


@api.answers(ops.LIST_THREADS)
def list_threads(call: Call[NoBody, ThreadsQuery]) -> Answer:
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
    return Answer(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.answers(ops.READ_THREAD)
def read_thread(call: Call[NoBody, NoQuery], thread_id: str) -> Answer:
    thread = threads.read_thread(call.world, call.viewer, thread_id)
    return Answer(body=ThreadView.model_validate(thread), version=thread.version)


@api.answers(ops.READ_SUBJECT)
def read_subject(call: Call[NoBody, SubjectQuery], subject_type: str, subject_id: str) -> Answer:
    parties = (call.query.party_id,) if call.query.party_id else ()
    subject = subjects.read_subject(call.world, call.viewer, subject_type, subject_id, parties)
    return Answer(body=SubjectView.model_validate(subject), version=subject.version)


@api.answers(ops.LIST_TODOS)
def list_todos(call: Call[NoBody, TodosQuery]) -> Answer:
    query = call.query
    page = todos.list_todos(
        call.world, call.viewer, party_id=query.party_id, status=query.status, limit=query.limit, after=call.after
    )
    items = [todo_view(one) for one in page.items]
    return Answer(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.answers(ops.READ_TODO)
def read_todo(call: Call[NoBody, NoQuery], todo_id: str) -> Answer:
    todo = todos.read_todo(call.world, call.viewer, todo_id)
    return Answer(body=todo_view(todo), version=todo.version)


@api.answers(ops.OVERVIEW)
def show_overview(call: Call[NoBody, OverviewQuery]) -> Answer:
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
    return Answer(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.answers(ops.ACTIVITY)
def show_activity(call: Call[NoBody, ScopeQuery]) -> Answer:
    page = activity(call.world, call.viewer, call.query.scope(), limit=call.query.limit, after=call.after)
    items = [activity_view(one.about, one.row) for one in page.items]
    return Answer(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.answers(ops.TIMELINE)
def show_timeline(call: Call[NoBody, TimelineQuery]) -> Answer:
    showing = call.showing
    listed = timeline(call.world, call.viewer, call.query.filters(), limit=call.query.limit, after=call.after)
    items = [entry_view(one, showing) for one in listed.items]
    return Answer(body=ListView(items=items, next_cursor=call.cursor(listed.after)))
