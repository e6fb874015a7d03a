"""Errors, named by what whoever caught them should do.

LetterbookError
+-- CallerError                 the caller must change the request; nothing was written
|   +-- PartyMerged             the party is another record now: ask for that      409, or 301 where the address names it
|   +-- Malformed               it cannot be read                                400
|   +-- Unauthenticated         who asks is not known                            401
|   +-- Forbidden               the viewer lacks the permission                  403
|   +-- NotFound                it is not there, or the viewer may not see it    404
|   +-- MethodNotAllowed        the address takes other methods                  405
|   +-- Conflict                the state of things stands against it            409
|   |   +-- TooOld              begin a new one instead (message.py)
|   |   +-- AlreadySentAgain    look at the later attempt, or ask for another one
|   +-- PreconditionFailed      it was changed since the caller read it          412
|   +-- TooLarge                it is too big                                    413
|   +-- Unsupported             another media type is wanted                     415
|   +-- Invalid                 it reads well and is not acceptable              422
|   +-- Unavailable             we cannot tell at the moment: the same again later 503
+-- ConcurrentUpdate            somebody else wrote first: read again, try again
|   +-- HoldersChanged          it is who has an address that moved
+-- IdempotencyKeyConflict      the idempotency key was used: answer what it made
+-- AddressRefused              a reached address cannot be written with it: write it without, and the address by itself
+-- DuplicateEvent              this very event is recorded: there is nothing to do
+-- UnmatchedReceipt            no entry is known for this receipt yet: wait, then set it aside
+-- CorruptContent              stored content is not what was stored: stop, tell somebody
+-- ProviderError               a provider did not accept a message
    +-- Permanent               give up, it will never take this
    +-- Transient               certainly not taken: try later
    |   +-- Throttled           we are too fast: wait; it costs no try
    |       +-- OverQuota       until there is a new quota: wait an hour; it costs no try
    +-- Ambiguous               it may have been taken: never send again, find out
"""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta

from letterbook.domain.failures import FailureCode, FailureText


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with a request: where, a stable code for programs, words for people.

    `line` is that of the text that the field holds, counted from 1, where one line is wrong.
    """

    field: str
    code: str
    message: str
    line: int | None = dataclasses.field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class MissingVariable(FieldError):
    """A variable that nothing replaces; `variable` is its name, empty where a template fails for another reason."""

    variable: str = ""


class LetterbookError(Exception):
    """The root of every error of our own."""


class CallerError(LetterbookError):
    """The request must change. `status` is HTTP's, `code` a stable slug, `faults` say where."""

    status = 400
    code = "bad_request"
    title = "Bad request"

    def __init__(self, detail: str, *faults: FieldError, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.code = code or self.code


class PartyMerged(CallerError):
    """The party `gone` is the record `into` by now, which the viewer may see: where an address names it, it leads there."""

    status, code, title = 409, "party_merged", "It was merged into another record"

    def __init__(self, gone: str, into: str) -> None:
        super().__init__(f"This record was merged into another one of the same party: {into}.")
        self.gone = gone
        self.into = into


class Malformed(CallerError):
    code, title = "malformed", "The request cannot be read"


class Unauthenticated(CallerError):
    status, code, title = 401, "unauthenticated", "Who are you?"


class Forbidden(CallerError):
    status, code, title = 403, "forbidden", "You do not have the right to do this"


class NotFound(CallerError):
    status, code, title = 404, "not_found", "Not found"


class MethodNotAllowed(CallerError):
    status, code, title = 405, "method_not_allowed", "The address takes other methods"


class Conflict(CallerError):
    status, code, title = 409, "conflict", "The present state does not allow this"


class AlreadySentAgain(Conflict):
    """A later attempt said it: `communication_id` is that attempt, where the viewer may see it."""

    code = "already_sent_again"

    def __init__(self, detail: str, communication_id: str | None) -> None:
        super().__init__(detail)
        self.communication_id = communication_id


class PreconditionFailed(CallerError):
    status, code, title = 412, "outdated", "It was changed since you read it"


class TooLarge(CallerError):
    status, code, title = 413, "too_large", "Too large"


class Unsupported(CallerError):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class Invalid(CallerError):
    status, code, title = 422, "invalid", "The request is not acceptable"


class Unavailable(CallerError):
    """Nothing is wrong with the request: something that we need does not answer."""

    status, code, title = 503, "unavailable", "Not possible at the moment"


# What Python raises of input that is nested, or grows, beyond what can be read: whoever sent it can mend it.
BEYOND_READING = (RecursionError, MemoryError, OverflowError)


def beyond_reading() -> Invalid:
    return Invalid("This is nested more deeply, or grows larger, than can be read.", code="too_complex")


def immutable() -> Conflict:
    return Conflict("What was sent or received stays as it is.", code="immutable")


class ConcurrentUpdate(LetterbookError):
    """A conditional write found that somebody else had written first."""


class HoldersChanged(ConcurrentUpdate):
    """Somebody else got an address meanwhile, or lost it."""


class AddressRefused(LetterbookError):
    """Something else is known of the address, or others write there at this moment."""


class IdempotencyKeyConflict(LetterbookError):
    """Another request with the same idempotency key was first."""


class DuplicateEvent(LetterbookError):
    """The event is recorded already."""


class UnmatchedReceipt(LetterbookError):
    """A receipt names no entry that is known."""


class CorruptContent(LetterbookError):
    """What the content store gave back has another digest than what was put there."""


class ProviderError(LetterbookError):
    """A provider did not accept a message. `provider_code` is its own word, `reason` one of ours."""

    def __init__(self, provider_code: str, reason: FailureCode = FailureCode.UNKNOWN) -> None:
        super().__init__(provider_code)
        self.provider_code = provider_code
        self.reason = reason


class Permanent(ProviderError):
    """`text` is why in the provider's own words, where no code of its says it."""

    def __init__(
        self, provider_code: str, reason: FailureCode = FailureCode.UNKNOWN, *, text: FailureText | None = None
    ) -> None:
        super().__init__(provider_code, reason)
        self.text = text


class Transient(ProviderError):
    def __init__(
        self,
        provider_code: str,
        reason: FailureCode = FailureCode.PROVIDER_OUTAGE,
        *,
        after: timedelta = timedelta(0),
    ) -> None:
        """`after` is how long the provider asked us to wait at least."""
        super().__init__(provider_code, reason)
        self.after = after


class Throttled(Transient):
    pass


class OverQuota(Throttled):
    """The day's or month's share is used up: seconds will not help."""


class Ambiguous(ProviderError):
    pass
