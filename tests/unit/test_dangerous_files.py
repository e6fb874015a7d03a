"""Which files do something when they are opened: told by all that a sender may try with a name."""

import pytest

from letterbook.domain.dangerous_files import is_dangerous

PDF = "application/pdf"


@pytest.mark.parametrize(
    "name",
    [
        "setup.exe",
        "Invoice.PDF.EXE",
        "invoice.pdf.scr",
        "invoice.exe.",
        "invoice.exe . .",
        "invoice.js ",
        "invoice\u202efdp.exe",
        "invoice.e\u200bxe",
        "invoice．ｅｘｅ",
        "invoice.exe::$DATA",
        "invoice.pdf:hidden.vbs",
        ".hta",
        "Statement.html",
        "drawing.svg",
        "disk.iso",
        "photo.img",
        "notes.one",
        "Statement.lnk",
        "figures.xlsm",
        "letter.docm",
        "run.ps1",
        "archive.jar",
        "update.msi",
        "settings.settingcontent-ms",
        "start.command",
    ],
)
def test_what_runs_when_it_is_opened_is_dangerous(name: str) -> None:
    assert is_dangerous(name, PDF)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-msdownload",
        "APPLICATION/X-MSDOWNLOAD; name=x",
        "text/html",
        "image/svg+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "application/x-sh",
    ],
)
def test_what_its_sender_calls_it_counts_too(media_type: str) -> None:
    assert is_dangerous("Statement.pdf", media_type)


@pytest.mark.parametrize(
    "name",
    [
        "Statement of account.pdf",
        "exe",
        "photo.jpg",
        "letter.docx",
        "figures.xlsx",
        "Re: x.eml",
        "notes.txt",
        "winmail.dat",
        "",
    ],
)
def test_what_is_only_shown_is_not(name: str) -> None:
    assert not is_dangerous(name, "application/octet-stream")
