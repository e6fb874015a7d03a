"""What moto holds, kept when it is first made and put back from then on: to make it anew takes longer than most tests."""

import copyreg
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from threading import Condition
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from joserfc.jwk import RSAKey
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.utilities.utils import load_resource

REGION = "eu-west-2"
T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """What was answered when it was made, and all that the services held then."""

    answer: Any
    states: bytes


_KEPT: dict[Callable[[], Any], Kept] = {}


def empty() -> None:
    """Leaves nothing in any service."""
    BackendDict.reset()
    reset_model_data()


def made_once(make: Callable[[], T], services: Iterable[str]) -> T:
    """Answers what `make` answers, and has in the services, which are empty, what it made there when it was first called.

    Ids, secrets and times are those of the first call in this process.
    """
    backends = [_state(one) for one in services]
    if make not in _KEPT:
        _KEPT[make] = Kept(answer=make(), states=_written(backends))
        return cast("T", _KEPT[make].answer)
    kept = _KEPT[make]
    for state, before in zip(backends, pickle.loads(kept.states), strict=True):
        state.clear()
        state.update(before)
    for bucket in get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
        s3_backends.bucket_accounts[bucket.name] = (bucket.partition, bucket.account_id)
    return cast("T", kept.answer)


def _state(service: Any) -> dict[str, Any]:
    backend: Any = get_backend(service)[DEFAULT_ACCOUNT_ID]["aws" if service == "s3" else REGION]
    state: dict[str, Any] = backend.__dict__
    return state


@cache
def pool_key() -> RSAKey:
    """The key that every pool of moto signs with, which moto reads anew for each: its primes have to be found, in half a second."""
    return RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))


class _Pickler(pickle.Pickler):
    """Writes locks, none of which anybody holds, as new ones, and the one key that every pool of moto signs with as its name."""

    dispatch_table = copyreg.dispatch_table.copy()


_Pickler.dispatch_table[Condition] = lambda _: (Condition, ())
_Pickler.dispatch_table[RSAKey] = lambda _: (pool_key, ())


def _written(what: Any) -> bytes:
    written = BytesIO()
    _Pickler(written, pickle.HIGHEST_PROTOCOL).dump(what)
    return written.getvalue()


# In the place of joserfc.jwk, of which moto's pools take nothing else.
KEYS = SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _: pool_key()))
