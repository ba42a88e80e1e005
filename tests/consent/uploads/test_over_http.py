"""An import over HTTP: asked for, sent, watched, ended; and who may do which of it when."""

from __future__ import annotations

import csv
import io
import stat

import pytest

from privacy.audit import service as audit
from privacy.authz.actors import Realm
from privacy.consent.uploads.heartbeat import Heartbeat
from privacy.db import db, session
from tests.callers import Caller, Service
from tests.canaries.hunt import Hunt, canaries, files_below, tables_of
from tests.consent.importing.exports import Export, a_dirty_export
from tests.consent.uploads.desk import WANTED, a_small_export, created, queued, sent, shown, store_of, work, zipped

COUNTS = {"acts_recorded": 3, "acts_known": 0, "rejected": 1, "suppressed": 1, "permissions_gained": 1}


def actions(service: Service) -> list[str]:
    with service.app.app_context():
        found = [action for action in audit.actions_since(session(), None) if action.startswith("import.")]
        db.session.remove()
    return found


def rejected_rows(caller: Caller, import_id: str) -> list[dict[str, str]]:
    answer = caller.get(f"/imports/{import_id}/rejects")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_asked_for_sent_done_and_its_rejects_fetched(service: Service) -> None:
    caller = service.caller()
    made = created(caller)
    assert (made["state"], made["file_name"], made["profile"]) == ("awaiting_upload", WANTED["file_name"], "mailchimp")
    content = zipped(a_small_export())
    waiting = sent(caller, made["id"], content).get_json()
    assert (waiting["state"], waiting["bytes"], waiting["percent"]) == ("queued", len(content), 0)
    assert work(service.app) == 1
    done = shown(caller, made["id"])
    assert (done["state"], done["percent"], done["problem"], done["has_rejects"]) == ("done", 100, None, True)
    assert done["counts"].items() >= COUNTS.items()
    assert done["created_at"] <= done["uploaded_at"] <= done["started_at"] <= done["finished_at"]
    asked = {"purpose": "newsletter", "channel": "email"}
    assert caller.check({"email": "ewa@example.com"}, **asked)["allowed"]
    assert caller.check({"email": "jan@example.com"}, **asked)["reason"] == "withdrawn"
    (row,) = rejected_rows(caller, made["id"])
    assert (row["file"], row["line"], row["field"]) == ("subscribed_members_export.csv", "3", "Email Address")
    assert actions(service) == ["import.created", "import.uploaded", "import.finished"]
    assert [found["id"] for found in caller.get("/imports").get_json()["imports"]] == [made["id"]]


def test_one_file_without_an_archive_is_taken_too(service: Service) -> None:
    caller = service.caller()
    content = a_small_export().text("subscribed").encode()
    one = queued(caller, content, file_name="subscribed_members_export.csv")
    work(service.app)
    assert shown(caller, one)["counts"]["acts_recorded"] == 2


def test_a_dry_run_writes_nothing_and_counts_the_same(service: Service) -> None:
    caller, content = service.caller(), zipped(a_small_export())
    dry = queued(caller, content, dry_run=True)
    work(service.app)
    assert not caller.check({"email": "ewa@example.com"}, purpose="newsletter", channel="email")["allowed"]
    real, again = queued(caller, content), queued(caller, content)
    assert work(service.app) == 2
    counts = [shown(caller, found)["counts"] for found in (dry, real, again)]
    assert counts[0] == counts[1]
    assert (counts[2]["acts_recorded"], counts[2]["acts_known"]) == (0, 3)


def test_nothing_of_a_file_is_readable_anywhere(service: Service, tmp_path_factory: pytest.TempPathFactory) -> None:
    export = a_dirty_export(60)
    folder = export.write(tmp_path_factory.mktemp("export"))
    hunt = Hunt(canaries(folder))
    caller = service.caller()
    one = queued(caller, zipped(export.subscribed("zofia(at)example.com")), file_name="zofia.brzeczyszczykiewicz.zip")
    with service.app.app_context():
        service_url = db.engine.url.render_as_string(hide_password=False)
    store, name = store_of(service.app), next(store_of(service.app).names())
    file = store.folder / str(name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    data_dir = store.folder.parent.parent
    for step in ("uploaded", "done"):
        # On SQLite the database is a file beside the data folder.
        places = files_below(data_dir.parent)
        if service_url.startswith("postgresql"):
            places |= tables_of(service_url)
        for place, found in places.items():
            assert not hunt.find(found), (step, place)
            assert b"brzeczyszczykiewicz" not in found, (step, place)
        work(service.app)
    assert shown(caller, one)["has_rejects"]
    assert not file.exists(), "the upload goes once it was imported"
    assert [found.import_id for found in store.names()] == [name.import_id]


def test_a_client_sees_its_own_and_staff_see_all_of_the_realm(service: Service) -> None:
    mine, other, test = service.caller(), service.caller(), service.caller(realm=Realm.TEST)
    one = queued(mine, zipped(a_small_export()))
    work(service.app)
    for stranger in (other, test):
        assert stranger.get("/imports").get_json() == {"imports": []}
        for method, path in (
            ("GET", f"/imports/{one}"),
            ("GET", f"/imports/{one}/rejects"),
            ("DELETE", f"/imports/{one}"),
        ):
            assert stranger.send(method, path).get_json()["type"] == "/problems/import-not-found"
        assert sent(stranger, one, b"x").status_code == 404
    assert shown(service.staff(), one)["state"] == "done"
    assert len(rejected_rows(mine, one)) == 1


def test_a_test_key_imports_into_the_test_realm(service: Service) -> None:
    live, test = service.caller(), service.caller(realm=Realm.TEST)
    queued(test, zipped(a_small_export()))
    work(service.app)
    ewa = {"email": "ewa@example.com"}
    assert test.check(ewa, purpose="newsletter")["allowed"]
    assert live.check(ewa, purpose="newsletter")["reason"] == "no_record"


def test_a_file_comes_once_and_in_time(service: Service) -> None:
    caller, content = service.caller(), zipped(a_small_export())
    one = queued(caller, content)
    for state in ("queued", "done"):
        answer = sent(caller, one, content)
        assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/import-not-awaiting-upload")
        assert answer.get_json()["state"] == state
        work(service.app)
    cancelled = created(caller)["id"]
    assert caller.send("DELETE", f"/imports/{cancelled}").get_json()["state"] == "cancelled"
    assert sent(caller, cancelled, content).status_code == 409
    assert len(list(store_of(service.app).names())) == 1, "only the rejects of the first"


def test_a_file_that_is_too_long_or_empty_is_refused_and_leaves_nothing(service: Service) -> None:
    caller, store = service.caller(), store_of(service.app)
    one = created(caller)["id"]
    store.longest = 3_000_000  # More than other bodies may have.
    assert sent(caller, one, b"x" * 3_000_001).get_json()["type"] == "/problems/content-too-large"
    assert sent(caller, one, b"").get_json()["errors"] == {"body": ["The file is empty."]}
    wrong = caller.send("PUT", f"/imports/{one}/file", b"x", Content_Type="text/csv")
    assert wrong.status_code == 415
    assert list(store.folder.iterdir()) == []
    assert shown(caller, one)["state"] == "awaiting_upload"
    assert sent(caller, one, b"x" * 3_000_000).status_code == 200


def test_what_cannot_be_meant_is_refused_before_there_is_a_file(service: Service) -> None:
    caller = service.caller()
    for changes, field, known in (
        ({"profile": "nothing"}, "profile", "mailchimp"),
        ({"profile": None}, "profile", "profile_yaml"),
        ({"profile_yaml": "name: x"}, "profile", "profile_yaml"),
        ({"purpose": "nothing"}, "purpose", "newsletter"),
        ({"wording": {"code": "nothing"}}, "wording", "newsletter"),
        ({"wording": {"code": "newsletter", "version": "99"}}, "wording", "1"),
        ({"purpose": None}, "purpose", "needs it"),
        ({"profile": "suppression"}, "purpose", "Leave it out"),
        ({"file_name": "../passwd"}, "file_name", ""),
        ({"file_name": ""}, "file_name", ""),
    ):
        errors = caller.post("/imports", WANTED | changes).get_json()["errors"]
        assert list(errors) == [field]
        assert known in errors[field][0]
    assert caller.get("/imports").get_json() == {"imports": []}


@pytest.mark.parametrize("content", [b"PK\x03\x04 rubbish", b"\x00\xff" * 500, b"a,b,c\n1,2,3\n"])
def test_a_damaged_file_fails_with_a_problem_that_says_what_to_do(service: Service, content: bytes) -> None:
    caller = service.caller()
    one = queued(caller, content)
    work(service.app)
    failed = shown(caller, one)
    assert (failed["state"], failed["counts"], failed["has_rejects"]) == ("failed", None, False)
    assert failed["problem"]
    assert actions(service)[-1] == "import.failed"
    assert list(store_of(service.app).names()) == []


def test_a_stored_file_that_was_changed_fails_and_imports_nothing(service: Service) -> None:
    caller, store = service.caller(), store_of(service.app)
    one = queued(caller, zipped(a_small_export()))
    (name,) = store.names()
    path = store.folder / str(name)
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(sealed)
    work(service.app)
    assert "damaged" in shown(caller, one)["problem"]
    assert not caller.check({"email": "ewa@example.com"}, purpose="newsletter")["allowed"]


def test_cancelled_and_forgotten_once(service: Service) -> None:
    caller, content = service.caller(), zipped(a_small_export())
    waiting, done = queued(caller, content), queued(caller, content)
    for _ in range(2):
        answer = caller.send("DELETE", f"/imports/{waiting}")
        assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    assert work(service.app) == 1
    assert len(list(store_of(service.app).names())) == 1
    for _ in range(2):
        forgotten = caller.send("DELETE", f"/imports/{done}").get_json()
        assert (forgotten["state"], forgotten["has_rejects"], forgotten["file_name"]) == ("done", False, None)
    assert caller.get(f"/imports/{done}/rejects").get_json()["type"] == "/problems/rejects-not-found"
    assert list(store_of(service.app).names()) == []
    assert actions(service)[4:] == ["import.cancelled", "import.finished", "import.rejects_deleted"]


def test_asking_again_with_one_key_makes_one_import(service: Service) -> None:
    caller = service.caller()
    first, second = (caller.post("/imports", WANTED, Idempotency_Key='"once"').get_json() for _ in range(2))
    assert first == second
    assert len(caller.get("/imports").get_json()["imports"]) == 1


def test_no_read_stays_open_while_files_are_read(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite it would keep every writer out, for as long as a large file takes."""
    seen: list[tuple[str, bool]] = []
    progress = Heartbeat.progress

    def watched(self: Heartbeat, stage: str, done: int, of: int) -> None:
        seen.append((stage, session().in_transaction()))
        progress(self, stage, done, of)

    monkeypatch.setattr(Heartbeat, "progress", watched)
    queued(service.caller(), zipped(a_small_export()))
    assert work(service.app) == 1
    assert ("Reading", False) in seen
    assert not any(open_read for _, open_read in seen), seen


def test_rejects_are_one_file_whatever_stands_in_them(service: Service) -> None:
    """Hundreds of rows over several frames, a formula among them."""
    export = Export()
    for number in range(3_000):
        export.subscribed(f"=osoba{number}(at)example.com", "2024-01-01 10:00:00")
    caller = service.caller()
    one = queued(caller, zipped(export))
    work(service.app)
    rows = rejected_rows(caller, one)
    assert [row["line"] for row in rows] == [str(number) for number in range(2, 3_002)]
    assert not any(value.startswith("=") for row in rows for value in row.values())
