"""What somebody sent who had to sign in first: it goes with them through signing in, and is shown to them again as a form.

It is never carried out by itself: whoever has signed in asks for the form, looks at it, and sends it.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from console.app import security, session
from console.app.request import Request
from console.app.routing import PageResponse, page

# Whoever shows a form again, and saves nothing, is asked so by this field: see forms/meanwhile.py.
AGAIN = "take"
TOLD = "Nothing was saved yet, because you had been signed out. Look at it, then save it."
_MARK = "unsent"
_MOST_CHARACTERS = 250_000
_MOST_FIELDS = 500
# What says what to do with the form goes with the button that was pressed.
_ORDERS = frozenset({"do", AGAIN, "drop"})


@dataclass(frozen=True, slots=True)
class Unsent:
    """`to` is a path of ours, `text` the form as it is sent, `by` who wrote it as far as their cookie says, else nothing."""

    to: str
    text: str
    by: str = ""


def sent_in_vain(request: Request) -> Unsent | None:
    """What was sent by somebody whose session is over; None where that is more than a page carries."""
    fields = [(name, one) for name, values in request.form.items() if name not in _ORDERS for one in values]
    text = urlencode(fields)
    if not fields or len(fields) > _MOST_FIELDS or len(text) > _MOST_CHARACTERS:
        return None
    return Unsent(request.path, text, _claimed(session.id_token(request)))


def carried(form: Mapping[str, list[str]]) -> Unsent | None:
    """What the form of signing in carries on."""
    to, text, by = (form.get(f"{_MARK}_{part}", [""])[0] for part in ("to", "text", "by"))
    sound = text and len(text) <= _MOST_CHARACTERS and security.local(to, "") == to and to
    return Unsent(to, text, by) if sound else None


def shown_again(unsent: Unsent) -> PageResponse:
    """A page with one button, which asks for the form."""
    fields = parse_qsl(unsent.text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    return page("base/unsent.html", to=unsent.to, fields=[*fields, (AGAIN, _MARK)])


def is_shown_again(form: Mapping[str, list[str]]) -> bool:
    return form.get(AGAIN, [""])[0] == _MARK


def _claimed(token: str | None) -> str:
    """Whose token it was; that it is over, and nobody vouches for it, matters not: it can only keep things back."""
    try:
        payload = (token or "").split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("sub", ""))[:100]
    except (ValueError, IndexError, AttributeError):
        return ""
