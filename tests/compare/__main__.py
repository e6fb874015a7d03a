"""Reads the mails of events/mail with two other readers too, and fails for a difference that nobody explained: `make compare`.

What is no difference, by rule: white space; how a text is made of HTML (rules, capitals, bullets), as long as letters and digits
are the same and in order; by a few bytes, the size of a file, because readers do not agree whose the last line break is, and
rewrite line ends of text; the name of a file that has none, and what the expectation leaves open; that mailparser writes the
status of a report, which is for programs, behind its text; that `<@>` is an address for some.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from letterbook.adapters.inbound_mail import read
from tests.support.builders import NOW
from tests.support.mail_corpus import FOLDER, MailCase, mail_cases, words_of

ROOT = Path(__file__).parents[2]
# Not beside their lock file: what walks the tests would walk them too.
INSTALLED = ROOT / ".local-readers"
FILES = ("package.json", "package-lock.json", "compare.mjs")
READERS = ("mailparser", "postal-mime")
FIELDS = ("sender", "name", "subject", "text", "files")
# What a size may differ by: line breaks.
NEAR = 8
FOR_PROGRAMS, NOBODY = b"message/delivery-status", "@"

Told = dict[str, Any]


def install() -> None:
    INSTALLED.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copy(Path(__file__).parent / name, INSTALLED / name)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(command, cwd=INSTALLED, check=True, timeout=300)


def readings() -> Iterator[tuple[str, dict[str, Told]]]:
    """What each reader found in each mail, by its name; each has ten seconds for each."""
    command = ["node", "compare.mjs", str(FOLDER)]
    with subprocess.Popen(command, cwd=INSTALLED, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        assert running.stdout
        for line in running.stdout:
            found = json.loads(line)
            yield found.pop("name"), found
    if running.returncode:
        raise SystemExit("the readers did not come to an end")


def ours(case: MailCase) -> Told:
    mail = read(case.raw, NOW)
    files = [[one.name, one.media_type, len(one.content)] for one in mail.enclosed]
    told = {"sender": mail.sender, "name": mail.sender_name, "subject": mail.subject, "text": mail.text, "files": files}
    return {**told, "html": mail.html}


def differences(case: MailCase, theirs: Told) -> dict[str, str]:
    """Ours and theirs, by field."""
    if "error" in theirs:
        return {"error": theirs["error"]}
    own = ours(case)
    return {
        field: f"{own[field]!r:.100} / {theirs[field]!r:.100}" for field in FIELDS if not same(field, own, theirs, case)
    }


def same(field: str, own: Told, theirs: Told, case: MailCase) -> bool:
    if field == "files":
        asked = case.expected.get("files")
        return asked is None or same_files(own["files"], theirs["files"], ["name" in one for one in asked])
    if field == "text" and FOR_PROGRAMS in case.raw.lower():
        return bare(theirs["text"]).startswith(bare(own["text"]))
    seen = bare if field == "text" and own["html"] else words_of
    return seen(own[field]) == seen("" if theirs[field] == NOBODY else theirs[field])


def same_files(own: list[Any], theirs: list[Any], named: list[bool]) -> bool:
    """`named` says of which of them the name counts."""
    return len(own) == len(theirs) == len(named) and all(
        (not told or one[0] == other[0]) and one[1] == other[1] and abs(one[2] - other[2]) <= NEAR
        for one, other, told in zip(own, theirs, named, strict=True)
    )


def bare(text: str) -> str:
    """Words of letters, digits and signs of money: dashes and bullets are how HTML is drawn."""
    return words_of("".join(one if one.isalnum() or one in "€£" else " " for one in text.casefold()))


def main() -> int:
    install()
    cases = {case.name: case for case in mail_cases()}
    explained: Counter[str] = Counter()
    wrong: list[str] = []
    seen = 0
    for name, found in readings():
        seen += 1
        case = cases[name]
        for reader in READERS:
            different = differences(case, found[reader])
            reasons = case.expected.get("differs", {}).get(reader, {})
            explained.update(f"{reader}: {field}" for field in different if field in reasons)
            wrong += [f"{name}: {reader}: {field}: {what}" for field, what in different.items() if field not in reasons]
            wrong += [
                f"{name}: {reader}: {field}: explained, and the same" for field in reasons if field not in different
            ]
    print(f"{seen} mails")
    for what, count in sorted(explained.items()):
        print(f"{what:24} {count:4} differences, each explained")
    print(*wrong, sep="\n")
    return 1 if wrong or seen != len(cases) else 0


if __name__ == "__main__":
    sys.exit(main())
