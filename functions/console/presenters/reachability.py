"""How a party may be reached, in words: the hold before everything, then way by way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock
from console.presenters.einvoice import NETWORKS
from console.presenters.labels import capital, format_count, humanize_code, language_label
from console.presenters.post import one_line
from letterbook.domain.party import Hold, HoldKind, OptOut, OptOutSource, Party, Preferences
from letterbook.domain.recipients import Suppression

HOLDS: dict[HoldKind, str] = {
    HoldKind.BREATHING_SPACE: "Breathing space",
    HoldKind.SOLICITOR: "Represented by a solicitor",
    HoldKind.VULNERABLE: "Vulnerable",
    HoldKind.DISPUTE: "In dispute",
}
SOURCES: dict[OptOutSource, str] = {
    OptOutSource.MANUAL: "noted by hand",
    OptOutSource.COMPLAINT: "reported us as spam",
    OptOutSource.STOP_KEYWORD: "replied STOP",
    OptOutSource.UNSUBSCRIBE: "unsubscribed",
}
WAYS = {"email": "Email", "sms": "SMS", "phone": "Phone", "post": "Post", "einvoice": "E-invoice"}


@dataclass(frozen=True, slots=True)
class HoldStrip:
    title: str
    text: str
    over: bool


@dataclass(frozen=True, slots=True)
class ReachabilityLine:
    """One way to reach somebody: `icon` and `word` say whether it may be used, `notes` why not.

    `quarantined` is an address that was set aside, `corrected` where the post says that letters go now.
    """

    name: str
    address: str
    notes: tuple[str, ...]
    icon: str
    word: str
    group: str = "draft"
    quarantined: str = ""
    corrected: str = ""


def hold_strip(hold: Hold | None, clock: Clock) -> HoldStrip | None:
    if hold is None:
        return None
    over = hold.until is not None and hold.until < clock.today
    until = f" until {clock.short_date(hold.until)}" if hold.until else ""
    if over:
        return HoldStrip(
            f"{HOLDS[hold.kind]} ended{until.removeprefix(' until').join((' on', ''))}", hold.reason, over=True
        )
    what = "Messages are skipped, unless somebody who may overrides the hold with a reason."
    reason = f"{hold.reason.strip().rstrip('.')}. " if hold.reason.strip() else ""
    return HoldStrip(f"{HOLDS[hold.kind]}{until}: no contact", f"{reason}{what}", over=False)


def prefers(preferences: Preferences) -> tuple[str, str]:
    """The icon and the words of what somebody prefers; empty where nothing is known."""
    if not preferences.preferred:
        return "", ""
    word = WAYS[preferences.preferred]
    return f"c-{preferences.preferred}", f"Prefers {word if word == 'SMS' else word.lower()}"


def reachability_lines(
    party: Party,
    preferences: Preferences,
    quarantined: Mapping[str, Suppression],
    clock: Clock,
    returned: Suppression | None = None,
) -> list[ReachabilityLine]:
    """`returned` is what is known of the party's postal address, where a letter came back from it."""
    addresses = {
        "email": party.email,
        "sms": party.mobile,
        "phone": party.phone,
        "post": ", ".join((party.address or "").splitlines()),
        "einvoice": str(party.einvoice) if party.einvoice else None,
    }
    verified = party.email_verified_at
    told = {"email": (f"Verified {clock.whole_date(clock.day_of(verified))}",)} if verified else {}
    if party.einvoice and party.einvoice.network:
        told["einvoice"] = (f"By {NETWORKS[party.einvoice.network]}",)
    return [
        _way(
            way,
            address or "",
            preferences,
            returned if way == "post" else quarantined.get(address or ""),
            clock,
            told.get(way, ()),
        )
        for way, address in addresses.items()
        if way != "einvoice" or address or preferences.preferred == way
    ]


def opt_out_words(one: OptOut, clock: Clock) -> str:
    """`No reminders: replied STOP, 3 November`."""
    what = f"no {humanize_code(one.category).lower()}" if one.category else "nothing at all"
    return f"{capital(what)}: {SOURCES[one.source]}, {clock.short_date(clock.day_of(one.at))}"


def rules(party: Party, preferences: Preferences) -> list[tuple[str, str]]:
    skipped = ", ".join(humanize_code(one) for one in preferences.skip)
    told = [
        ("Skipped", skipped),
        ("Pays by", humanize_code(party.payment_method) if party.payment_method else ""),
        ("Country", party.country or ""),
        ("Language", language_label(party.language or "")),
    ]
    return [(label, words) for label, words in told if words]


def skipped_words(number: int, *, more: bool) -> str:
    return f"See the {number}{'+' if more else ''} skipped" if number else ""


def threads_word(messages: int) -> str:
    return format_count(messages, "message") if messages else "No message yet"


def _way(
    way: str,
    address: str,
    preferences: Preferences,
    bounced: Suppression | None,
    clock: Clock,
    known: tuple[str, ...] = (),
) -> ReachabilityLine:
    """`known` is what is known of the address besides."""
    out: Sequence[OptOut] = [one for one in preferences.opt_outs if one.channel == way]
    notes = [*known, *(opt_out_words(one, clock) for one in out)]
    name = WAYS[way]
    if bounced:
        notes.insert(0, f"Set aside {clock.short_date(clock.day_of(bounced.at))}: a message came back")
        moved = one_line(bounced.corrected) if bounced.corrected else ""
        return ReachabilityLine(name, address, tuple(notes), "i-hold", "Set aside", "manual", bounced.address, moved)
    if any(one.category is None for one in out):
        return ReachabilityLine(name, address, tuple(notes), "s-cancelled", "Opted out")
    if not address:
        return ReachabilityLine(name, "Not known", tuple(notes), "", "")
    if out:
        return ReachabilityLine(name, address, tuple(notes), "s-cancelled", "In part")
    if preferences.preferred == way:
        return ReachabilityLine(name, address, tuple(notes), "i-star", "Preferred")
    return ReachabilityLine(name, address, tuple(notes), "i-check", "Allowed")
