"""What the layers leave out of the libraries, nothing of ours asks for."""

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import babel
from babel import localedata

from console.presenters.labels import LANGUAGES
from letterbook.adapters.rendering.formats import locale_of
from letterbook.domain.einvoice_address import SCHEMES
from tests.support.sam_template import ROOT


def _trim() -> Any:
    spec = spec_from_file_location("trim", ROOT / "layers/dependencies/trim.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TRIM = _trim()
# What templates, letters and the console have babel write.
WRITTEN = """
import json, sys
from datetime import date
from decimal import Decimal
from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_currency, format_decimal, get_currency_precision, get_currency_symbol, get_decimal_symbol, get_group_symbol,
    parse_decimal,
)
told = {}
for name in sys.argv[1:]:
    locale = Locale.parse(name)
    told[name] = [
        *(format_date(date(2026, 11, 20), length, locale=locale) for length in ("short", "medium", "long", "full")),
        *(format_currency(Decimal("-1250.5"), currency, locale=locale) for currency in ("GBP", "EUR", "JPY", "XXX")),
        format_decimal(Decimal("1250.125"), locale=locale, decimal_quantization=False),
        *(get_currency_symbol(currency, locale) for currency in ("GBP", "USD")),
        get_currency_precision("JPY"), get_decimal_symbol(locale), get_group_symbol(locale),
        str(parse_decimal("12", locale=locale)),
        dict(locale.territories), locale.get_language_name("en"), locale.text_direction,
    ]
print(json.dumps(told))
"""


def _written(folder: Path, locales: list[str]) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", WRITTEN, *locales]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_locale_writes_what_it_wrote_before_it_was_trimmed(tmp_path: Path) -> None:
    whole = Path(babel.__file__).parent
    locales = [locale_of(language) for language in TRIM.LANGUAGES] + ["en_US", "de_CH", "pt_BR", "zh_Hant"]
    shutil.copytree(whole, tmp_path / "babel", ignore=shutil.ignore_patterns("__pycache__", "messages"))
    TRIM.trim_locales(tmp_path / "babel" / "locale-data")
    assert _written(tmp_path, locales) == _written(whole.parent, locales)


def test_the_check_of_every_address_is_there() -> None:
    for check in sorted({check for scheme in SCHEMES.values() for check in scheme.checks} | {"ean"}):
        import_module(f"stdnum.{check}")
    folders = {name.split(".")[1] for name in sys.modules if name.startswith("stdnum.") and name.count(".") > 1}
    assert folders == {*TRIM.STDNUM_COUNTRIES, "iso7064"}


def test_nothing_of_ours_names_what_is_left_out() -> None:
    left_out = {name.removesuffix(".py").replace("/", ".") for name in TRIM.UNUSED if not name.startswith("bin")}
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        words = path.read_text()
        assert not [name for name in left_out if name in words], path


def test_what_is_offered_as_a_language_can_be_written_in() -> None:
    assert {*LANGUAGES} <= {*TRIM.LANGUAGES}
    assert all(localedata.exists(one) for one in LANGUAGES)
