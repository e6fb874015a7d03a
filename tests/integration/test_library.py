"""The library at a firm: installed once, brought up to date where the firm left it as it came, and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from letterbook.adapters.dynamodb.templates import DynamoTemplates
from letterbook.domain.errors import Forbidden
from letterbook.domain.library import ShippedItem, ShippedState
from letterbook.use_cases.admin.library import OPERATOR, install_library, review_library
from letterbook.use_cases.admin.templates import put_template, restore_template
from tests.support.at_once import at_once
from tests.support.aws import WorldForTests, rows
from tests.support.builders import JANE, template, viewer
from tests.support.failing import Died, fails_once, overtaken
from tests.support.shipped import CLAIM, a_library

LEAD = viewer("lead")


def states(items: Sequence[ShippedItem]) -> dict[str, tuple[str, int | None]]:
    return {one.key: (one.state.value, one.version) for one in items}


def a_release(world: WorldForTests, folder: Path, body: str, name: str = "Notice") -> None:
    """The next one: it knows what all before it came with."""
    before = vars(world).get("shipped_library")
    present = a_library(folder, before.with_present() if before else None, body=body, name=name)
    vars(world)["shipped_library"] = a_library(folder, present.with_present(), body=body, name=name)


def body_of(world: WorldForTests) -> str:
    found = world.templates.get("claim", "en", None)
    assert found
    return found.body


@pytest.mark.covers("I1", "I2")
def test_what_is_new_is_installed_and_what_the_firm_left_follows_each_release(
    world: WorldForTests, tmp_path: Path
) -> None:
    a_release(world, tmp_path, "One")
    assert states(review_library(world, LEAD)) == {"claim": ("new", None), "notice": ("new", None)}
    assert states(install_library(world, LEAD)) == {"claim": ("current", 1), "notice": ("current", 1)}
    a_release(world, tmp_path, "Two", name="Notice to quit")
    assert states(review_library(world, LEAD)) == {"claim": ("outdated", 1), "notice": ("outdated", 1)}
    done = install_library(world, LEAD)
    assert [one.written for one in done] == [True, True]
    assert states(done) == {"claim": ("current", 2), "notice": ("current", 2)}
    assert body_of(world) == "Two"
    made = world.correspondence_types.get("notice", None)
    assert made
    assert (made.name, made.created_by.name) == ("Notice to quit", LEAD.name)
    a_release(world, tmp_path, "Three", name="Notice to quit")
    a_release(world, tmp_path, "Four", name="Notice to quit")
    assert states(install_library(world, LEAD)) == {"claim": ("current", 3), "notice": ("current", 2)}


def test_installing_again_writes_nothing(world: WorldForTests, tmp_path: Path) -> None:
    a_release(world, tmp_path, "One")
    install_library(world, LEAD)
    before = rows("library")
    again = install_library(world, LEAD)
    assert [one.written for one in again] == [False, False]
    assert rows("library") == before


def test_what_the_firm_changed_is_left_whatever_comes(world: WorldForTests, tmp_path: Path) -> None:
    a_release(world, tmp_path, "One")
    install_library(world, LEAD)
    first = world.templates.get("claim", "en", None)
    assert first
    put_template(world, LEAD, replace(first, body="In our words, {{ x }}.", created_by=JANE))
    a_release(world, tmp_path, "Two")
    [claim, _] = install_library(world, LEAD)
    assert (claim.state, claim.version, claim.written) == (ShippedState.OWN, 2, False)
    assert body_of(world) == "In our words, {{ x }}."


def test_a_template_of_the_firm_under_the_same_name_was_there_first(world: WorldForTests, tmp_path: Path) -> None:
    world.templates.save(template(key="claim", body="Ours.", variables=()))
    a_release(world, tmp_path, "One")
    [claim, notice] = install_library(world, LEAD)
    assert (claim.state, notice.state) == (ShippedState.OWN, ShippedState.CURRENT)
    assert body_of(world) == "Ours."


def test_whoever_wanted_an_older_text_back_keeps_it(world: WorldForTests, tmp_path: Path) -> None:
    a_release(world, tmp_path, "One")
    install_library(world, LEAD)
    a_release(world, tmp_path, "Two")
    install_library(world, LEAD)
    restore_template(world, LEAD, "claim", "en", 1)
    a_release(world, tmp_path, "Three")
    [claim, _] = install_library(world, LEAD)
    assert (claim.state, body_of(world)) == (ShippedState.OWN, "One")


def test_a_type_that_the_firm_does_not_offer_stays_so(world: WorldForTests, tmp_path: Path) -> None:
    a_release(world, tmp_path, "One")
    install_library(world, LEAD)
    notice = world.correspondence_types.get("notice", None)
    assert notice
    world.correspondence_types.save(replace(notice, enabled=False, version=2))
    a_release(world, tmp_path, "One", name="Notice to quit")
    install_library(world, LEAD)
    after = world.correspondence_types.get("notice", None)
    assert after
    assert (after.name, after.enabled, after.version) == ("Notice to quit", False, 3)


def test_a_call_that_broke_off_is_made_again(
    world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_release(world, tmp_path, "One")
    fails_once(monkeypatch, world.correspondence_types, "save", Died())
    with pytest.raises(Died):
        install_library(world, LEAD)
    assert [one.written for one in install_library(world, LEAD)] == [False, True]


def test_who_saves_their_own_text_meanwhile_keeps_it(
    world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_release(world, tmp_path, "One")
    install_library(world, LEAD)
    a_release(world, tmp_path, "Two")
    mine = template(key="claim", body="Mine, {{ x }}.", version=2)
    overtaken(monkeypatch, DynamoTemplates, "save", lambda: world.templates.save(mine))
    [claim, _] = install_library(world, LEAD)
    assert (claim.state, claim.written, body_of(world)) == (ShippedState.OWN, False, "Mine, {{ x }}.")


def test_two_who_install_at_once_write_each_version_once(world: WorldForTests, tmp_path: Path) -> None:
    a_release(world, tmp_path, "One")
    both = at_once(2, lambda _: install_library(world, LEAD))
    assert all(not isinstance(one, Exception) for one in both)
    assert states(review_library(world, LEAD)) == {"claim": ("current", 1), "notice": ("current", 1)}
    written = [item.written for one in both if not isinstance(one, Exception) for item in one]
    assert sum(written) == 2


def test_the_firms_languages_say_what_is_offered(world: WorldForTests) -> None:
    assert {one.language for one in review_library(world, LEAD)} == {"en", None}
    world.settings.save(replace(world.settings.latest(), languages=("fr-CA", "de"), version=2))
    offered = review_library(world, LEAD)
    assert {one.language for one in offered} == {"fr", None}
    assert all(one.state is ShippedState.NEW for one in offered)


def test_all_of_it_is_accepted_as_if_somebody_had_saved_it(world: WorldForTests) -> None:
    """With nothing that neither the record, nor the template itself, fills in."""
    shipped = {one.key: one for one in world.shipped_library.items if getattr(one, "language", "") == "en"}
    installed = install_library(world, OPERATOR)
    assert len(installed) > len(shipped)
    for key in shipped:
        made = world.templates.get(key, "en", None)
        assert made
        assert put_template(world, LEAD, made, confirmed=()).version == 2
    assert all(one.state is ShippedState.CURRENT for one in review_library(world, LEAD))


def test_who_may_not_manage_templates_installs_nothing(world: WorldForTests) -> None:
    for role in ("agent", "auditor"):
        with pytest.raises(Forbidden):
            install_library(world, viewer(role))
    assert {one.state for one in review_library(world, viewer("auditor"))} == {ShippedState.NEW}


def test_digests_of_a_release_before_are_what_tells_a_text_of_ours(world: WorldForTests, tmp_path: Path) -> None:
    """Without them nobody knows whether the firm wrote it: it is left."""
    a_release(world, tmp_path, "One")
    install_library(world, LEAD)
    vars(world)["shipped_library"] = a_library(tmp_path, {CLAIM: []}, body="Two")
    assert states(review_library(world, LEAD))["claim"] == ("own", 1)
