"""The addresses that answers come back to: each names a communication, and is signed, so that nobody can make one up."""

from collections.abc import Callable, Iterable
from functools import cached_property

from letterbook.domain.inbound_email import replied_to, reply_address


class SignedReplies:
    """See ports.ReplyAddresses. `domain` is empty where no domain takes mail in; the secret is read when first needed."""

    def __init__(self, domain: str, secret: Callable[[], bytes]) -> None:
        self._domain = domain
        self._read = secret

    @cached_property
    def _secret(self) -> bytes:
        return self._read()

    def address(self, communication_id: str) -> str | None:
        return reply_address(communication_id, self._domain, self._secret) if self._domain else None

    def communication(self, addresses: Iterable[str]) -> str | None:
        known = (replied_to(one, self._domain, self._secret) for one in addresses) if self._domain else ()
        return next((one for one in known if one), None)
