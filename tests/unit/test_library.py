"""Where a text that comes with Letterbook stands at a firm, and how the package's files become templates and types."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from letterbook.domain.correspondence import Attaches, CorrespondenceType
from letterbook.domain.library import Shipped, ShippedState, digest_of, place_of, speaks, state_of
from letterbook.domain.templates import Template, Variable
from tests.support.builders import JANE, NOW, later, template
from tests.support.shipped import CLAIM, NOTICE, a_library

NEW = template(body="As it is now.")
FORMER = template(body="As it was once.", version=3)
EVER = {digest_of(NEW), digest_of(FORMER)}
TYPE = CorrespondenceType(
    key="notice",
    name="Notice",
    fields={"type": "object"},
    template="notice",
    category="notices",
    created_at=NOW,
    created_by=JANE,
)


@pytest.mark.parametrize(
    ("latest", "state"),
    [
        (None, ShippedState.NEW),
        (FORMER, ShippedState.OUTDATED),
        (replace(NEW, version=7, created_at=later(days=1)), ShippedState.CURRENT),
        (template(body="In our own words."), ShippedState.OWN),
        # Somebody wanted the older one back: it is theirs from then on.
        (replace(FORMER, restored_from=1), ShippedState.OWN),
        (replace(NEW, restored_from=1), ShippedState.CURRENT),
    ],
)
def test_what_the_firm_wrote_is_its_own_and_what_it_left_follows(latest: Template | None, state: ShippedState) -> None:
    assert state_of(NEW, latest, EVER) is state
    assert state.is_due is (state in (ShippedState.NEW, ShippedState.OUTDATED))


@pytest.mark.parametrize(
    "changed",
    [
        {"category": "other"},
        {"channels": ("email", "sms")},
        {"subject": "Another"},
        {"body": "As it is now!"},
        {"variables": (Variable(name="agreement", required=False),)},
        {"variables": (Variable(name="agreement", example="CF-1"),)},
    ],
)
def test_whatever_somebody_changes_makes_it_theirs(changed: dict[str, Any]) -> None:
    assert digest_of(replace(NEW, **changed)) != digest_of(NEW)


def test_who_saved_it_when_and_a_last_empty_line_change_nothing() -> None:
    saved = replace(NEW, version=9, created_at=later(days=9), body=f"{NEW.body}\n", restored_from=2)
    assert digest_of(saved) == digest_of(NEW)
    assert digest_of(replace(TYPE, enabled=False, version=4)) == digest_of(TYPE)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Other"},
        {"fields": {"type": "object", "properties": {}}},
        {"template": "x"},
        {"message": "x"},
        {"category": "x"},
        {"attaches": Attaches.SUBJECT_DOCUMENTS},
    ],
)
def test_so_it_is_with_a_type(changed: dict[str, Any]) -> None:
    assert digest_of(replace(TYPE, **changed)) != digest_of(TYPE)


def test_a_digest_is_the_same_in_every_release() -> None:
    """Written down in the package for ever: were it reckoned otherwise, all that firms left as it came would be their own."""
    assert digest_of(NEW) == "0f56232a3cb4bdac4584947f0daffae6bf06e2400726874797deceeb640905a3"
    assert digest_of(TYPE) == "25b35819c18c92408cf7ab29d16aa8a5dd241fc31cefaf1926212d75e21f11d6"


@pytest.mark.parametrize(
    ("languages", "shipped", "useful"),
    [
        (("en",), NEW, True),
        (("de", "en"), NEW, True),
        (("en-IE",), NEW, True),
        (("fr",), NEW, False),
        (("fr-CA",), replace(NEW, language="fr"), True),
        (("fr",), replace(NEW, language="fr-CA"), False),
        (("de",), TYPE, True),
    ],
)
def test_a_firm_is_offered_what_its_languages_can_use(
    languages: tuple[str, ...], shipped: Shipped, useful: bool
) -> None:
    assert speaks(languages, shipped) is useful


def test_files_become_templates_and_types(tmp_path: Path) -> None:
    claim, notice = a_library(tmp_path).items
    assert isinstance(claim, Template)
    assert isinstance(notice, CorrespondenceType)
    assert (claim.key, claim.language, claim.category, claim.channels, claim.subject) == (
        "claim",
        "en",
        "loc",
        ("email",),
        "S",
    )
    assert (claim.body, claim.variables) == ("Dear {{ x }},\n\nyes.", (Variable(name="x", example="y"),))
    assert (notice.key, notice.template, notice.attaches) == ("notice", "claim", Attaches.LETTER)
    assert [place_of(one) for one in (claim, notice)] == [CLAIM, NOTICE]


def test_digests_are_added_to_and_never_taken_away(tmp_path: Path) -> None:
    first = a_library(tmp_path).with_present()
    again = a_library(tmp_path, first)
    assert again.with_present() == first
    second = a_library(tmp_path, first, body="Otherwise.").with_present()
    assert second[CLAIM][:1] == first[CLAIM]
    assert len(second[CLAIM]) == 2
    assert second[NOTICE] == first[NOTICE]
    assert a_library(tmp_path, {"template/en/gone": ["1"]}).with_present()["template/en/gone"] == ["1"]
