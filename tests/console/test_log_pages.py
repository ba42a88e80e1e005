"""The log on pages: the newest first, place by place, with proofs that hold here and for a stranger."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from privacy.audit import newest, privacy_verify
from privacy.audit import service as audit
from privacy.audit.service import EventFilter
from privacy.db import db
from tests.callers import Service, a_give
from tests.console.office import Browser, hired

pytestmark = pytest.mark.usefixtures("frozen")
ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
_EVENT = re.compile(r'href="(/console/log/events/[0-9a-f-]{36})">([\d,]+)</a>')


def inside(service: Service, role: str = "dpo") -> Browser:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app, role.replace("_", ""), role), later=1)
    return browser


def test_the_log_read_from_its_end_is_the_log(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.caller().record(a_give())
    service.publish(tmp_path)
    filters = (
        EventFilter(),
        EventFilter(action="consent."),
        EventFilter(object_type="consent_act"),
        EventFilter(actor_kind="client"),
        EventFilter(since=0, until=2**52),
        EventFilter(since=2**52),
    )

    def both(wanted: EventFilter) -> tuple[list[object], list[object]]:
        forth = [row for part in audit.scan(wanted) for row in part.rows if row.sequence_number is not None]
        back = [row for part in newest.scan_back(wanted) for row in part.rows]
        return list(forth), list(reversed(back))

    with service.app.app_context():
        for window in (1_000, 3):
            for wanted in filters:
                forth, back = both(wanted)
                assert forth == back
            assert both(filters[3])[0]
            monkeypatch.setattr(newest, "WINDOW", 3)
            monkeypatch.setattr("privacy.audit.reading._FEW", -1)
            assert window
        db.session.remove()


@ON_ONE
def test_events_stand_newest_first_page_by_page(service: Service, tmp_path: Path) -> None:
    service.caller().record(a_give())
    service.publish(tmp_path)
    browser = inside(service)
    page = browser.look("/log").text
    first = [int(place.replace(",", "")) for _, place in _EVENT.findall(page)]
    assert first == sorted(first, reverse=True)
    assert len(re.findall('data-head="When"', page)) == 50
    older = re.search(r'href="(/console/log\?[^"]*before=\d+)">Older events', page)
    assert older
    second = browser.web.get(older[1].replace("&amp;", "&"), headers={"Accept-Language": "en"}).text
    assert max(int(place.replace(",", "")) for _, place in _EVENT.findall(second)) == first[-1] - 1
    narrowed = browser.look("/log?action=consent.&actor=client&from=2026-01-01&to=2026-12-31").text
    actions = set(re.findall(r'data-head="What happened">([^<]+)<', narrowed))
    assert actions
    assert all(one.startswith("consent.") for one in actions)
    assert 'value="2026-01-01"' in narrowed
    rows = browser.look("/log?action=consent.&as=csv").data.decode("utf-8-sig")
    assert rows.splitlines()[0] == "Place,When,What happened,Who,About,Body"
    for odd in (
        "?before=x",
        "?before=99999999999999999999",
        "?from=yesterday",
        "?action=%3Cscript%3E",
        "?to=9999-12-31",
    ):
        assert browser.look(f"/log{odd}").status_code == 200


@ON_ONE
def test_an_event_is_proved_on_the_spot_and_to_a_stranger(service: Service, tmp_path: Path) -> None:
    service.caller().record(a_give())
    service.publish(tmp_path)
    browser = inside(service)
    address, _ = _EVENT.findall(browser.look("/log?action=consent.").text)[0]
    page = browser.look(address.removeprefix("/console")).text
    assert "Checked just now: it stands in the log" in page
    assert "The body is the one to which the leaf commits." in page
    file = tmp_path / "proof.json"
    file.write_bytes(browser.look(f"{address.removeprefix('/console')}/proof").data)
    keys = json.loads(browser.web.get("/.well-known/privacy-keys.json").data)
    command = [sys.executable, "-I", str(privacy_verify.__file__), str(file), "--key", keys["keys"][0]["key"]]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0

    state = browser.look("/log/checkpoint").text
    assert "Never yet" in state
    size = re.search(r'<option value="(\d+)"', state)
    assert size
    compared = browser.look(f"/log/checkpoint?old={size[1]}").text
    assert "the newest state begins with it" in compared
    assert browser.look(f"/log/consistency?old={size[1]}").json["kind"] == "consistency-proof"  # type: ignore[index]
    for odd in ("/log/consistency", "/log/consistency?old=x", "/log/consistency?old=999999"):
        assert browser.look(odd).status_code == 404
    assert browser.look(f"/log/events/{'0' * 8}-0000-7000-8000-{'0' * 12}").status_code == 404


@ON_ONE
def test_what_was_verified_is_told_and_who_may_not_read_sees_nothing(service: Service, tmp_path: Path) -> None:
    from privacy.console.installation import installation
    from privacy.evidence.verified import Verified, VerifiedFile

    service.publish(tmp_path)
    with service.app.app_context():
        file = VerifiedFile(installation().verified_path)
        file.write(Verified(audit.origin(), 5, b"r"))
        db.session.remove()
    browser = inside(service)
    assert "Verified without a finding" in browser.look("/log/checkpoint").text
    admin = inside(service, "administrator")
    assert admin.look("/log").status_code == admin.look("/log/checkpoint").status_code == 403


@ON_ONE
def test_the_proof_of_something_else_is_refused(service: Service, tmp_path: Path) -> None:
    from privacy.audit.self_check import CommitmentBroken
    from privacy.errors import VerificationError

    service.publish(tmp_path)
    with service.app.app_context():
        first = next(row for part in audit.scan(EventFilter()) for row in part.rows)
        proof = audit.inclusion_proof(first.event_id)
        assert audit.check_inclusion(proof).with_body
        event = proof["event"]
        with pytest.raises(CommitmentBroken):
            audit.check_inclusion(proof | {"event": event | {"body": event["body"] | {"action": "x.y"}}})
        with pytest.raises(VerificationError):
            audit.check_inclusion(proof | {"event": event | {"index": event["index"] + 1}})
        with pytest.raises(VerificationError):
            audit.check_inclusion(proof | {"checkpoint": proof["checkpoint"].replace("\n", "\n1", 1)})
        db.session.remove()


@ON_ONE
def test_settings_show_what_they_are_and_no_secret(service: Service) -> None:
    from config import setting_names
    from privacy.console.setting_words import GROUPS

    admin = inside(service, "administrator")
    page = admin.look("/settings").text
    explained = {name for _, meanings in GROUPS for name in meanings}
    assert set(setting_names()) <= explained
    for name in setting_names():
        assert f"<code>{name}</code>" in page
    with service.app.app_context():
        url = str(db.engine.url.render_as_string(hide_password=False))
        db.session.remove()
    assert url not in page
    assert "sqlite:" not in page
    assert "signs the log and receipts" in page
    agent = inside(service, "agent")
    assert agent.look("/settings").status_code == 403
