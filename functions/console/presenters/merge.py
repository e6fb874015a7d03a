"""Two records that are to be one, side by side: what stands on each, and what will."""

from dataclasses import dataclass

from console.presenters.dates import Clock
from console.presenters.einvoice import address_words
from console.presenters.labels import KINDS, capital, humanize_code, language_label
from console.presenters.reachability import HOLDS, WAYS, opt_out_words
from letterbook.domain.merge import MergePlan
from letterbook.domain.party import Party, Preferences
from letterbook.use_cases.directory.merge_parties import Holdings, MergePreview


@dataclass(frozen=True, slots=True)
class MergeLine:
    """`after` is what the record that remains says then."""

    label: str
    gone: str
    into: str
    after: str


def merge_lines(found: MergePreview, clock: Clock) -> list[MergeLine]:
    """What both leave empty is left out."""
    lines = [*_record(found.plan, clock), *_numbers(found), *_wishes(found.plan, clock)]
    return [one for one in lines if one.gone or one.into]


def left_over(plan: MergePlan, clock: Clock) -> str:
    """The addresses that become those of a contact."""
    contact = plan.contact
    given = (contact.email, contact.mobile, contact.phone) if contact else ()
    return ", ".join(clock.numbers(one) for one in given if one)


def _record(plan: MergePlan, clock: Clock) -> list[MergeLine]:
    of = [_facts(one, clock) for one in (plan.gone, plan.into, plan.into_after)]
    return [MergeLine(label, *(facts[label] for facts in of)) for label in of[0]]


def _facts(party: Party, clock: Clock) -> dict[str, str]:
    return {
        "Name": party.name,
        "Kind": KINDS[party.kind],
        "Account": party.account_number or "",
        "Email": party.email or "",
        "Mobile": clock.numbers(party.mobile or ""),
        "Phone": clock.numbers(party.phone or ""),
        "Address": ", ".join((party.address or "").splitlines()),
        "E-invoices": address_words(party.einvoice) if party.einvoice else "",
        "Office": party.location or "",
        "Language": language_label(party.language or ""),
        "Country": party.country or "",
        "Pays by": humanize_code(party.payment_method) if party.payment_method else "",
    }


def _numbers(found: MergePreview) -> list[MergeLine]:
    more = found.gone.more or found.into.more
    own = 1 if found.plan.contact else 0
    entries, contacts, cases = (found.gone.entries + found.into.entries, found.gone.contacts + found.into.contacts + own,
                                len(found.gone.cases | found.into.cases))  # fmt: skip
    return [
        MergeLine("Communications", _entries(found.gone), _entries(found.into), f"{entries}{'+' if more else ''}"),
        MergeLine("Contacts", str(found.gone.contacts), str(found.into.contacts), str(contacts)),
        MergeLine("Cases", str(len(found.gone.cases)), str(len(found.into.cases)), str(cases)),
    ]


def _entries(holdings: Holdings) -> str:
    return f"{holdings.entries}{'+' if holdings.more else ''}"


def _wishes(plan: MergePlan, clock: Clock) -> list[MergeLine]:
    of = [_wants(one, clock) for one in (plan.gone_preferences, plan.into_preferences, plan.into_preferences_after)]
    return [MergeLine(label, *(wants[label] for wants in of)) for label in of[0]]


def _wants(preferences: Preferences, clock: Clock) -> dict[str, str]:
    hold = preferences.hold
    until = f" until {clock.short_date(hold.until)}" if hold and hold.until else ""
    reason = f": {hold.reason}" if hold and hold.reason else ""
    return {
        "Prefers": WAYS[preferences.preferred] if preferences.preferred else "",
        "Opted out": "; ".join(
            f"{WAYS.get(one.channel, capital(one.channel))}: {opt_out_words(one, clock)}"
            for one in preferences.opt_outs
        ),
        "Never sent": ", ".join(humanize_code(one) for one in preferences.skip),
        "Hold": f"{HOLDS[hold.kind]}{until}{reason}" if hold else "",
    }
