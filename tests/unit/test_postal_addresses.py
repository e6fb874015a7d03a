"""Postal addresses: put in lines as their country writes them, split where that is certain, and named for what they lack."""

import string

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.post import DeliveryProduct, PostalAddress
from letterbook.domain.postal_addresses import (
    country_name,
    faults_of,
    lines_of,
    missing_from_text,
    postal_faults,
    split,
    with_country,
)

ADA = "Ada Byron"


def _of(country: str, **parts: str) -> PostalAddress:
    return PostalAddress(name=ADA, country=country, **parts)


WRITTEN = [
    (_of("CH", street="Bahnhofstrasse", number="1", postal_code="8001", town="Zürich"), "Bahnhofstrasse 1|8001 Zürich|SWITZERLAND"),
    (_of("DE", street="Lange Straße", number="7a", postal_code="10115", town="Berlin"), "Lange Straße 7a|10115 Berlin|GERMANY"),
    (_of("DE", po_box="1234", postal_code="80331", town="München"), "Postfach 1234|80331 München|GERMANY"),
    (_of("FR", street="Rue de Rivoli", number="1", postal_code="75001", town="Paris"), "1 Rue de Rivoli|75001 Paris|FRANCE"),
    (_of("IT", street="Via Roma", number="1", postal_code="00184", town="Roma RM"), "Via Roma 1|00184 Roma RM|ITALY"),
    (_of("NL", street="Damrak", number="1", postal_code="1012 LG", town="Amsterdam"), "Damrak 1|1012 LG Amsterdam|NETHERLANDS"),
    (_of("GB", street="High Street", number="12", postal_code="LS1 4AP", town="Leeds"), "12 High Street|Leeds|LS1 4AP"),
    (_of("US", street="Main St", number="1", postal_code="62704", town="Erie, IL"), "1 Main St|Erie, IL 62704|UNITED STATES"),
    (_of("BR", street="Rua Augusta", number="9", postal_code="01304-000", town="Belém"), "Rua Augusta 9|Belém|01304-000|BRAZIL"),
    (_of("LV", street="Brīvības iela", number="3", postal_code="LV-1010", town="Rīga"), "Brīvības iela 3|Rīga, LV-1010|LATVIA"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "lines"), WRITTEN)
def test_each_country_writes_its_own_way(address: PostalAddress, lines: str) -> None:
    assert lines_of(address, home="GB", language="en").splitlines() == [ADA, *lines.split("|")]


@pytest.mark.parametrize(("address", "lines"), WRITTEN)
def test_what_is_written_so_is_split_again(address: PostalAddress, lines: str) -> None:
    written = "\n".join([ADA, *lines.split("|")])
    assert split(written, country="GB", names=(ADA,)) == address


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (_of("AE", street="Sheikh Zayed Road", number="1", town="Dubai"), "1 Sheikh Zayed Road|Dubai"),
        (_of("SG", street="Orchard Road", number="2", postal_code="238801", town="Singapore"), "2 Orchard Road|SINGAPORE 238801"),
        (_of("HK", street="Queen's Road", number="3", town="Central"), "3 Queen's Road|Central"),
        (_of("IE", street="Dame Street", number="4", town="Dublin 2"), "4 Dame Street|Dublin 2"),
        (_of("JP", street="Ginza", number="1-2", postal_code="104-0061", town="Tokyo"), "1-2 Ginza|Tokyo|104-0061"),
        (_of("AQ", street="Base", town="McMurdo", postal_code="96599"), "Base|96599|McMurdo"),
    ],
)  # fmt: skip
def test_nothing_that_was_said_is_left_out(address: PostalAddress, lines: str) -> None:
    assert lines_of(address, home=address.country, language="en").splitlines() == [ADA, *lines.split("|")]


def test_a_country_is_named_in_the_language_of_the_firm_and_only_abroad() -> None:
    address = _of("DE", street="Allee", number="1", postal_code="10115", town="Berlin")
    assert lines_of(address, home="CH", language="de-CH").splitlines()[-1] == "DEUTSCHLAND"
    assert lines_of(address, home="FR", language="fr").splitlines()[-1] == "ALLEMAGNE"
    assert lines_of(address, home="DE", language="de").splitlines()[-1] == "10115 Berlin"
    assert country_name("DE", "xx") == "Germany"


@pytest.mark.parametrize(
    ("text", "country", "parts"),
    [
        ("1 Churchill Place\nLondon\nE14 5HP", "GB", ("", "Churchill Place", "1", "", "E14 5HP", "London", "GB")),
        ("1 Churchill Place, \r\n London e14 5hp ", "GB", ("", "Churchill Place", "1", "", "E14 5HP", "London", "GB")),
        ("Bahnhofstrasse 12\nCH-8001 Zürich", "GB", ("", "Bahnhofstrasse", "12", "", "8001", "Zürich", "CH")),
        ("Lange Gasse 3\nA-1080 Wien\nÖsterreich", "GB", ("", "Lange Gasse", "3", "", "1080", "Wien", "AT")),
        ("Postfach 77\n8001 Zürich\nSchweiz", "GB", ("", "", "", "77", "8001", "Zürich", "CH")),
        ("Case postale 77\n1204 Genève\nSUISSE", "GB", ("", "", "", "Case postale 77", "1204", "Genève", "CH")),
        ("Hauptstr. 5\nPostfach 9\n10115 Berlin", "DE", ("", "Hauptstr.", "5", "9", "10115", "Berlin", "DE")),
        ("Straße des 17. Juni 135\n10623 Berlin", "DE", ("", "Straße des 17. Juni", "135", "", "10623", "Berlin", "DE")),
        ("The Old Mill\nLeeds\nLS1 4AP", "GB", ("", "The Old Mill", "", "", "LS1 4AP", "Leeds", "GB")),
        ("Ms A. Byron\nDorfplatz 1\n8765 Engi", "CH", ("Ms A. Byron", "Dorfplatz", "1", "", "8765", "Engi", "CH")),
        ("8765 Engi", "CH", ("", "", "", "", "8765", "Engi", "CH")),
    ],
)  # fmt: skip
def test_lines_are_split_where_that_is_certain(text: str, country: str, parts: tuple[str, ...]) -> None:
    found = split(text, country=country, names=(ADA,))
    assert found
    assert (
        found.name,
        found.street,
        found.number,
        found.po_box,
        found.postal_code,
        found.town,
        found.country,
    ) == parts


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Complaints Department\n1 Churchill Place\nLondon\nE14 5HP", "GB"),
        ("Flat 1\n12 High Street\nLondon\nEngland", "GB"),
        ("London\nSW1A 1AA\nGreater London", "GB"),
        ("4 Dame Street\nDublin 2", "IE"),
        ("Postfach 1\nPostfach 2\n8001 Zürich", "CH"),
        ("somewhere", "GB"),
        ("\n".join(["x"] * 30) + "\nLeeds\nLS1 4AP", "GB"),
        ("a" * 900 + "\nLeeds\nLS1 4AP", "GB"),
    ],
)
def test_what_is_not_certain_is_not_split(text: str, country: str) -> None:
    assert split(text, country=country, names=(ADA,)) is None


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"country": "GB", "town": "Leeds"}, {"address.postal_code": "missing"}),
        ({"country": "DE", "postal_code": "10115"}, {"address.town": "missing"}),
        ({"country": "CH"}, {"address.postal_code": "missing", "address.town": "missing"}),
        ({"country": "IE", "town": "Dublin 2"}, {}),
        ({"country": "AE", "town": "Dubai"}, {}),
        ({"country": "SG", "postal_code": "238801"}, {}),
        ({"country": "CH", "postal_code": "80010", "town": "Zürich"}, {"address.postal_code": "invalid_postal_code"}),
        ({"country": "GB", "postal_code": "12345", "town": "Leeds"}, {"address.postal_code": "invalid_postal_code"}),
    ],
)
def test_what_a_letter_there_needs_is_named(parts: dict[str, str], fields: dict[str, str]) -> None:
    assert {one.field: one.code for one in faults_of(PostalAddress(name=ADA, street="A", **parts))} == fields


@pytest.mark.parametrize(
    ("text", "country", "fields"),
    [
        ("Flat 1\n12 High Street\nHeadingley\nLeeds", "GB", ["address.postal_code"]),
        ("Bahnhofstrasse 12\nHinterhaus\n3. Stock\nZürich", "CH", ["address.postal_code"]),
        ("Rue de Rivoli 1\nBâtiment B\nParis\nFrance", "GB", ["address.postal_code"]),
        ("LS1 4AP", "GB", ["address.town"]),
        ("Complaints Department\n1 Churchill Place\nLondon\nE14 5HP", "GB", []),
        ("4 Dame Street\nTemple Bar\nDublin 2\nIreland", "GB", []),
    ],
)
def test_of_lines_that_are_not_split_what_they_lack_is_named_too(text: str, country: str, fields: list[str]) -> None:
    assert [one.field for one in missing_from_text(text, country=country)] == fields


def test_a_registered_letter_needs_the_parts_and_they_must_fit() -> None:
    def faults(address: PostalAddress | None, product: DeliveryProduct) -> dict[str, str]:
        found = postal_faults("Department\nA 1\nLeeds\nLS1 4AP", address, country="GB", product=product)
        return {one.field: one.code for one in found}

    long = PostalAddress(
        name="n" * 46, street="s" * 41, number="1" * 11, postal_code="LS1 4AP", town="t" * 26, country="GB"
    )
    assert faults(long, DeliveryProduct.FAST) == {}
    assert faults(long, DeliveryProduct.REGISTERED) == {
        f"address.{part}": "too_long" for part in ("name", "street", "number", "town")
    }
    assert faults(None, DeliveryProduct.CHEAP) == {}
    assert faults(None, DeliveryProduct.REGISTERED) == {"address": "needs_parts"}
    nowhere = PostalAddress(name=ADA, postal_code="LS1 4AP", town="Leeds", country="GB")
    assert faults(nowhere, DeliveryProduct.REGISTERED) == {"address.street": "missing"}


def test_lines_that_lie_abroad_get_their_country_where_they_do_not_name_it() -> None:
    def shown(text: str) -> str:
        return with_country(text, country="CH", home="GB", language="fr")

    assert shown("Gasse 1\n8001 Zürich") == "Gasse 1\n8001 Zürich\nSUISSE"
    assert shown("Gasse 1\n8001 Zürich\nSchweiz") == "Gasse 1\n8001 Zürich\nSchweiz"
    assert with_country("1 High Street\nLeeds", country="GB", home="GB", language="en") == "1 High Street\nLeeds"


WORDS = st.text(string.ascii_letters, min_size=4, max_size=12).map(str.title)
CODES = {
    "CH": "[1-9][0-9]{3}",
    "DE": "[0-9]{5}",
    "FR": "[0-9]{5}",
    "GB": "LS[1-9] [1-9]A[BD]",
    "US": "[0-9]{5}",
    "NL": "[1-9][0-9]{3} A[AB]",
    "SE": "[1-9][0-9]{4}",
}


@st.composite
def addresses(draw: st.DrawFn) -> PostalAddress:
    country = draw(st.sampled_from(sorted(CODES)))
    number = draw(st.from_regex(r"[1-9][0-9]{0,3}[a-f]?", fullmatch=True))
    street = f"{draw(WORDS)} {draw(WORDS)}"
    box = draw(st.booleans())
    return PostalAddress(
        name=ADA,
        street="" if box else street,
        number="" if box else number,
        po_box=draw(st.from_regex(r"[1-9][0-9]{0,4}", fullmatch=True)) if box else "",
        postal_code=draw(st.from_regex(CODES[country], fullmatch=True).filter(str.isascii)),
        town=f"{draw(WORDS)} {draw(WORDS)}",
        country=country,
    )


@given(addresses(), st.sampled_from(["GB", "CH", "DE", "US"]), st.sampled_from(["en", "de", "fr"]))
def test_an_address_comes_back_from_its_lines(address: PostalAddress, home: str, language: str) -> None:
    lines = lines_of(address, home=home, language=language)
    assert split(lines, country=home, names=(ADA,)) == address
    assert faults_of(address) == ()


PARTS = ("name", "street", "number", "po_box", "postal_code", "town")
LINES = [
    "Ada Byron",
    "Ms A. Byron",
    "Flat 2",
    "12 High Street",
    "Gasse 3",
    "Postfach 7",
    "PO Box 8",
    "LS1 4AP",
    "8001 Zürich",
    "Leeds",
]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=6), st.sampled_from(["GB", "CH", "IE", "US"]))
def test_whatever_is_written_is_split_whole_or_not_at_all(lines: list[str], country: str) -> None:
    found = split("\n".join(lines), country=country, names=(ADA,))
    if found:
        parts = " ".join((*(getattr(found, one) for one in PARTS), "postfach po box")).casefold()
        words = " ".join(lines).casefold().replace(",", " ").split()
        assert all(word in parts for word in words)
