"""What things are called: channels, directions, kinds of people, sizes."""

from collections.abc import Mapping

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.party import PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.visible import isolated

DIRECTIONS: dict[Direction, str] = {Direction.OUTBOUND: "Sent by us", Direction.INBOUND: "Received"}
KINDS: dict[PartyKind, str] = {
    PartyKind.CLIENT: "Client",
    PartyKind.CREDITOR: "Creditor",
    PartyKind.CUSTOMER: "Customer",
}
# What entries are usually about; a firm may call any other kind of thing by its own word.
KINDS_OF_THINGS = ("case", "contract", "customer", "invoice", "payment")
HINTS: dict[Signal, str] = {
    Signal.AMBIGUOUS_SENDER: "Several have the address it came from: say whose it is",
    Signal.DELAYED: "Delayed on its way; they keep trying",
    Signal.COMPLAINT: "They reported it as spam",
    Signal.UNSUBSCRIBE: "They unsubscribed",
    Signal.RESUBSCRIBE: "They subscribed again",
    Signal.AUTO_REPLY: "Answered by an automatic reply",
    Signal.STUCK: "Stands still for longer than it should",
    Signal.DATA_MISSING: "What it waits for has not come yet",
    Signal.MISSING_CHARACTERS: "The letter has characters that no font has",
    Signal.ACTION_REQUIRED: "Its provider waits for somebody to do something",
    Signal.RECIPIENT_FAILED: "One recipient was not reached",
    Signal.NO_RECEIPT: "No receipt for six hours",
    Signal.MACHINE_OPEN: "Opened by a program, which says nothing of a reader",
    Signal.FORGED: "The sender may be forged",
    Signal.INFECTED: "Something harmful was found in it",
    Signal.SPAM: "Looks like spam",
    Signal.REPORT_UNMATCHED: "A message was not delivered, and which cannot be told",
    Signal.REPLY_ELSEWHERE: "Answers would go to another organisation than it came from",
    Signal.KEYWORD: "STOP, START or HELP, seen to by itself",
    Signal.FILES_MISSING: "Not all files that came with it are here",
    Signal.TRUNCATED: "Not all of it is shown as it was sent; the original is kept",
}
_FIELDS = {
    "opt_outs": "Opt-outs",
    "skip": "Skipped categories",
    "preferred": "Preferred channel",
    "party_ids": "For",
    "creditor_ids": "Creditors",
    "primary": "Main contact",
    "regarding": "About",
    "to": "To",
    "cc": "Copy to",
    "bcc": "Blind copy to",
    "in_reply_to": "What it answers",
    "body": "Text",
}
_INITIALS = frozenset({"dsar", "loc", "s78", "sms", "gdpr", "ccj", "iva"})
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gd": "Scottish Gaelic", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "mt": "Maltese", "nb": "Norwegian", "nl": "Dutch", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_UNTITLED = "(no subject)"
_KILO = 1000


def channel_label(channel: str) -> str:
    return Channel(channel).spec.label


def direction_label(entry: Entry) -> str:
    """What stands before the name."""
    return entry.channel.spec.preposition or ("from" if entry.direction is Direction.INBOUND else "to")


def heading(entry: Entry) -> str:
    """`Email to Castlegate Finance`."""
    return f"{entry.channel.spec.label} {direction_label(entry)} {isolated(entry.party.name)}"


def subject_or_preview(entry: Entry) -> str:
    return entry.subject or entry.preview or _UNTITLED


def provider_label(name: str, labels: Mapping[str, str]) -> str:
    """`labels` are those of the providers we know; others are called by their name."""
    return labels.get(name) or capital(name)


def humanize_code(code: str) -> str:
    """A category, a template or a type of subject, which are the firm's own words with underscores."""
    words = code.replace("_", " ").replace("-", " ").split()
    return capital(" ".join(one.upper() if one in _INITIALS else one for one in words))


def field_label(name: str) -> str:
    """A field of a record that was changed."""
    return _FIELDS.get(name) or humanize_code(name.removesuffix("_id"))


def language_label(code: str) -> str:
    """`German`; `German (CH)` of a country."""
    language, _, country = code.partition("-")
    name = LANGUAGES.get(language)
    return code if name is None else f"{name} ({country})" if country else name


def format_size(size: int) -> str:
    if size < _KILO:
        return f"{size} bytes"
    return f"{round(size / _KILO)} KB" if size < _KILO * _KILO else f"{size / _KILO / _KILO:.1f} MB"


def format_count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
