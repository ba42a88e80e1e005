"""Each guard is what stops its attack: without it the same script finds its way (reliability 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from privacy.consent import reach
from privacy.dsar import joining, workflow
from privacy.dsar.identity import codes, identifying, quotas, sessions
from privacy.dsar.vocabulary import Event, Role, State
from privacy.dsar.workflow import TRANSITIONS, Transition
from privacy.http import sources
from tests.dsar.attacks import test_floods as floods
from tests.dsar.attacks import test_identity as identity
from tests.dsar.attacks import test_sessions as in_sessions
from tests.dsar.attacks import test_steps as steps
from tests.dsar.attacks.scene import Scene


@dataclass(frozen=True)
class Control:
    """An attack, and the guard without which it is tried: where that is, what it is called, and what stands there."""

    attack: Callable[[Scene], None]
    owner: Any
    guard: str
    instead: Any


#: A table that lets staff grant what nobody has proven.
_HASTY = Transition(Event.GRANT, frozenset({State.RECEIVED}), State.EXECUTING, frozenset({Role.STAFF}))
CONTROLS = (
    Control(identity.test_a_change_of_contact_just_before, reach, "HOLD", 0),
    Control(identity.test_an_agent_without_the_persons_own_step, identifying, "ensure_not_its_sender", lambda *_: None),
    Control(identity.test_anothers_identifier_beside_ones_own_mailbox, sessions, "_is_open_anew", lambda _found: False),
    Control(steps.test_a_request_that_is_overdue_skips_nothing, workflow, "TRANSITIONS", (*TRANSITIONS, _HASTY)),
    Control(steps.test_a_duplicate_does_not_inherit_a_proof, joining, "_same_person", lambda *_: True),
    Control(in_sessions.test_guessing_a_code_ends_it, codes, "MOST_TRIES", 1_000),
    Control(
        in_sessions.test_a_network_guesses_a_few_times_a_minute_over_all_requests,
        *(sources, "network_of", lambda _address: None),
    ),
    Control(in_sessions.test_a_code_that_came_late_opens_nothing, codes, "GOOD_FOR", 10**12),
    Control(
        in_sessions.test_a_mailbox_that_was_doubted_identifies_nobody_again,
        sessions,
        "_was_doubted",
        lambda _row: False,
    ),
    Control(floods.test_nobody_fills_a_mailbox_in_annas_name, quotas, "take", lambda *_, **__: True),
)


# On one database: what is shown here is that the scripts see something.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.guard)
def test_without_its_guard_the_attack_succeeds(scene: Scene, control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control.owner, control.guard, control.instead)
    with pytest.raises(AssertionError):
        control.attack(scene)
