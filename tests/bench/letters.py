"""A letter of one page, set in type by ours and by two others: warm, in a new process, and what memory it takes at its peak.

All of them set the same words in the same font, with a table and a letterhead. Only ours tags what it writes for who hears it
(the others' figures would be larger).

python -m tests.bench.letters NAME     measures that one in this process, and prints its figures
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.memory import peak_megabytes
from tests.bench.table import Row

_WARM_MS, _COLD_MS = 25, 1500
_LETTERS = 40
# The lines of a table, and the paragraphs around it.
_ROWS = [["INV-2026-0113", "3 October 2026", "£750.50"], ["INV-2026-0170", "31 October 2026", "£500.00"]]
_HEAD, _TOTAL = ["Invoice", "Due", "Outstanding"], ["Total", "", "£1,250.50"]
_BEFORE = (
    "we write about your account, of which £1,250.50 has been outstanding since 3 October 2026. We wrote to you about this on "
    "14 October and on 2 November, and have had no answer."
)
_BEHIND = (
    "If you have paid in the last few days, please accept our thanks and tell us, so that we may match your payment."
)
_FIRM = ["Marsh & Pryce LLP", "14 Park Square", "Leeds LS1 2QH"]

# Makes a PDF for somebody of that name.
Setter = Callable[[str], bytes]


def ours() -> Setter:
    from letterbook.adapters.rendering.markdown import Markdown
    from tests.support.letters import letter, typesetter

    setter = typesetter()
    table = "\n".join(f"| {' | '.join(row)} |" for row in [_HEAD, ["---", "---", "--:"], *_ROWS])
    total = f"| **{_TOTAL[0]}** | | **{_TOTAL[2]}** |"

    def make(name: str) -> bytes:
        body = f"Dear {name},\n\n{_BEFORE}\n\n{table}\n{total}\n\n{_BEHIND}\n\nYours sincerely,"
        blocks = Markdown(body, keeps_breaks=False).as_blocks()
        return setter.pdf(letter(blocks=blocks, recipient=(name, "22 Wharf Street", "Leeds LS2 7EQ"))).content

    return make


def weasyprint() -> Setter:
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    upright, _ = _fonts()
    fonts = FontConfiguration()
    style = (
        f"@font-face {{ font-family: Plex; src: url(file://{upright}); font-weight: 100 700 }}"
        "@page { size: A4; margin: 32mm 20mm 30mm 25mm } body { font: 10pt Plex } table { width: 100%; border-collapse: collapse }"
        "td, th { border-bottom: 1px solid #ccc; text-align: left } td:last-child { text-align: right }"
    )

    def row(cells: list[str], tag: str = "td") -> str:
        return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"

    def make(name: str) -> bytes:
        table = "".join([row(_HEAD, "th"), *map(row, [*_ROWS, _TOTAL])])
        page = (
            f"<html lang=en><title>Your account</title><style>{style}</style><p>{'<br>'.join(_FIRM)}<p>{name}<br>22 Wharf Street"
            f"<h1>Your account</h1><p>Dear {name},<p>{_BEFORE}<table>{table}</table><p>{_BEHIND}<p>Yours sincerely,"
        )
        return bytes(HTML(string=page).write_pdf(font_config=fonts, pdf_variant="pdf/a-2b"))

    return make


def fpdf2() -> Setter:
    from fpdf import FPDF

    upright, italic = _fonts()

    def make(name: str) -> bytes:
        pdf = FPDF(format="A4")
        pdf.add_font("Plex", "", upright)
        pdf.add_font("Plex", "I", italic)
        pdf.set_font("Plex", size=10)
        pdf.add_page()
        for words in ["\n".join(_FIRM), f"{name}\n22 Wharf Street", "Your account", f"Dear {name},", _BEFORE]:
            pdf.multi_cell(165, 5, words, new_x="LMARGIN", new_y="NEXT")
        with pdf.table(first_row_as_headings=False, text_align=("LEFT", "LEFT", "RIGHT")) as table:
            for cells in [_HEAD, *_ROWS, _TOTAL]:
                table.row(cells)
        for words in [_BEHIND, "Yours sincerely,"]:
            pdf.multi_cell(165, 5, words, new_x="LMARGIN", new_y="NEXT")
        return bytes(pdf.output())

    return make


SETTERS: dict[str, Callable[[], Setter]] = {"ours": ours, "weasyprint": weasyprint, "fpdf2": fpdf2}


def rows() -> list[Row]:
    mine, *others = (_measured(name) for name in SETTERS)
    theirs = list(zip([name for name in SETTERS if name != "ours"], others, strict=True))

    def row(what: str, figure: str, unit: str, limit: float | None = None) -> Row:
        floor = ", ".join(f"{name} {their[figure]:.0f} {unit}" for name, their in theirs)
        budget = f"<= {limit} {unit}" if limit else ""
        within = mine[figure] <= limit if limit else None
        return Row(what, f"{mine[figure]:.0f} {unit}", budget=budget, floor=floor, within=within)

    return [
        row("letter of one page, warm (processor)", "warm", "ms", _WARM_MS),
        row("letter of one page, first in a new process", "cold", "ms", _COLD_MS),
        row("letter of one page, memory at its peak", "memory", "MB"),
    ]


def _measured(name: str) -> dict[str, float]:
    made = subprocess.run([sys.executable, "-m", __name__, name], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(made.stdout)
    return figures


def _fonts() -> tuple[Path, Path]:
    import fontpkg_ibm_plex_sans

    files = fontpkg_ibm_plex_sans.ROOT / "files"
    return files / "IBMPlexSans[wdth,wght].ttf", files / "IBMPlexSans-Italic[wdth,wght].ttf"


def measure(name: str) -> dict[str, float]:
    """Milliseconds of the clock from before the first import, of the processor for each later letter (their median); megabytes."""
    began = time.perf_counter()
    make = SETTERS[name]()
    make("Ms Priya Raman")
    cold = time.perf_counter() - began
    warm = []
    for number in range(_LETTERS):
        began = time.process_time()
        make(f"Ms Priya Raman {number}")
        warm.append(time.process_time() - began)
    return {"cold": cold * 1000, "warm": statistics.median(warm) * 1000, "memory": peak_megabytes()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1])))
