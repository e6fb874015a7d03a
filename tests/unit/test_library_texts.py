"""The texts that come with Letterbook: each reads well in every channel and language that it is for, and needs nothing unknown."""

import re
from itertools import product

import pytest

from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.adapters.shipped_library import PackagedLibrary
from letterbook.contracts.templates import TemplateBody
from letterbook.domain.channels import Channel
from letterbook.domain.communication import SYSTEM
from letterbook.domain.correspondence import Attaches, CorrespondenceType
from letterbook.domain.library import digest_of, place_of
from letterbook.domain.record_variables import EXAMPLES
from letterbook.domain.rows import Rows, Value
from letterbook.domain.sms import measure, plain_text
from letterbook.domain.templates import Rendered, Template
from tests.support.builders import NOW

LIBRARY = PackagedLibrary()
TEMPLATES = [one for one in LIBRARY.items if isinstance(one, Template)]
TYPES = [one for one in LIBRARY.items if isinstance(one, CorrespondenceType)]
KEYS = {(one.language, one.key) for one in TEMPLATES}
SEVEN = (
    "welcome",
    "copy-invoices",
    "failed-payment",
    "overdue-account",
    "suspension-warning",
    "final-notice",
    "statement-of-account",
)
BY_CATEGORY = {
    "dsar": {"dsar-initial", "dsar-chase-1", "dsar-chase-2", "dsar-chase-3"},
    "section_78": {"s78-initial", "s78-chase"},
    "loc": {"loc-claim", "loc-follow-up-1", "loc-follow-up-2"},
    "settlement": {"settlement-proposal", "settlement-follow-up-1", "settlement-follow-up-2"},
    "general": {"creditor-inquiry"},
}
CUSTOMERS = {"payment-reminder", "appointment-reminder", "portal-link", *SEVEN, *(f"{one}-email" for one in SEVEN)}
MOST_PARTS = 2
renderer = TemplateRenderer()


def named(template: Template) -> str:
    return f"{template.language}/{template.key}"


def used(template: Template) -> frozenset[str]:
    return renderer.variables_in(template.subject) | renderer.variables_in(template.body)


def values(template: Template, *, all_of_them: bool) -> dict[str, Value]:
    """Its own examples, and those of the record; without what may be left out, unless it is to be there."""
    told = {one.name: one for one in template.variables}
    left_out = set() if all_of_them else {one.name for one in told.values() if not one.required}
    own: dict[str, Value] = {name: one.example for name, one in told.items() if one.example}
    made: dict[str, Value] = {name: EXAMPLES[name] for name in used(template) if name in EXAMPLES}
    return made | own | dict.fromkeys(left_out, "")


def rendered(template: Template, channel: str, *, all_of_them: bool = True) -> Rendered:
    return renderer.render(template, values(template, all_of_them=all_of_them), html=Channel(channel).spec.html)


EACH = [
    pytest.param(template, channel, all_of_them, id=f"{named(template)}-{channel}-{'all' if all_of_them else 'least'}")
    for template in TEMPLATES
    for channel, all_of_them in product(template.channels, (True, False))
]


@pytest.mark.covers("I1")
def test_every_category_is_there_in_english_and_what_customers_get_in_french_too() -> None:
    for category, keys in BY_CATEGORY.items():
        assert {one.key for one in TEMPLATES if one.category == category} == keys
    english = {key for language, key in KEYS if language == "en"}
    assert english == set().union(*BY_CATEGORY.values()) | CUSTOMERS
    assert {key for language, key in KEYS if language == "fr"} == CUSTOMERS
    assert {language for language, _ in KEYS} == {"en", "fr"}


@pytest.mark.parametrize(("template", "channel", "all_of_them"), EACH)
def test_it_reads_well_with_its_examples_and_with_the_least_that_it_needs(
    template: Template, channel: str, all_of_them: bool
) -> None:
    made = rendered(template, channel, all_of_them=all_of_them)
    # An empty cell of a table is no seam.
    lines = ["a row" if " | " in line else line for line in made.text.split("\n")]
    text = "\n".join([made.subject, *lines]).strip("\n")
    assert not re.search(r"[\[{}\]]|\(\)|None", text), "a gap"
    assert not re.search(r"  |[ \t]$|[ \t][.,)]|\( |\n{3}|\.\.|,,|,\.", text, re.MULTILINE), "a seam that shows"
    assert not re.search(r"(^|\n)[#*>]|\*\*|\\$", text.replace("\n- ", "\n")), "a mark that was not read"
    assert text.strip().endswith(str(EXAMPLES["firm_name"]))
    if Channel(channel).spec.has_subject:
        assert made.subject


@pytest.mark.parametrize("template", [one for one in TEMPLATES if Channel.SMS in one.channels], ids=named)
@pytest.mark.parametrize("typographic", [True, False])
def test_a_text_message_is_of_two_parts_at_most(template: Template, typographic: bool) -> None:
    """In the alphabet of every phone, whether or not the firm has typography written plainly."""
    filled = values(template, all_of_them=True)
    # As long as a name and an address that is signed are in life.
    filled |= {
        name: "x" * length for name, length in (("party_name", 30), ("firm_name", 24), ("link", 140)) if name in filled
    }
    sent = plain_text(renderer.render(template, filled, html=False).text, typography=typographic)
    size = measure(sent.text)
    assert (size.encoding, size.segments <= MOST_PARTS) == ("gsm7", True), (size, sent.beyond)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_nothing_is_asked_for_that_nobody_fills_in(template: Template) -> None:
    assert used(template) <= {*EXAMPLES} | template.declared
    for one in template.variables:
        assert one.name in used(template), f"{one.name} is declared, and not used"
        assert one.example or one.name in EXAMPLES
        assert not one.required or one.example or not isinstance(EXAMPLES[one.name], Rows)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_it_is_a_template_as_the_api_takes_one(template: Template) -> None:
    body = {
        "category": template.category,
        "language": template.language,
        "channels": [Channel(one) for one in template.channels],
        "subject": template.subject,
        "body": template.body,
        "variables": [
            {"name": one.name, "required": one.required, "example": one.example} for one in template.variables
        ],
    }
    taken = TemplateBody.model_validate(body).template(template.key, SYSTEM, NOW)
    assert digest_of(taken) == digest_of(template)


@pytest.mark.parametrize("template", [one for one in TEMPLATES if one.language == "fr"], ids=named)
def test_french_has_the_same_variables_as_english_but_the_names_that_its_address_leaves_out(template: Template) -> None:
    [english] = [one for one in TEMPLATES if (one.language, one.key) == ("en", template.key)]
    assert template.channels == english.channels
    assert used(template) == used(english) - {"contact_name", "party_name"}
    assert not re.search(
        r"[^\s\u00a0][;!?»]| [:;!?»]|«[^\u00a0]", template.body.replace("{{", "").replace("://", "")
    ), "blanks"


def test_the_seven_types_are_there_with_a_letter_and_an_email_in_both_languages() -> None:
    assert {one.key for one in TYPES} == {*SEVEN}
    for one in TYPES:
        assert (one.template, one.message) == (one.key, f"{one.key}-email")
        for language in ("en", "fr"):
            assert {(language, one.template), (language, one.message)} <= KEYS
        [letter] = [each for each in TEMPLATES if (each.language, each.key) == ("en", one.template)]
        assert all(Channel(channel).spec.is_letter for channel in letter.channels)
    by_itself = {one.key for one in TYPES if one.attaches is Attaches.SUBJECT_DOCUMENTS}
    assert by_itself == {"copy-invoices"}


@pytest.mark.parametrize("shipped", TYPES, ids=lambda one: str(one.key))
def test_what_its_form_asks_for_is_what_its_letter_says(shipped: CorrespondenceType) -> None:
    fields = shipped.fields["properties"]
    for letter in (one for one in TEMPLATES if one.key == shipped.template):
        missing = {name for name in fields if name not in used(letter)}
        assert not missing, "asked for, and not said"
        needed = {one.name for one in letter.variables if one.required} - {*EXAMPLES}
        assert needed <= {*shipped.fields["required"]}


def test_every_text_that_is_shipped_is_written_down_for_ever() -> None:
    """By its digest a text that a firm left as it was is known again, whatever comes after it."""
    for one in LIBRARY.items:
        assert digest_of(one) in LIBRARY.digests(place_of(one)), "run `make library`"
