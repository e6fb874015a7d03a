"""The form of the settings, and the page on which they are only read: both have every one of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from console.pages.settings.form import LABELS, SECTIONS, of_settings, settings_words
from console.presenters.dates import Clock
from letterbook.contracts.settings import SettingsView
from letterbook.domain.organisation import Organisation

CLOCK = Clock(datetime(2026, 11, 20, 10, tzinfo=UTC), ZoneInfo("Europe/London"))
# What the firm does not choose, and what it chooses on the pages Providers and Letterhead.
NOT_SET, ELSEWHERE = {"version", "updated_at"}, {"routes", "letterhead"}


def test_whatever_is_set_stands_in_the_form_and_where_it_is_only_read() -> None:
    form = {*of_settings(Organisation(), CLOCK)}
    fields = {name.partition(".")[0] for name in form}
    assert fields - {"after_failure"} == {*SettingsView.model_fields} - NOT_SET - ELSEWHERE
    assert form == {*LABELS}
    assert {name for names in SECTIONS.values() for name in names} == form | ELSEWHERE


def test_what_is_only_read_says_its_unit() -> None:
    told = dict(settings_words(Organisation(undo_seconds=10), CLOCK, SECTIONS["How long"], {}))
    assert (told["Sending can be undone"], told["Entries kept"]) == (["10 seconds"], ["For ever"])
