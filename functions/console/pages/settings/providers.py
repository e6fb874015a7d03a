"""How the providers do, in which order they are tried, and a test message by one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import NONE, Faults, faults_of
from console.forms.outcome import outcome
from console.forms.parsing import digest, once, parse, validate, version_of
from console.forms.values import known_id
from console.presenters.labels import subject_or_preview
from console.presenters.log_rows import badge, pace, told_words
from console.presenters.providers import channel_lines, order_words
from console.presenters.status_reason import status_reason
from letterbook.contracts.providers import ProviderTestBody
from letterbook.contracts.settings import SettingsBody
from letterbook.domain.access import Permission
from letterbook.domain.channels import Channel
from letterbook.domain.errors import CallerError, FieldError, Invalid, NotFound, PreconditionFailed
from letterbook.domain.ids import Kind
from letterbook.use_cases.admin.organisation import provider_labels
from letterbook.use_cases.admin.providers import list_providers, send_test
from letterbook.use_cases.admin.settings import read_settings, update_settings
from letterbook.use_cases.reading.read import get_visible

PATH = "/settings/providers"
_FASTER = (
    "Somebody else saved the settings while this page was open. The order stands below as it is now: change it again."
)
_LAST = "One provider has to stay. Use another one first."
_STEPS = {"up": -1, "down": 1}


@pages.get(PATH)
def show(visit: PageRequest) -> PageResponse:
    return _page(visit)


@pages.post(f"{PATH}/order")
def order(visit: PageRequest) -> PageResponse:
    """The providers of a channel as they stand on the page, after the one move that was asked for, if any was."""
    visit.viewer.require(Permission.SETTINGS)
    channel, (move, _, name) = visit.field("channel"), visit.field("move").partition(":")
    wanted = moved([one for one in visit.form.get("route", ()) if one], move, name)

    def save() -> PageResponse:
        if not wanted:
            raise Invalid(_LAST, FieldError(f"routes.{channel}", "too_short", _LAST))
        ordered = validate(SettingsBody, {"routes": {channel: wanted}}).routes or {}
        update_settings(
            visit.world,
            visit.viewer,
            version_of(visit) or 0,
            lambda before: replace(before, routes={**before.routes, channel: tuple(ordered[channel])}),
        )
        labels = [provider_labels(visit.world)[one] for one in ordered[channel]]
        return redirect(PATH, order_words(Channel(channel), labels))

    return outcome(save, lambda error: _page(visit, faults=_order_faults(error), status=error.status))


@pages.post(f"{PATH}/{{provider}}/test")
def test(visit: PageRequest, provider: str) -> PageResponse:
    visit.viewer.require(Permission.SETTINGS)

    def send() -> PageResponse:
        to = parse(ProviderTestBody, {"to": visit.field("to")}).to
        made, _ = send_test(visit.world, visit.viewer, provider, to, visit.key(f"test/{provider}", digest({"to": to})))
        return redirect(f"{PATH}?test={made.id}#p-{provider}")

    def again(error: CallerError) -> PageResponse:
        at = f"{provider}.to"
        faults = faults_of(error, places={one.field: at for one in error.faults}) if error.faults else _at(at, error)
        return _page(visit, faults=faults, status=error.status, typed={provider: visit.field("to")})

    return outcome(send, again)


def moved(names: Sequence[str], move: str, name: str) -> list[str]:
    """The order after a move: `up` or `down` by one place, `off` or `on`; any other leaves it as it is."""
    others = [one for one in dict.fromkeys(names) if one != name]
    if move == "off":
        return others
    if move == "on":
        return [*others, name]
    if move in _STEPS and name in names:
        place = list(dict.fromkeys(names)).index(name) + _STEPS[move]
        return [*others[: max(place, 0)], name, *others[max(place, 0) :]]
    return list(dict.fromkeys(names))


def _page(
    visit: PageRequest, *, faults: Faults = NONE, status: int = 200, typed: Mapping[str, str] | None = None
) -> PageResponse:
    visit.viewer.require_any(Permission.SETTINGS, Permission.READ_AUDIT)
    present = read_settings(visit.world, visit.viewer)
    return page(
        "settings/providers.html",
        status=status,
        title="Settings",
        channels=channel_lines(list_providers(visit.world, visit.viewer), visit.clock),
        tested=_tested(visit),
        typed=typed or {},
        faults=faults,
        version=present.version,
        once=once(visit),
        path=PATH,
    )


def _tested(visit: PageRequest) -> dict[str, Any] | None:
    """What became of the test message that the address names."""
    message = known_id(Kind.COMMUNICATION, visit.parameter("test"))
    try:
        found = get_visible(visit.world, visit.viewer, message) if message else None
    except NotFound:
        return None
    if found is None or found.work.only_by is None:
        return None
    entry = found.entry
    return {
        "id": entry.id,
        "provider": found.work.only_by,
        "subject": subject_or_preview(entry),
        "status": badge(entry),
        "remark": status_reason(entry, visit.clock).text,
        "advice": entry.failure.words.advice if entry.failure and entry.failure.words else "",
        "pace": pace(entry, visit.clock),
        "words": told_words(entry),
    }


def _order_faults(error: CallerError) -> Faults:
    if isinstance(error, PreconditionFailed):
        return Faults(summary=((_FASTER, ""),))
    return faults_of(error, places={one.field: ".".join(one.field.split(".")[:2]) for one in error.faults})


def _at(name: str, error: CallerError) -> Faults:
    return faults_of(Invalid(error.detail, FieldError(name, error.code, error.detail)))
