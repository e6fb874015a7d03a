"""The style and the scripts as they are sent: small, and meaning the same."""

import gzip
import re

from console.app.assets import minify
from console.presenters.columns import columns
from letterbook.domain.list_columns import ListColumn
from tests.support.sam_template import ROOT

STATIC = ROOT / "functions" / "console" / "static"


def test_what_only_authors_read_is_not_sent() -> None:
    assert minify("a.css", '/* Why */\na, b {\n  color: red;\n  content: "+ "\n}\n') == 'a,b{color:red;content:"+ "}'
    assert minify("a.js", "// Why\nconst a = 1\n\n  go(a)\n") == "const a = 1\ngo(a)"
    assert minify("a.svg", "<svg>\n  </svg>") == "<svg>\n  </svg>"


def test_no_string_holds_what_is_left_out() -> None:
    for file in STATIC.glob("*.css"):
        strings = re.findall(r'"[^"\n]*"', re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL))
        assert not [one for one in strings if re.search(r"[{};,]|: |/\*", one)], file.name
    for file in STATIC.glob("*.js"):
        assert not re.search(r"`[^`]*\n", re.sub(r"`[^`\n]*`", "", file.read_text())), file.name


def test_all_of_them_together_are_small_on_the_line() -> None:
    sent = [minify(one.name, one.read_text()) for one in STATIC.iterdir() if one.suffix in (".css", ".js")]
    assert sum(len(gzip.compress(one.encode(), 9)) for one in sent) <= 36 * 1024


def test_every_class_of_the_style_stands_on_a_page() -> None:
    pages = [*STATIC.glob("*.js"), *(STATIC.parent / "templates").rglob("*.html")]
    text = "\n".join(one.read_text() for one in pages)
    given = re.findall(r'class="([^"]*)"|className: "([^"]*)"|classList\.\w+\("([^"]*)"\)', text)
    worn = {name for one in given for name in re.findall(r"[\w-]+", " ".join(one))}
    # Each column of the log has a class that is made of its name.
    worn |= {f"c-{column.name}" for column in columns(ListColumn)}
    selectors = "\n".join(
        re.sub(r"/\*.*?\*/|\{[^{}]*\}", "{}", one.read_text(), flags=re.DOTALL) for one in STATIC.glob("*.css")
    )
    assert set(re.findall(r"\.([a-z][\w-]*)", selectors)) <= worn


def test_no_font_is_loaded() -> None:
    assert {one.suffix for one in STATIC.iterdir()} == {".css", ".js", ".svg"}
    assert not any("@font-face" in one.read_text() for one in STATIC.glob("*.css"))
