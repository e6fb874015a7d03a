"""What people choose among instead of writing it: what the firm uses first, and whatever stands in the field already."""

from collections.abc import Iterable, Sequence
from functools import cache
from zoneinfo import available_timezones

from console.app.routing import PageRequest
from console.lists.pagination import WHOLE
from console.presenters.labels import LANGUAGES, humanize_code, language_label
from letterbook.domain.calendar import subdivisions
from letterbook.domain.einvoice_address import SCHEMES
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import PAYMENT_METHODS
from letterbook.domain.telephone import countries
from letterbook.use_cases.admin.templates import list_templates

# A value, and what it is called.
Options = list[tuple[str, str]]
_NONE: tuple[str, str] = ("", "")
# The areas of the IANA database that people live in; its other names are older spellings, or no places.
_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# A word of the firm's own goes beside the field, under this name.
OTHER = ".other"


def picked(visit: PageRequest, name: str) -> str:
    """What was chosen; a word of the firm's own, where somebody wrote one, as a code: `Second reminder` is `second_reminder`."""
    other = visit.field(f"{name}{OTHER}")
    return "_".join(other.lower().split()) if other else visit.field(name)


def language_options(organisation: Organisation, *values: str, empty: bool = True) -> Options:
    """The firm's own languages first."""
    codes = dict.fromkeys([*organisation.languages, *sorted(LANGUAGES, key=language_label), *values])
    return [*([_NONE] if empty else []), *((one, language_label(one)) for one in codes if one)]


def template_categories(visit: PageRequest) -> set[str]:
    return {one.category for one in list_templates(visit.world, visit.viewer, limit=WHOLE).items}


def category_options(organisation: Organisation, used: Iterable[str], *values: str) -> Options:
    """Those of templates, which are `used`, and of the firm's rules."""
    ruled = {one.category for one in organisation.skip_rules} | {*organisation.fallback.order} - {"default"}
    return _codes(sorted({*used, *ruled}), values)


def payment_options(organisation: Organisation, *values: str) -> Options:
    return _codes((*PAYMENT_METHODS, *(one.payment_method for one in organisation.skip_rules)), values)


def country_name(code: str) -> str:
    """In English."""
    from babel import Locale

    return str(Locale.parse("en").territories.get(code, code))


def country_options(own: str, *values: str) -> Options:
    """Every country by its English name, the firm's `own` first."""
    codes = dict.fromkeys([own, *_countries(), *values])
    return [(code, _countries().get(code) or country_name(code)) for code in codes if code]


@cache
def _countries() -> dict[str, str]:
    """Names by their codes, in the order of the names."""
    return dict(sorted(((code, country_name(code)) for code in countries()), key=lambda one: one[1]))


def subdivision_options(country: str, value: str) -> Options:
    names = subdivisions(country)
    return [("", "None"), *names.items(), *([(value, value)] if value and value not in names else [])]


def time_zones(value: str) -> list[str]:
    places = _places()
    return [*places] if not value or value in places else [value, *places]


@cache
def _places() -> tuple[str, ...]:
    """Found once: the whole folder of the database is walked through for them, which takes longer than the rest of the page."""
    return tuple(sorted(one for one in available_timezones() if one.partition("/")[0] in _AREAS))


def scheme_options(*values: str) -> Options:
    """What kinds of numbers e-invoices are addressed by, those that are known by what they are called."""
    codes = dict.fromkeys([*SCHEMES, *values])
    return [_NONE, *((one, f"{SCHEMES[one].label}, {one}" if one in SCHEMES else one) for one in codes if one)]


def _codes(known: Iterable[str], values: Sequence[str]) -> Options:
    codes = dict.fromkeys([*known, *values])
    return [_NONE, *((one, humanize_code(one)) for one in codes if one)]
