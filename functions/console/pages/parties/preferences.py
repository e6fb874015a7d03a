"""What a party wants and does not want: amended in one form, opt-outs and the hold among it."""

from collections.abc import Mapping
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.meanwhile import merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, form_values, parse, standing_version, version_of, without_empty
from console.lists.choices import category_options, picked, template_categories
from console.pages.parties.list import PATH
from console.presenters.labels import capital
from console.presenters.reachability import HOLDS, SOURCES, WAYS, hold_strip, opt_out_words
from letterbook.contracts.directory import PreferencesBody
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, FieldError, Invalid
from letterbook.domain.party import OptOut, Preferences
from letterbook.domain.visible import isolated
from letterbook.use_cases.accounts.profile import read_profile
from letterbook.use_cases.directory.parties import set_preferences
from letterbook.use_cases.support.access import party_to_change

_AT = f"{PATH}/{{party_id}}/preferences"
_FIELDS = ("preferred", "skip.other", "hold.kind", "hold.until", "hold.reason",
           "opt_out.channel", "opt_out.category", "opt_out.source", "opt_outs")  # fmt: skip
_LABELS = {
    "preferred": "Channel",
    "skip": "Never send",
    "skip.other": "Nor",
    "hold.kind": "Hold",
    "hold.until": "Until",
    "hold.reason": "Reason",
    "opt_out.channel": "Opt-out",
    "opt_out.category": "Category",
    "opt_out.source": "Opt-out",
    "opt_outs": "Opt-outs",
}
_FIELDS_OF = {
    "preferred": ("preferred",),
    "skip": ("skip", "skip.other"),
    "hold": ("hold.kind", "hold.until", "hold.reason"),
    "opt_outs": ("opt_out.channel", "opt_out.category", "lift"),
}
_ANY = [("", "None known")]
_NO_HOLD = ("", "No hold")


@pages.get(_AT)
def edit(visit: PageRequest, party_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    standing = read_profile(visit.world, visit.viewer, party_id).preferences
    return _form(visit, party_id, _values_of(standing), standing)


@pages.post(_AT, form=True)
def amend(visit: PageRequest, party_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    standing = read_profile(visit.world, visit.viewer, party_id).preferences
    values = _values_of(standing) | form_values(visit, *(name for name in _FIELDS if name in visit.form))
    values["opt_out.category"] = picked(visit, "opt_out.category")
    if any(name in visit.form for name in _FIELDS_OF["skip"]):
        values["skip"] = ",".join(visit.form.get("skip", ()))
    lifted = set(visit.form.get("lift", []))
    if takes(visit):
        return _form(visit, party_id, values, standing, lifted=lifted)

    def save() -> PageResponse:
        body = parse(PreferencesBody, _fields_present(visit, _body(values, standing, lifted)))
        now = visit.world.now()
        set_preferences(
            visit.world, visit.viewer, party_id, version_of(visit), lambda before: body.applied(before, now)
        )
        return redirect(f"{PATH}/{party_id}", "The preferences were saved.")

    return outcome(save, lambda error: _form(visit, party_id, values, standing, error, lifted))


def _values_of(standing: Preferences) -> dict[str, str]:
    hold = standing.hold
    return {
        "preferred": standing.preferred or "",
        "skip": ",".join(standing.skip),
        "skip.other": "",
        "hold.kind": hold.kind if hold else "",
        "hold.until": hold.until.isoformat() if hold and hold.until else "",
        "hold.reason": hold.reason if hold else "",
        "opt_out.channel": "",
        "opt_out.category": "",
        "opt_out.source": "manual",
        "opt_outs": "\n".join(map(_place, standing.opt_outs)),
    }


def _place(one: OptOut) -> str:
    """By which it is lifted, whatever else was entered or lifted meanwhile."""
    return f"{one.channel} {one.category or ''} {one.source} {one.at.isoformat()}"


def _fields_present(visit: PageRequest, body: dict[str, Any]) -> dict[str, Any]:
    """Of what the form says, that which it has fields for: what is only shown there is not changed by it."""
    return {name: value for name, value in body.items() if any(field in visit.form for field in _FIELDS_OF[name])}


def _body(values: Mapping[str, str], current: Preferences, lifted: set[str]) -> dict[str, Any]:
    """What stands and is not lifted stays as it is, with its time; a hold is one where a kind is chosen."""
    kept = [
        {"channel": one.channel, "category": one.category, "source": one.source, "at": one.at.isoformat()}
        for one in current.opt_outs
        if _place(one) not in lifted
    ]
    part = {name: values[f"opt_out.{name}"] for name in ("channel", "category", "source")}
    if not part["channel"] and part["category"]:
        raise Invalid("", FieldError("opt_out.channel", "required", "Say on which channel."))
    added = [without_empty(part)] if part["channel"] else []
    hold = {name: values[f"hold.{name}"] for name in ("kind", "until", "reason")}
    if not hold["kind"] and (hold["until"] or hold["reason"]) and current.hold is None:
        raise Invalid("", FieldError("hold.kind", "required", "Say what kind of hold it is."))
    return {
        "preferred": values["preferred"] or None,
        "skip": [*_apart(values["skip"]), *("_".join(one.lower().split()) for one in _apart(values["skip.other"]))],
        "hold": without_empty(hold) if hold["kind"] else None,
        "opt_outs": kept + added,
    }


def _added(values: Mapping[str, str]) -> dict[str, str]:
    """A new opt-out is one's own, whatever others saved."""
    return {name: value for name, value in values.items() if name.startswith("opt_out.")}


def _words(name: str, value: str) -> str:
    if name == "skip":
        return ", ".join(_apart(value))
    if name == "opt_outs":
        stand = (one.split(" ") for one in value.splitlines())
        return "\n".join(f"{WAYS.get(channel, channel)} {' '.join(rest[:1])}".strip() for channel, *rest in stand)
    if name == "preferred":
        return WAYS.get(value, value) if value else ""
    return {kind.value: words for kind, words in HOLDS.items()}.get(value, value) if name == "hold.kind" else value


def _apart(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _places(error: CallerError | None, values: Mapping[str, str]) -> dict[str, str]:
    """A category of a list, or the opt-out that was added, stand on the page under names of their own."""
    found: dict[str, str] = {}
    for fault in error.faults if error else ():
        head, _, rest = fault.field.partition(".")
        if head == "skip":
            chosen = not rest.isdecimal() or int(rest) < len(_apart(values["skip"]))
            found[fault.field] = "skip" if chosen else "skip.other"
        elif head == "opt_outs":
            found[fault.field] = f"opt_out.{rest.partition('.')[2] or 'channel'}"
    return found


def _form(
    visit: PageRequest,
    party_id: str,
    values: Mapping[str, str],
    current: Preferences,
    error: CallerError | None = None,
    lifted: set[str] | None = None,
) -> PageResponse:
    profile = read_profile(visit.world, visit.viewer, party_id)
    may_weaken = visit.viewer.may(Permission.OVERRIDE_HOLD)
    merged = merge(visit, error, values, _values_of(current) | _added(values), _LABELS, _words)
    in_force = current.hold is not None and not current.hold.is_over(visit.clock.today)
    return page(
        "parties/preferences_form.html",
        status=error.status if error else 200,
        title=f"Preferences of {isolated(profile.party.name)}",
        party=profile.party,
        path=f"{PATH}/{party_id}",
        typed=merged.values,
        meanwhile=merged.changes,
        began=merged.began,
        categories=category_options(
            visit.organisation, template_categories(visit), values["opt_out.category"], *current.skip
        ),
        skipped=_apart(merged.values["skip"]),
        faults=form_faults(error, _LABELS, _places(error, values)),
        ways=[*_ANY, *WAYS.items()],
        out_ways=[("", "None"), *WAYS.items()],
        holds=[_NO_HOLD, *((kind.value, words) for kind, words in HOLDS.items())],
        sources=[(source.value, capital(words)) for source, words in SOURCES.items()],
        opt_outs=[(_place(one), f"{WAYS[one.channel]}. {opt_out_words(one, visit.clock)}") for one in current.opt_outs],
        may_weaken=may_weaken,
        hold=hold_strip(current.hold, visit.clock) if in_force and not may_weaken else None,
        lifted=lifted or set(),
        version=standing_version(visit, error, current.version),
    )
