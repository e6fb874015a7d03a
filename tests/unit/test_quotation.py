"""What of a letter is quoted: by its signs, below an attribution; and nothing of a text is lost."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.quotation import own_words, passages

_SIGNED = "> Dear Priya,\n> we write about your agreement.\n>\n>> and before"
_OWN = "Thank you, I agree.\n\nPriya"


@pytest.mark.parametrize(
    "lead",
    [
        "On Mon, 23 Nov 2026 at 14:03, Jane Doe <jane@firm.example> wrote:",
        "On Monday, 23 November 2026 at 14:03, Jane Doe of the firm\n<jane@firm.example> wrote:",
        "Am 23.11.2026 um 14:03 schrieb Jane Doe:",
        "Le lun. 23 nov. 2026 à 14:03, Jane Doe <jane@firm.example> a écrit :",
        "El lun, 23 nov 2026 a las 14:03, Jane Doe (<jane@firm.example>) escribió:",
        "Il giorno lun 23 nov 2026 alle ore 14:03 Jane Doe ha scritto:",
        "Op ma 23 nov 2026 om 14:03 schreef Jane Doe:",
        "W dniu 23.11.2026 o 14:03, Jane Doe pisze:",
        "Den 23 nov 2026 14:03 skrev Jane Doe:",
    ],
)
@pytest.mark.parametrize("below", [_SIGNED, "Dear Priya,\n\nwe write about your agreement."])
def test_what_stands_below_an_attribution_is_quoted_with_it(lead: str, below: str) -> None:
    assert own_words(f"{_OWN}\n\n{lead}\n\n{below}").strip() == _OWN


@pytest.mark.parametrize(
    "history",
    [
        "-----Original Message-----\nFrom: Jane Doe\nSent: Monday\n\nDear Priya,",
        "From: Jane Doe <jane@firm.example>\nSent: 23 November 2026 14:03\nTo: Priya\nSubject: Yours\n\nDear Priya,",
        "Von: Jane Doe\nGesendet: Montag, 23. November 2026\nAn: Priya\n\nDear Priya,",
        "*From:* Jane Doe\n*Sent:* Monday\n*To:* Priya\n\nDear Priya,",
    ],
)
def test_what_a_mail_program_put_below_the_answer_is_quoted_to_its_end(history: str) -> None:
    assert [one.quoted for one in passages(f"{_OWN}\n\n{history}")] == [False, True]


def test_an_answer_below_or_between_quotations_stays_open() -> None:
    text = "On Monday, Jane wrote:\n> When were you born?\n\nIn May.\n\n> And where?\nIn Leeds.\n"
    assert own_words(text) == "\nIn May.\n\nIn Leeds.\n"
    assert [one.quoted for one in passages(text)] == [True, False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "On Friday we wrote:\n",
        "The bank wrote: we refuse.\nFrom: the start\nI refuse too.",
        "3 > 2, and so on.\nFrom: nobody\n\nLondon",
        _SIGNED,
        "From: Jane\nSent: Monday\n\nAll of it is forwarded.",
    ],
)
def test_what_quotes_nothing_and_what_is_nothing_else_is_its_authors_own(text: str) -> None:
    assert [one.quoted for one in passages(text)] == [False]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["On Monday, Jane wrote:", "> quoted", "", ">", "-----Original Message-----", "own\r"]),
            st.text(max_size=30),
        )
    )
)
def test_nothing_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = passages(text)
    assert "".join(one.text for one in found) == text
    assert not found or any(not one.quoted for one in found)
