"""Attacks by addresses that look like another's: wildcards, tags, nothing at all, letters of other alphabets."""

from __future__ import annotations

import pytest

from privacy.dsar.execution import finding
from privacy.systems.sql_finding import Wanted
from tests.dsar.attacks.scene import ANNA, EVE, Scene, canaries_in, unzipped
from tests.dsar.attacks.test_sessions import answered_access, in_session

#: Rows of other people's, or nobody's, in a system; none of them is Anna.
FOREIGN: tuple[str | None, ...] = (
    *("anna+offers@example.com", "anna@example.com ", " anna@example.com", "anna@example.com.", "a.nna@example.com"),
    *("\u0430nna@example.com", "\uff41nna@example.com", "anna@ex\u0430mple.com", "an\u200bna@example.com"),
    *("anna\u00ad@example.com", "\u00e1nna@example.com", "ann\u0251@example.com", "anna\uff20example.com"),
    *("%", "%@example.com", "_nna@example.com", "*", "anna%", "'anna@example.com'", "", " ", "null", "NULL", None),
)
#: Addresses that mail allows, and that a search by likeness would take for many.
WILD = (
    "%@example.com",
    "_nna@example.com",
    "an%@example.com",
    "*@example.com",
    "a?na@example.com",
    "anna+x@example.com",
)


def test_a_package_holds_no_row_of_a_look_alike(scene: Scene) -> None:
    members = [(1000 + number, email, f"FOREIGN-{number}", 0) for number, email in enumerate(FOREIGN)]
    scene.shops.put("crm", {"member": members})
    scene.shops.put("shop", {"customer": [(1000 + row[0], None, *row[1:3], None, 0) for row in members]})
    scene.before = scene.shops.everything()
    request_id = answered_access(scene)
    package = in_session(scene, request_id, ANNA["email"]).fetch(request_id).get_data()
    scene.heard.clear()
    assert canaries_in(package)
    assert b"FOREIGN" not in b"".join(unzipped(package).values())
    scene.judge()


def test_an_erasure_of_a_wildcard_reaches_nobody(scene: Scene) -> None:
    opened = []
    for email in WILD:
        body = {"type": "erasure", "intake": "portal", "subject": {"email": email}}
        answer = scene.portal.post("/requests", body)
        assert answer.status_code in {201, 422}, email
        opened += [answer.get_json()["id"]] if answer.status_code == 201 else []
    assert len(opened) > 3
    for request_id in opened:
        # Staff believe it, and let it run to its end.
        scene.identify(request_id, confirmed=["email"])
        scene.step(request_id, "grant")
    scene.later(hours=73)
    for request_id in opened:
        tasks = scene.staff.get(f"/requests/{request_id}/tasks").get_json()["tasks"]
        assert tasks
        assert all(task["found"] == 0 for task in tasks)
    scene.judge(also="example.com")


def test_a_tag_of_ones_own_mailbox_is_nobody_elses(scene: Scene) -> None:
    # Eve's provider takes any tag; ours takes it for another person, and sends no code for Anna there.
    tagged = {"email": "eve+anna@example.org"}
    request_id = scene.open("access", {**tagged, "customer_id": ANNA["customer_id"]})
    eve = scene.stranger()
    eve.ask_code(request_id)
    assert scene.code_in(tagged["email"], request_id) is None
    assert scene.code_in(EVE["email"], request_id) is None
    assert not eve.enter(request_id, "00000000")
    scene.judge()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_searched_by_likeness_the_attack_succeeds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wanted, "condition", lambda one, *_: one.held.column.is_distinct_from("eve@example.org"))
    monkeypatch.setattr(Wanted, "text_of", lambda one, _value: one.texts[0])
    monkeypatch.setattr(finding, "matching", lambda _table, _keys, rows: tuple(rows))
    with pytest.raises(AssertionError):
        test_an_erasure_of_a_wildcard_reaches_nobody(scene)
