"""What the server that took a mail in for us found (RFC 8601), in the field that Amazon SES, or we, write above all others."""

import re

from letterbook.adapters.inbound_mail.mime import Part
from letterbook.domain.authorship import same_organisation
from letterbook.domain.inbound_email import Verdicts

# Ours is written where a provider tells what it found beside the mail (vendor_mail.py); nobody can have that domain (RFC 2606).
OURS = "letterbook.invalid"
_SERVERS = (["amazonses.com"], [OURS])
_MAX_RESULTS = 4_000
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*=\s*([a-z]{1,20})\b([^;]*)")
_HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*\"?@?([^\s;\"()]{1,255})")
_SIGNER = re.compile(r"\bheader\.(?:d|i)\s*=\s*\"?(?:[^\s;\"@()]{0,64}@)?([^\s;\"@()]{1,255})")
_COMMENT = re.compile(r"\([^()]*\)")


def verdicts_of(part: Part) -> Verdicts:
    """Only the topmost field counts, and only with the name of our server: whoever sends can write others below it."""
    results = _COMMENT.sub(" ", part.text("authentication-results")[:_MAX_RESULTS].lower())
    server, _, rest = results.partition(";")
    if server.split()[:1] not in _SERVERS:
        return Verdicts()
    found = [match for one in rest.split(";") if (match := _RESULT.match(one))]
    dmarc = [match for match in found if match[1] == "dmarc"]
    asked = _HEADER_FROM.search(dmarc[0][3]) if dmarc else None
    signers = [_SIGNER.search(match[3]) for match in found if match[1] == "dkim" and match[2] == "pass"]
    return Verdicts(
        dmarc=dmarc[0][2] if dmarc else "",
        dmarc_domain=asked[1] if asked else "",
        spf=_best(found, "spf"),
        dkim=_best(found, "dkim"),
        dkim_domains=frozenset(signer[1] for signer in signers if signer),
    )


def is_forged(verdicts: Verdicts, sender: str) -> bool:
    """Whether the sender's domain disowns it, or says nothing and no other check speaks for it (RFC 7489); or whether another
    domain was asked than that of whom we read: then the server read another sender.
    """
    if verdicts.dmarc == "fail":
        return True
    asked, domain = verdicts.dmarc_domain, sender.rpartition("@")[2]
    if asked and domain and not same_organisation(asked, domain):
        return True
    vouched = "pass" in (verdicts.dmarc, verdicts.dkim)
    return not vouched and "fail" in (verdicts.spf, verdicts.dkim)


def _best(found: list[re.Match[str]], method: str) -> str:
    """Of several signatures one that holds is enough."""
    results = [match[2] for match in found if match[1] == method]
    return "pass" if "pass" in results else results[0] if results else ""
