"""A log that follows another one says so, and evidence of the one before verifies as it did."""

from __future__ import annotations

import json
from typing import Any

import pytest

from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import Note
from tests.verifier import made
from tests.verifier.conftest import Alone
from tests.verifier.made import OTHER_LOG, Json, Log

BEFORE = Log(9)
POINT = Checkpoint.parse(Note.parse(BEFORE.checkpoint()).text)
OLD = {"origin": "log.example.org/before", "size": POINT.size, "root": POINT.root.hex()}


class Following(Log):
    """A log whose first event, and perhaps another one, says which log it follows."""

    def __init__(self, follows: Any = OLD, *, at: tuple[int, ...] = (0,)) -> None:
        self.follows, self.at = follows, at
        super().__init__()

    def _body(self, index: int) -> Json:
        body = super()._body(index)
        if index in self.at:
            said = {"origin": made.ORIGIN, "key": str(self.key.verifier), "follows": self.follows}
            body |= {"action": "log.opened", "details": said}
        return body


DECLARED = f"Declared at index 0: {made.ORIGIN} follows {OLD['origin']} after 9 leaves"
KEY = ("--key", str(made.KEY.verifier))


@pytest.mark.parametrize("kind", ["log", "event", "bundle"])
def test_the_break_is_named_wherever_its_event_is_shown(alone: Alone, kind: str) -> None:
    log = Following(at=(0, 4))
    made_of = {"log": made.zipped(log.export()), "event": log.inclusion(0), "bundle": log.bundle()}
    done = alone.run(alone.put("evidence", made_of[kind]), *KEY)
    assert done.returncode == 0, done.stdout
    named = [line for line in done.stdout.splitlines() if "Declared" in line]
    places = {"log": (0, 4), "event": (0,), "bundle": (4,)}[kind]
    assert [line.split(". ", 1)[1] for line in named] == [
        DECLARED.replace("index 0", f"index {index}") + ". ok" for index in places
    ]
    assert f"and the root {OLD['root']}" in done.stdout


def test_a_log_that_follows_none_declares_nothing(alone: Alone) -> None:
    done = alone.run(alone.put("evidence", made.zipped(Log().export())), *KEY)
    assert done.returncode == 0
    assert "Declared" not in done.stdout


def test_of_a_log_without_any_known_checkpoint_no_root_is_named(alone: Alone) -> None:
    done = alone.run(alone.put("evidence", Following(OLD | {"root": None}).inclusion(0)), *KEY)
    assert done.returncode == 0, done.stdout
    assert DECLARED in done.stdout
    assert "root" not in done.stdout


@pytest.mark.parametrize(
    "follows",
    [None, "log", {}, OLD | {"size": "9"}, OLD | {"more": 1}, OLD | {"origin": made.ORIGIN}, OLD | {"origin": "a b"}],
)
def test_a_break_that_names_no_other_log_is_a_failure(alone: Alone, follows: Any) -> None:
    log = Following(follows)
    for content in (made.zipped(log.export()), log.inclusion(0)):
        done = alone.run(alone.put("evidence", content), *KEY, "--json")
        found = json.loads(done.stdout)
        assert (done.returncode, found["ok"]) == (1, False)
        assert "follows" in found["failure"]["where"]


def test_the_key_of_the_new_log_verifies_nothing_of_the_old_one(alone: Alone) -> None:
    evidence = alone.put("evidence", BEFORE.inclusion())
    assert alone.run(evidence, *KEY).returncode == 0
    done = alone.run(evidence, "--key", str(OTHER_LOG.verifier))
    assert done.returncode == 1
    assert "no key of that log was given" in done.stdout
