"""What is written about: an invoice, a contract, a payment, as the system that keeps it told us, with all attempts."""

from urllib.parse import quote

from console.app.routing import PageRequest, PageResponse, page, pages
from console.lists.pagination import PAGE, pager
from console.presenters.correspondence import CorrespondenceLine, correspondence_line
from console.presenters.dates import Clock
from console.presenters.entry_facts import FactRow, Part
from console.presenters.labels import format_count, humanize_code
from console.presenters.log_rows import by_day
from console.presenters.subjects import amount_words
from letterbook.contracts.references import RegardingView
from letterbook.domain.correspondence import CorrespondenceFilters
from letterbook.domain.filters import Filters
from letterbook.domain.subjects import RegardedRecord
from letterbook.use_cases.directory.related_records import read_subject_and_party
from letterbook.use_cases.reading.correspondence import list_correspondence
from letterbook.use_cases.reading.list_communications import list_communications

_NEWEST = 20


@pages.get("/subjects/{subject_type}/{subject_id}")
def show(visit: PageRequest, subject_type: str, subject_id: str) -> PageResponse:
    """`of` names parties, by commas: several may call something by the same type and id."""
    of = tuple(one for one in visit.parameter("of").split(",") if one)
    subject, party = read_subject_and_party(visit.world, visit.viewer, subject_type, subject_id, of)
    key = f"{subject_type}:{subject_id}"
    path = f"/subjects/{subject_type}/{quote(subject_id, safe='')}"
    turning = pager(visit, path, {"of": (",".join(of),)} if of else None)
    owner = subject.party_id or next(iter(of), None)
    filters = Filters(regarding=(key,), concerning=owner)
    listed = list_communications(visit.world, visit.viewer, filters, limit=PAGE, after=turning.after)
    label = RegardingView.of(subject.regarding).label
    newest = listed.items[0] if listed.items else None
    return page(
        "subjects/detail.html",
        title=label,
        kind=humanize_code(subject_type),
        facts=_facts(subject, party.name if party else "", visit.clock),
        told=subject.version > 0,
        url=subject.url if (subject.url or "").startswith(("https://", "http://")) else "",
        document_id=subject.document_id,
        days=by_day(listed.items, visit.clock),
        caption=f"All messages about {label}, newest first",
        count=format_count(len(listed.items), "message") if not turning.cursor and listed.after is None else "",
        party_id=owner or (newest.party.id if newest else ""),
        key=quote(key, safe=""),
        newer=turning.newer,
        older=turning.older(listed.after),
        letters=_letters(visit, owner, key),
    )


def _letters(visit: PageRequest, party_id: str | None, key: str) -> list[CorrespondenceLine]:
    """The party's newest correspondence about it."""
    if not party_id:
        return []
    filters = CorrespondenceFilters(party_id=party_id, regarding=key)
    listed = list_correspondence(visit.world, visit.viewer, filters, limit=_NEWEST)
    return [correspondence_line(one, visit.clock) for one in listed.items]


def _facts(subject: RegardedRecord, party: str, clock: Clock) -> list[FactRow]:
    told = [
        FactRow("Number", (Part(subject.id),)),
        FactRow("Of", (Part(party, href=f"/parties/{subject.party_id}"),) if party else ()),
        FactRow("Dated", (Part(clock.long_date(subject.date)),) if subject.date else ()),
        FactRow("Due", (Part(clock.long_date(subject.due_date)),) if subject.due_date else ()),
        FactRow("Amount", _words(amount_words(subject.amount, subject.currency))),
        FactRow("Outstanding", _words(amount_words(subject.outstanding, subject.currency))),
        FactRow("Status", (Part(humanize_code(subject.status)),) if subject.status else ()),
    ]
    return [one for one in told if one.parts]


def _words(words: str) -> tuple[Part, ...]:
    return (Part(words),) if words else ()
