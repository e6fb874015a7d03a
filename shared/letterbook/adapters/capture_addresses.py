"""The addresses that mail is captured by, signed, so that nobody can make one up."""

from collections.abc import Callable, Iterable
from functools import cached_property

from letterbook.domain.capture import CaptureTarget, address_of_case, address_of_user, target_of


class SignedCaptures:
    """See ports.CaptureAddresses. `domain` is empty where no domain takes mail in; the secret is read when first needed."""

    def __init__(self, domain: str, secret: Callable[[], bytes]) -> None:
        self._domain = domain
        self._read = secret

    @cached_property
    def _secret(self) -> bytes:
        return self._read()

    def of_user(self, user_id: str) -> str | None:
        return address_of_user(user_id, self._domain, self._secret) if self._domain else None

    def of_case(self, case_id: str) -> str | None:
        return address_of_case(case_id, self._domain, self._secret) if self._domain else None

    def target(self, addresses: Iterable[str]) -> CaptureTarget | None:
        if not self._domain:
            return None
        known = [found for one in addresses if (found := target_of(one, self._domain, self._secret))]
        return next((one for one in known if one.case_id), known[0] if known else None)
