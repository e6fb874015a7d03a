"""The letterhead, and what people are on letters, in the console."""

from io import BytesIO

import pytest
from PIL import Image

from letterbook.domain.letter import TypesettingFailed, letterhead_of
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests

PATH = "/settings/letterhead"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def saved(jane: ConsoleClient, *logo: tuple[str, str, bytes], **changes: str) -> str:
    """What the page says afterwards."""
    version = str(ADMIN.get("/v1/settings").json["version"])
    form = {"colour": "#aa0033", "registration": "Company 1", "version": version, "once": f"once-{version}", **changes}
    answer = jane.post_files(PATH, form, logo)
    return words((jane.follow(answer) if answer.status == 303 else answer).text)


def jpeg() -> bytes:
    made = BytesIO()
    Image.new("CMYK", (9, 9)).save(made, "JPEG")
    return made.getvalue()


def test_an_administrator_sets_the_letterhead_and_looks_at_it(world: WorldForTests, jane: ConsoleClient) -> None:
    assert "Saved as version 2" in saved(jane, ("logo.svg", "image/svg+xml", SVG), phone="+44 20 7946 0000")
    shown = jane.get(PATH)
    assert '<img class="logo" src="data:image/svg+xml;base64,' in shown.text
    assert 'alt="logo.svg"' in shown.text
    assert 'value="#aa0033"' in shown.text
    assert '<img class="sheet" src="data:image/png;base64,' in shown.text
    assert "img-src 'self' data:" in shown.headers["Content-Security-Policy"]


def test_the_logo_stays_until_another_comes_or_it_is_taken_away(world: WorldForTests, jane: ConsoleClient) -> None:
    saved(jane, ("logo.svg", "image/svg+xml", SVG))
    saved(jane, registration="Company 2")
    logo = letterhead_of(world.settings.latest()).logo
    assert logo is not None
    assert logo.name == "logo.svg"
    saved(jane, ("new.svg", "image/svg+xml", SVG))
    assert 'alt="new.svg"' in jane.get(PATH).text
    saved(jane, no_logo="1")
    assert letterhead_of(world.settings.latest()).logo is None


@pytest.mark.parametrize(
    ("name", "media_type", "content", "told"),
    [
        ("logo.png", "image/png", jpeg(), "This is a JPEG, whatever it is called: save it as a PNG."),
        ("logo.svg", "image/svg+xml", SVG.replace(b"<path", b"<script/><path"), "A logo may not hold <script>"),
        ("logo.pdf", "application/pdf", b"%PDF-1.7", "A logo is a PNG or an SVG."),
        ("logo.png", "image/png", b"x" * 600_000, "A logo has at most 500 KB."),
    ],
)
def test_what_is_no_logo_is_told_beside_it_and_the_rest_of_the_form_stays(
    world: WorldForTests, jane: ConsoleClient, name: str, media_type: str, content: bytes, told: str
) -> None:
    said = saved(jane, (name, media_type, content), registration="Company 3")
    assert f"Logo: {told}" in said
    assert world.settings.latest().version == 1


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(jane: ConsoleClient) -> None:
    answer = jane.post_files(PATH, {"version": "1"}, [("logo.png", "image/png", b"x" * 50_000_000)])
    assert answer.status == 413


def test_who_saves_after_somebody_else_is_told_and_nothing_is_put_over(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    ADMIN.put("/v1/settings", {"letterhead": {"registration": "Theirs"}})
    said = saved(jane, version="1")
    assert "Saved" not in said
    assert world.settings.latest().letterhead.registration == "Theirs"


def test_a_letterhead_that_no_letter_can_be_set_with_is_still_shown(
    world: WorldForTests, jane: ConsoleClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise TypesettingFailed("no room is left for words")

    monkeypatch.setattr(world.typesetter, "pages", fails)
    assert "No letter can be made with it: no room is left for words" in words(jane.get(PATH).text)


def test_who_only_looks_after_others_reads_it(world: WorldForTests, tokens: SessionsForTests) -> None:
    auditor = tokens.let_in("aud", "auditor")
    ADMIN.put("/v1/settings", {"letterhead": {"registration": "Company 1"}})
    shown = auditor.get(PATH)
    assert "Company 1" in words(shown.text)
    assert "<form class" not in shown.text.partition("<main")[2]
    assert "Company 1" in words(auditor.get("/settings").text)


def test_everybody_says_how_they_sign(world: WorldForTests, tokens: SessionsForTests) -> None:
    tom = tokens.let_in("user-7", "agent")
    said = words(tom.follow(tom.post("/signature", {"job_title": "Trainee solicitor"})).text)
    assert "Letters from now on say so" in said
    assert 'value="Trainee solicitor"' in tom.get("/signature").text
    assert "This is too long" in words(tom.post("/signature", {"job_title": "x" * 201}).text)


def test_an_administrator_says_it_for_everybody(jane: ConsoleClient, people: dict[str, str]) -> None:
    there = f"/people/{people['agent']}"
    jane.post(f"{there}/job-title", {"job_title": "Partner"})
    assert "Partner" in words(jane.get("/people").text)
    assert 'value="Partner"' in jane.get(there).text
    assert "Job title" in words(jane.post(f"{there}/job-title", {"job_title": "x" * 201}).text)
