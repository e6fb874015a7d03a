"""Mailboxes of mail servers, which write about mail and are nobody's customer."""

from letterbook.domain.inbound_email import Mailbox

# RFC 5321, 4.5.1 and RFC 2142, 5; and what servers write instead. The long one is Exchange's own (its system mailbox).
_LOCAL_PARTS = frozenset(
    {
        "double-bounce",
        "mail-daemon",
        "maildaemon",
        "mailer-daemon",
        "mailer_daemon",
        "mailerdaemon",
        "mailsystem",
        "mdaemon",
        "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
        "postmaster",
    }
)
# Names that say so of a mail that nothing shall come back for (RFC 3834, 3.3).
_NAMES = (
    "delivery service",
    "delivery subsystem",
    "delivery system",
    "mail administrator",
    "mail delivery",
    "mail server",
    "mail system",
    "mailer-daemon",
    "microsoft exchange",
    "microsoft outlook",
    "postmaster",
    "system administrator",
    "undeliverable",
)


def is_daemon(mailbox: Mailbox, *, answerable: bool) -> bool:
    """Whether it is a mail server's. `answerable`: its mail does not say `Return-Path: <>`, to which nothing comes back."""
    local = mailbox.address.rpartition("@")[0].lower()
    name = mailbox.name.lower()
    if local.partition("+")[0] in _LOCAL_PARTS or (not local and name.strip("<>") in _LOCAL_PARTS):
        return True
    return not answerable and any(one in name for one in _NAMES)
