"""What becomes of a form when somebody else saved before it: nothing that either wrote is lost."""

from hypothesis import given, strategies as st

from console.forms.meanwhile import began_with, both

NAMES = ("name", "hold.kind", "body")
FIELDS = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b", "c=d e", "ä\r\nö"]) for name in NAMES})


@given(began=FIELDS, mine=FIELDS, theirs=FIELDS)
def test_what_only_one_changed_is_theirs_and_of_what_both_changed_one_chooses(
    began: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    values, overtaken = both(mine, theirs, began_with(began))
    for name in NAMES:
        if mine[name] == began[name]:
            assert values[name] == theirs[name]
        else:
            assert values[name] == mine[name]
        assert (name in overtaken) == (theirs[name] not in (began[name], mine[name]))
        taken, _ = both(mine, theirs, began_with(began), name)
        if name in overtaken:
            assert taken[name] == theirs[name]


@given(mine=FIELDS, theirs=FIELDS)
def test_of_a_form_that_does_not_say_what_it_began_with_nothing_is_taken_unasked(
    mine: dict[str, str], theirs: dict[str, str]
) -> None:
    values, overtaken = both(mine, theirs, "")
    assert values == mine
    assert set(overtaken) == {name for name in NAMES if mine[name] != theirs[name]}


def test_values_of_any_kind_are_told_apart() -> None:
    began = {"channels": ("email",), "variables": (("what", True, ""),)}
    later = {**began, "channels": ("email", "sms")}
    assert both(began, later, began_with(began)) == (later, ("channels",))
    assert both(later, began, began_with(began)) == (later, ())
