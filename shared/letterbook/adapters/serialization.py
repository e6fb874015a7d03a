"""Domain objects as JSON in the store. What equals its default is left out: a short row is cheap in every index that carries it."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

# Building one takes milliseconds, so each is built when it is first needed, and once.
_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(value: object) -> str:
    return _adapter(type(value)).dump_json(value, exclude_defaults=True).decode()


def to_json_without(value: object, *fields: str) -> str:
    return _adapter(type(value)).dump_json(value, exclude_defaults=True, exclude=set(fields)).decode()


def from_json(kind: type[T], text: str | bytes) -> T:
    return _adapter(kind).validate_json(text)


def from_python(kind: type[T], value: dict[str, Any]) -> T:
    """From what `from_json` makes of JSON: strings for times, lists for tuples."""
    return _adapter(kind).validate_python(value)
