"""Templates, read and compiled once for all the messages that are made of them.

What is kept is made of a template's own text alone: no value has a place in it, each rendering has its own. A compiled template is
asked for by the whole of its text, the language, the currency and how values are escaped, and so is never another's.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar, TypeVarTuple, cast

from jinja2 import StrictUndefined, Template, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from letterbook.adapters.rendering.formats import filters
from letterbook.adapters.rendering.language import parsed
from letterbook.adapters.rendering.tables import TABLE, TableSource, table_filter

T = TypeVar("T")
Others = TypeVarTuple("Others")

# As many as a firm uses in an hour, subjects and bodies; of longer texts none, so that all of them are a few megabytes.
_MOST_KEPT = 256
_LONGEST_KEPT = 64 * 1024

Escape = Callable[[object], str]


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text: its tree, which nobody changes, and what is asked of it for each message."""

    tree: nodes.Template
    names: Mapping[str, int]
    size: int
    has_tables: bool


def _kept(make: Callable[[str, *Others], T]) -> Callable[[str, *Others], T]:
    remembered = cast("Callable[[str, *Others], T]", lru_cache(maxsize=_MOST_KEPT)(make))

    def made(text: str, /, *others: *Others) -> T:
        return (make if len(text) > _LONGEST_KEPT else remembered)(text, *others)

    return made


@_kept
def source_of(text: str) -> Source:
    """Raises what `parsed` raises."""
    tree = parsed(_environment(str), text)
    return Source(
        tree=tree,
        names=Counter(name.name for name in tree.find_all(nodes.Name)),
        size=len(text.encode(errors="replace")),
        has_tables=any(one.name == TABLE for one in tree.find_all(nodes.Filter)),
    )


@_kept
def variables_of(text: str) -> frozenset[str]:
    """Raises what `parsed` raises. Jinja2 computes what is constant in the tree it looks at, so it gets one of its own."""
    return frozenset(meta.find_undeclared_variables(parsed(_environment(str), text)))


@_kept
def program_of(text: str, escape: Escape, language: str, currency: str) -> Template:
    """Of a text that `source_of` has read. Jinja2 writes what is constant into the tree that it compiles: it reads its own."""
    return _environment(escape, language, currency).from_string(text)


@cache
def _environment(escape: Escape, language: str = "en", currency: str = "GBP") -> ImmutableSandboxedEnvironment:
    """`escape` is put around everything that is printed, whatever filters a template uses."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, TableSource) else escape(value),
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.filters |= filters(language, currency) | {TABLE: table_filter(language)}
    return environment
