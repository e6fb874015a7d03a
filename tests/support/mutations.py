"""JSON that is almost right: a sample with some of its places taken away, or holding anything else."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**400), max_value=10**400),
    st.floats(),
    st.text(),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Lu"])),
    st.sampled_from(["", "0", "1", "-1", "null", "<a@b.example>", "9" * 400, "2026-11-20", "\x00", "\ud800", "\uffff"]),
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in it, by the names and numbers that lead there."""
    yield path
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in within:
        yield from places(inner, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The same with something else at that place."""
    if not path:
        return new
    made = value.copy()
    made[path[0]] = put(made[path[0]], path[1:], new)
    return made


@st.composite
def almost(draw: st.DrawFn, samples: list[str]) -> str:
    """One of the samples with up to four changes."""
    value = json.loads(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 4))):
        path = draw(st.sampled_from(list(places(value))))
        value = put(value, path, draw(VALUES))
    return json.dumps(value, ensure_ascii=draw(st.booleans()))
