"""Mail that Mailgun takes in for us and hands over by a route: posted as MIME, or stored there and fetched.

Sources: Mailgun user manual ("Receiving messages via HTTP", "Store action", "Spam filter"), API reference ("Retrieve a stored
email"). A route's `forward()` posts MIME only to an address that ends with `mime`. What is larger than our door, 1 MiB, comes by
`store(notify=)`: then only its place is posted, where it lies for three days.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.event_values import address
from letterbook.adapters.providers.mailgun_api import credentials_of, error_of
from letterbook.adapters.providers.posted_form import form_of
from letterbook.adapters.providers.signed_stamp import prove
from letterbook.adapters.providers.vendor_http import call
from letterbook.domain.errors import Malformed, ProviderError, Unavailable
from letterbook.domain.inbound_email import Verdicts
from letterbook.ports import WebhookContent, WebhookRequest

SIGNING_KEY = "signing_key"
_STAMP = ("timestamp", "token", "signature")
# Stored mail lies on machines of its own, such as storage-us-east4.api.mailgun.net.
_HOSTS = ".mailgun.net"
_STORED = re.compile(r"/v3/domains/[^/]{1,255}/messages/[^/]{1,2000}")
_MOST_STORED_BYTES = 60 * 1024 * 1024
_SPF, _DKIM, _SPAM = "x-mailgun-spf", "x-mailgun-dkim-check-result", "x-mailgun-sflag"


def mail_of(account: Account, request: WebhookRequest) -> WebhookContent:
    """Raises Malformed, Unauthenticated, Unavailable."""
    # Only mail needs it, and every cold start would wait for it.
    from letterbook.adapters.inbound_mail.vendor_mail import as_received

    form = form_of(request)
    # A header field of the mail may have such a name too; those of Mailgun come last.
    stamp = {name: _text(form.get(name, (b"",))[-1]) for name in _STAMP}
    mime, url, recipient = (_only(form, name) for name in ("body-mime", "message-url", "recipient"))
    prove(account, SIGNING_KEY, stamp, b"\0".join((recipient, url, mime)))
    raw = mime or _stored(account, _text(url))
    recipients = [one for name in _text(recipient).split(",") if (one := address(name))]
    verdicts, spam = found_by_mailgun(raw)
    return WebhookContent(mail=(as_received(raw, verdicts, recipients, spam=spam),))


def _only(form: Mapping[str, tuple[bytes, ...]], name: str) -> bytes:
    """The value of a field that is there once: of several nobody knows which is Mailgun's."""
    values = form.get(name, ())
    return values[0] if len(values) == 1 else b""


def _text(value: bytes) -> str:
    return value[:4_000].decode(errors="replace")


def _stored(account: Account, url: str) -> bytes:
    """A stored mail, as MIME. Raises Malformed for an address of anything else than one at Mailgun; Unavailable."""
    if not url:
        raise Malformed("This holds no mail: the address in the route ends with mime, or the route stores it.")
    try:
        told = account.call(lambda held: _fetched(held, url))
    except ProviderError as failed:
        raise Unavailable("The mail cannot be fetched at the moment.") from failed
    mime = told.get("body-mime") if isinstance(told, dict) else None
    if not isinstance(mime, str) or not mime:
        raise Unavailable("The mail cannot be fetched at the moment.")
    return mime.encode(errors="replace")


def _fetched(held: Mapping[str, str], url: str) -> object:
    if not _is_ours(held, url):
        raise Malformed("This is no mail of ours.")
    headers = {**credentials_of(held), "accept": "message/rfc2822"}
    return call("GET", url, headers=headers, error_of=error_of, at_most=_MOST_STORED_BYTES).json()


def _is_ours(held: Mapping[str, str], url: str) -> bool:
    """Our credentials go to Mailgun alone. It may have taken the mail in for another domain than we send from."""
    try:
        parts, own = urlsplit(url), urlsplit(held["base_url"])
        at_mailgun = (parts.hostname or "").endswith(_HOSTS) and parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return False
    at_base = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    stored = _STORED.fullmatch(parts.path) and ".." not in parts.path and "@" not in parts.netloc
    return bool(stored) and (at_mailgun or at_base)


def found_by_mailgun(raw: bytes) -> tuple[Verdicts, bool]:
    """What Mailgun found of a mail, and whether it takes it for spam.

    It writes that above the trace of the server that took the mail in (RFC 5321, 4.4); what stands below was there before, whoever
    wrote it. Of a mail without a trace nothing is believed.
    """
    from letterbook.adapters.inbound_mail.header import header_of

    fields = header_of(raw, 0, len(raw), outermost=True).fields
    names = [name for name, _ in fields]
    above = dict(reversed(fields[: names.index("received")])) if "received" in names else {}
    spf, dkim, spam = (above.get(name, b"").strip().lower().decode("latin-1") for name in (_SPF, _DKIM, _SPAM))
    signers = frozenset(_signers(fields)) if dkim == "pass" and names.count("from") == 1 else frozenset()
    return Verdicts(spf=spf, dkim=dkim, dkim_domains=signers), spam == "yes"


def _signers(fields: tuple[tuple[str, bytes], ...]) -> Iterator[str]:
    """Whose signature holds: the only one's. Of several Mailgun does not say which it was, and of one that covers a part of the
    text (`l=`) nobody knows who wrote the rest (RFC 6376, 8.2).
    """
    signatures = [value for name, value in fields if name == "dkim-signature"]
    if len(signatures) != 1:
        return
    pairs = [one.partition(b"=") for one in signatures[0].split(b";")]
    tags = [(name.strip(), b"".join(value.split())) for name, _, value in pairs]
    domains = [value for name, value in tags if name == b"d"]
    if len(domains) == 1 and b"l" not in [name for name, _ in tags]:
        yield domains[0].lower().decode("latin-1")
