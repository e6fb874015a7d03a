"""Mail that a provider posts: what it tells beside it is written above it, where the reader looks for it.

Whatever the sender wrote stands below, and counts for nothing: of each of these fields only the topmost does.
"""

import re
from collections.abc import Iterable, Iterator

from letterbook.adapters.inbound_mail.header import begin_of
from letterbook.adapters.inbound_mail.verdicts import OURS
from letterbook.domain.inbound_email import Verdicts

# The reader looks at no more recipients, and no more of a field than this many signers of the longest names fill.
_MOST_RECIPIENTS, _MOST_SIGNERS = 20, 10
_FOLD = "\r\n "
_RESULT = re.compile(r"[a-z]{1,20}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+", re.ASCII)
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>,;:()]{1,320}")


def as_received(raw: bytes, verdicts: Verdicts, recipients: Iterable[str], *, spam: bool = False) -> bytes:
    """The mail with what the provider found (`verdicts`, `spam`), and whom it was handed over for (`recipients`: its envelope).

    What cannot be written into a field is left out. The same mail with the same word about it becomes the same bytes.
    """
    wanted = [one for one in dict.fromkeys(recipients) if _ADDRESS.fullmatch(one)][:_MOST_RECIPIENTS]
    fields = [
        f"Authentication-Results: {f';{_FOLD}'.join((OURS, *(tuple(_results(verdicts)) or ('none',))))}",
        f"X-SES-Spam-Verdict: {'FAIL' if spam else 'GRAY'}",
        "X-SES-Virus-Verdict: GRAY",
        *(f"Delivered-To: {one}" for one in wanted),
        # A mail that begins with a blank goes on with the line above it: that is this one, and says nothing.
        "X-Letterbook: posted",
    ]
    head = "".join(f"{one}\r\n" for one in fields).encode(errors="replace")
    return head + raw[begin_of(raw, 0, len(raw)) :]


def _results(verdicts: Verdicts) -> Iterator[str]:
    if _RESULT.fullmatch(verdicts.spf):
        yield f"spf={verdicts.spf}"
    signers = [one for one in sorted(verdicts.dkim_domains) if _DOMAIN.fullmatch(one)][:_MOST_SIGNERS]
    if verdicts.dkim == "pass" and signers:
        yield from (f"dkim=pass header.d={one}" for one in signers)
    elif _RESULT.fullmatch(verdicts.dkim):
        yield f"dkim={verdicts.dkim}"
    if _RESULT.fullmatch(verdicts.dmarc):
        asked = f" header.from={verdicts.dmarc_domain}" if _DOMAIN.fullmatch(verdicts.dmarc_domain) else ""
        yield f"dmarc={verdicts.dmarc}{asked}"
