"""What a form is about: a thing that is known, or another by its kind and number, which may be given a name and a link."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from console.app.routing import PageRequest
from console.forms.parsing import validate
from console.presenters.labels import KINDS_OF_THINGS, humanize_code
from letterbook.contracts.message_parts import RegardingBody
from letterbook.contracts.references import RegardingView
from letterbook.contracts.subjects import SubjectBody
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.subjects import RegardedRecord
from letterbook.use_cases.directory.subjects import known_subjects, make_subject

FIELDS = ("about_kind", "about_number", "about_label", "about_url")
_PLACES = {"type": "about_kind", "id": "about_number", "label": "about_label", "url": "about_url"}
_BLANKS = re.compile(r"[\s-]+")
_WORDS = {
    "about_kind": "Say what kind of thing it is: an invoice, a contract.",
    "about_number": "Say its number, on one line.",
    "about_label": "A name is one line.",
    "about_url": "A link begins with https://",
}


@dataclass(frozen=True, slots=True)
class Thing:
    """One that may be chosen: `key` is "type:id", `url` where another system keeps it."""

    key: str
    words: str
    href: str
    url: str


def regarded(given: Mapping[str, str]) -> dict[str, str] | None:
    """As the API takes it: what was typed goes before what was chosen."""
    kind = _BLANKS.sub("_", given.get("about_kind", "").strip().lower())
    number = given.get("about_number", "").strip()
    if number or given.get("about_kind"):
        return {"type": kind, "id": number}
    type_, _, id_ = given.get("regarding", "").partition(":")
    return {"type": type_, "id": id_} if id_ else None


def check(given: Mapping[str, str]) -> None:
    """Raises Invalid, of the fields of the form, for a thing that cannot be called so."""
    _record(given)


def keep_thing(visit: PageRequest, given: Mapping[str, str]) -> None:
    """Makes what was typed with a name or a link a thing of the party's own. Raises Invalid, Conflict, Forbidden."""
    record = _record(given)
    if record and (record.label or record.url):
        make_subject(visit.world, visit.viewer, record)


def things(visit: PageRequest, party_ids: Iterable[str], chosen: str) -> list[Thing]:
    """Those that are known of the parties; and the one that is chosen, whether it is known or not."""
    parties = list(dict.fromkeys(one for one in party_ids if one))
    known = [_thing(one, parties) for one in known_subjects(visit.world, visit.viewer, parties)]
    type_, _, id_ = chosen.partition(":")
    if id_ and chosen not in {one.key for one in known}:
        known.append(_thing(RegardedRecord(type=type_, id=id_), parties))
    return known


def context(visit: PageRequest, party_ids: Sequence[str], given: Mapping[str, str]) -> dict[str, Any]:
    """What the field shows (macros/about.html)."""
    offered = things(visit, party_ids, given.get("regarding", ""))
    return {
        "offered": offered,
        "chosen": next((one for one in offered if one.key == given.get("regarding")), None),
        "typed": {name: given.get(name, "") for name in FIELDS},
        "kinds": [(one, humanize_code(one)) for one in KINDS_OF_THINGS],
        "makes": visit.viewer.changes_party(party_ids[0]),
    }


def _record(given: Mapping[str, str]) -> RegardedRecord | None:
    if not any(given.get(name) for name in FIELDS):
        return None
    told = {"party_id": given.get("party_id"), "label": given.get("about_label"), "url": given.get("about_url")}
    try:
        named = validate(RegardingBody, regarded(given) or {"type": "", "id": ""})
        body = validate(SubjectBody, {name: value for name, value in told.items() if value})
    except Invalid as error:
        faults = (_PLACES.get(one.field, "") for one in error.faults)
        raise Invalid(
            "This is no thing that can be written about.",
            *(FieldError(place, "invalid_format", _WORDS[place]) for place in faults if place),
        ) from None
    return body.subject(named.type, named.id)


def _thing(record: RegardedRecord, parties: Sequence[str]) -> Thing:
    regarding = record.regarding
    return Thing(
        key=regarding.key,
        words=RegardingView.of(regarding).label,
        href=f"/subjects/{record.type}/{quote(record.id, safe='')}?of={','.join(parties)}",
        url=record.url or "",
    )
