"""Somebody puts a backup back from before an erasure: whoever was erased is in no answer, package or search."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Config
from privacy.db import db
from tests.callers import Service
from tests.dsar.attacks.scene import ANNA, CANARIES, EVE, Scene, a_scene, canaries_in
from tests.dsar.attacks.test_sessions import answered_access, in_session
from tests.dsar.shops import Shops
from tests.recovery.conftest import installed, target  # noqa: F401  # the fixtures
from tests.recovery.desk import backed_up
from tests.recovery.drill import Drill


@pytest.mark.timeout(600)
def test_a_backup_from_before_an_erasure_brings_nobody_back(
    installed: Service,  # noqa: F811
    config: Config,
    target: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    before = a_scene(installed, tmp_path)
    erasure = before.open("erasure", ANNA)
    before.identify(erasure)
    drill = Drill(installed, config, target, before.portal)
    drill.catch_up()
    backed_up(installed.app, config)
    # It was held then: an access would have had it.
    control = answered_access(before)
    mine = in_session(before, control, ANNA["email"]).fetch(control).get_data()
    assert set(canaries_in(mine)) == set(CANARIES)
    before.step(erasure, "grant")
    before.later(hours=73)
    assert before.now(erasure)["state"] == "answered"
    assert not before.is_on_file(before.anna)
    drill.catch_up()

    shown = drill.restore()

    assert shown["released"], shown
    assert shown["replayed"]["erased"] == 1
    with drill.restored() as there:
        after = _the_same(before, there)
        assert not after.is_on_file(after.anna)
        assert after.is_on_file(after.eve)
        # The search of staff, and the request of back then, which finds nobody to identify.
        found = after.staff.post("/requests/search", {"subject": ANNA})
        assert found.status_code == 200, found.text
        assert found.get_json()["requests"] == []
        # Whoever asks as her, even believed, is handed nothing.
        request_id = after.open("access", {"email": ANNA["email"]})
        stranger = after.stranger()
        stranger.ask_code(request_id)
        assert after.code_in(ANNA["email"], request_id) is None
        after.identify(request_id, confirmed=["email"])
        after.answered(request_id)
        tasks = after.staff.get(f"/requests/{request_id}/tasks").get_json()["tasks"]
        assert tasks
        assert {task["found"] for task in tasks} <= {0, None}
        assert stranger.fetch(request_id).status_code == 401
        # Eve is answered as before, about herself alone.
        eves = answered_access(after, EVE)
        assert not canaries_in(in_session(after, eves, EVE["email"]).fetch(eves).get_data())
        assert not after.portal.check({"email": ANNA["email"]})["allowed"]


def _the_same(before: Scene, there: Service) -> Scene:
    """The shop as it was, with the service as it was restored."""
    with there.app.app_context():
        db.session.remove()
    shops = Shops(before.shops.folder, there.app)
    return Scene(
        *(there, shops, there.caller(), there.staff(), there.staff(), before.anna, before.eve, shops.everything())
    )
