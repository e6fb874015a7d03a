"""What the firm's letters bear follows from its settings."""

from letterbook.domain.communication import Attachment
from letterbook.domain.letter import letterhead_of
from letterbook.domain.organisation import INK, LetterheadSetting, Organisation

LOGO = Attachment(
    id="doc_1", name="logo.svg", bytes=400, media_type="image/svg+xml", object_version="v1", sha256="ab" * 32
)


def test_a_letter_bears_what_the_settings_say() -> None:
    setting = LetterheadSetting(registration="Company 1234", colour="#aa0000", logo=LOGO)
    letterhead = letterhead_of(
        Organisation(name="Marsh & Co", address="1 High Street\r\n\n London ", letterhead=setting)
    )
    assert letterhead.name == "Marsh & Co"
    assert letterhead.address == ("1 High Street", "London")
    assert (letterhead.registration, letterhead.colour, letterhead.logo) == ("Company 1234", "#aa0000", LOGO)


def test_a_firm_that_set_nothing_has_a_letterhead_all_the_same() -> None:
    letterhead = letterhead_of(Organisation())
    assert (letterhead.address, letterhead.colour, letterhead.logo) == ((), INK, None)
