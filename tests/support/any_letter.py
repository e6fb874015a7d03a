"""Any letter that somebody might write, as blocks."""

from hypothesis import strategies as st

from letterbook.domain.letter import Align, Block, Heading, ItemList, PageBreak, Paragraph, Quotation, Run, Table

_RUNS = st.lists(
    st.builds(Run, text=st.text(max_size=5), bold=st.booleans(), link=st.none() | st.just("https://firm.example")),
    max_size=2,
).map(tuple)
_CELLS = st.tuples(_RUNS, _RUNS)
_LEAVES = st.one_of(
    st.builds(Heading, level=st.integers(1, 6), runs=_RUNS),
    st.builds(Paragraph, runs=_RUNS),
    st.builds(
        Table,
        align=st.tuples(st.sampled_from(Align), st.sampled_from(Align)),
        head=_CELLS,
        rows=st.lists(_CELLS, max_size=2).map(tuple),
        totals=st.integers(0, 1),
    ),
    st.builds(PageBreak),
)


def _within(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Quotation, blocks=several),
        st.builds(ItemList, start=st.none() | st.integers(1, 9), items=st.lists(several, max_size=2).map(tuple)),
    )


def blocks() -> st.SearchStrategy[tuple[Block, ...]]:
    return st.lists(st.recursive(_LEAVES, _within, max_leaves=6), max_size=4).map(tuple)
