"""kill -9 at each step of a rotation, a renewal and a destruction: the next run finishes it, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from privacy.crypto.keyring import KeyUse
from tests.keys.conftest import PEOPLE, Installation
from tests.keys.killed_rotation import STEPS

_PATIENCE = 120


def kill_at_each_step(installation: Installation, *arguments: str) -> None:
    environ = os.environ | {"PRIVACY_DATA_DIR": str(installation.config.data_dir)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.keys.killed_rotation", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    steps = STEPS[next(word for word in arguments if word in STEPS)]
    assert [(one["step"], one["killed"], one["broken"]) for one in told] == [(step, True, 0) for step, _ in steps]


def test_a_rotation(installation: Installation) -> None:
    kill_at_each_step(installation, "rotate", "wrap")
    told = installation.cli.json("keys", "rotate", "wrap")
    # Every attempt went on with the key that the first of them made.
    assert (told["number"], told["broken"]) == (2, [])
    assert installation.under() == {2: len(installation.versions())}
    assert installation.wrapping_keys() == [1, 2]
    assert installation.actions().count("keys.added") == 1
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.assert_verifies()


def test_a_destruction(installation: Installation) -> None:
    installation.cli("keys", "rotate", "wrap")
    kill_at_each_step(installation, "destroy", "wrap", "1")
    installation.cli("keys", "destroy", "wrap", "1")
    assert (installation.wrapping_keys(), installation.ring().numbers(KeyUse.WRAP)) == ([2], [2])
    assert installation.actions().count("keys.destroyed") == 1
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.assert_verifies()


@pytest.mark.usefixtures("a_colleague")
def test_a_renewal(installation: Installation) -> None:
    kill_at_each_step(installation, "rotate", "owners", "--older-than", "P0D")
    told = installation.cli.json("keys", "rotate", "owners", "--older-than", "P0D")
    assert told["broken"] == []
    for versions in installation.versions().values():
        assert versions == list(range(1, len(versions) + 1))
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.assert_verifies()
