"""What parties, cases and subjects are found by, word by word, beside what they are:

    pty_1    clue#name#priya                        looked up by `name`
    pty_1    clue#name#amir#con_1                   a word of a contact
    cas_1    clue#case-word#arrears                 looked up by `case-word`
    subject#invoice:7    clue#subject-word#7#pty_1  looked up by `subject-word`; `data` is the kind of the subject's item

Those of parties and subjects are written with what they lead to. A case has no room for them in its transaction: its words come
first, and stay; so cases that were found are looked at. `make reindex` makes all of them anew.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from letterbook.adapters.dynamodb.directory_rows import Owned
from letterbook.adapters.dynamodb.sort_keys import clue
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.domain.search_terms import Wanted
from letterbook.ports import Page

# So many that one word leads to are read, in two or three requests. What has more is asked of what the other words lead to.
MOST_FOUND = 12_000
# So many words of a query lead; what they lead to is asked for the others.
_MOST_LEADING = 8
# Looked at together (BatchGetItem), and so often for one page.
_TOGETHER, _ROUNDS = 100, 10

# What something is looked up by: the kind of clue, and the clue.
Clue = tuple[str, str]
# An item of the directory by its id, with what its clue says of it.
Lead = tuple[str, str | None]


def word_clues(lookup: str, words: Iterable[str], mark: str = "") -> set[Clue]:
    """`mark` tells apart what several of one owner have."""
    return {(lookup, f"{clue(word)}#{mark}" if mark else clue(word)) for word in words}


def clue_item(owner_id: str, one: Clue, data: str | None = None) -> DirectoryItem:
    lookup, text = one
    return DirectoryItem(owner_id, f"clue#{lookup}#{text}", lookup=lookup, value=f"{text}#{owner_id}", data=data)


def clue_writes(owner_id: str, old: set[Clue], new: set[Clue], data: str | None = None) -> Iterator[Write]:
    yield from (Write(item=clue_item(owner_id, one, data)) for one in sorted(new - old))
    yield from (Write(item=clue_item(owner_id, one), delete=True) for one in sorted(old - new))


def leads(lookup: str, asked: Sequence[Wanted]) -> tuple[set[Lead], Sequence[Wanted]]:
    """What holds all that is asked for; and what has to be asked of it yet, because too much holds it."""
    found = [(one, *_of_wanted(lookup, one)) for one in asked[:_MOST_LEADING]]
    whole = [ids for _, ids, complete in found if complete] or [ids for _, ids, _ in found]
    left = [*(one for one, _, complete in found if not complete), *asked[_MOST_LEADING:]]
    return set.intersection(*whole) if whole else set(), left


def _of_wanted(lookup: str, one: Wanted) -> tuple[set[Lead], bool]:
    found: set[Lead] = set()
    complete = True
    for way in one.ways:
        *whole, last = way
        read = [_of_word(lookup, f"{clue(word)}#") for word in whole]
        read.append(_of_word(lookup, clue(last) if one.opens(last) else f"{clue(last)}#"))
        short = [ids for ids in read if len(ids) < MOST_FOUND]
        complete = complete and len(short) == len(read)
        found |= set.intersection(*(short or read))
    return found, complete


def _of_word(lookup: str, start: str) -> set[Lead]:
    found = DirectoryItem.lookups.query(lookup, DirectoryItem.value.startswith(start), limit=MOST_FOUND)
    return {(item.id, item.data) for item in found}


def page_of(
    ids: Iterable[str],
    load: Callable[[Sequence[str]], Iterable[Owned]],
    keep: Callable[[Owned], bool],
    *,
    below: str | None,
    limit: int,
) -> Page[Owned]:
    """The newest of what was found; a short page says where it goes on."""
    left = sorted((one for one in ids if below is None or one < below), reverse=True)
    kept: list[Owned] = []
    for start in range(0, min(len(left), _TOGETHER * _ROUNDS), _TOGETHER):
        together = left[start : start + _TOGETHER]
        there = {one.id: one for one in load(together)}
        kept += [there[one] for one in together if one in there and keep(there[one])]
        if len(kept) > limit:
            return Page(items=kept[:limit], after=kept[limit - 1].id)
    unread = left[_TOGETHER * _ROUNDS :]
    return Page(items=kept, after=left[_TOGETHER * _ROUNDS - 1] if unread else None)
