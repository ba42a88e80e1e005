"""Two hundred markers through every journey, then a hunt through all that is left: nothing stands in the clear."""

from __future__ import annotations

import base64
import contextlib
import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from privacy.db import engine_url
from tests import postgres
from tests.canaries import markers
from tests.canaries.hunt import Hunt, encodings
from tests.canaries.request_journeys import JOURNEYS
from tests.canaries.town import Town, a_town, settings
from tests.databases import KINDS, Database
from tests.outbox.relay import Relay

PEOPLE = markers.people()
#: Where something of a person may stand in the clear, and why. Nothing else may.
JUSTIFIED = {
    "*/requested/*": "what an operator asked to be written, or brought: exports, bundles, the file of an import",
    "*/var/first-key": "the first key, for its owner to take away (mode 0600)",
    "*/var/curl-header": "the same key, as the line of the first request reads it (mode 0600)",
    "*/root-key": "the root key of the provider `file` (mode 0600); PRIVACY_KEYS_PROVIDER moves it elsewhere",
    "*/var/imports/rejects-*.csv": "rows that an import at the command line could not take (mode 0600), to be mended",
}


@pytest.fixture(params=KINDS, scope="module")
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Town, Path | None]]:
    """A service as processes; on PostgreSQL with a server of its own, whose files are looked through."""
    folder = tmp_path_factory.mktemp("town")
    with contextlib.ExitStack() as stack:
        url, target, files = f"sqlite:///{folder}/var/privacy.sqlite3", f"sqlite:///{folder}/restored.sqlite3", None
        if request.param == "postgresql":
            if "TEST_DATABASE_URL" in os.environ:
                pytest.skip("the files of that server can't be read")
            server = engine_url(stack.enter_context(postgres.server()))
            files = Path(str(server.query["host"]))
            url, target = (_made(server, name) for name in ("canaries", "restored"))
        relay = stack.enter_context(Relay(tmp_path_factory.mktemp("relay")))
        environ = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in settings(folder, url, relay).items():
            environ.setenv(name, value)
        yield stack.enter_context(a_town(folder, Database(request.param, url), target, PEOPLE, relay)), files


def _made(server: sa.URL, name: str) -> str:
    engine = sa.create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


def test_there_are_two_hundred_markers_and_each_is_unique() -> None:
    every = [text for person in PEOPLE for text in person.markers.values()]
    assert len(every) == len(set(every)) == 200
    assert not [one for one in every for other in every if one != other and one in other]


@pytest.mark.timeout(900)
def test_nothing_of_anybody_stands_anywhere_in_the_clear(town: tuple[Town, Path | None]) -> None:
    here, server = town
    for journey in JOURNEYS:
        journey(here)
        here.remember_keys()  # Some are gone after the next one, and must be gone everywhere.
    here.look_at_the_service()
    assert len(here.secrets) > len(PEOPLE)
    texts = {text for person in PEOPLE for text in person.markers.values()} | set(here.keys)
    hunt = Hunt(texts, here.secrets)
    running = here.places(server)  # With a journal or WAL beside the database.
    assert {name.split(" of ")[0] for name in running} >= {"cmdline", "environ"}
    here.service.stop()
    found = _unjustified(hunt, running) | _unjustified(hunt, here.places(server))
    assert found == {}
    requested = b"".join(data for name, data in running.items() if "/requested/" in name)
    assert hunt.find(requested), "the hunt must find what was asked for, or it finds nothing at all"
    assert {path.stat().st_mode & 0o077 for path in here.service.data_dir.rglob("*") if path.is_file()} == {0}


def _unjustified(hunt: Hunt, places: dict[str, bytes]) -> dict[str, set[bytes]]:
    return {
        name: found
        for name, data in places.items()
        if not any(fnmatch.fnmatch(name, pattern) for pattern in JUSTIFIED) and (found := hunt.find(data))
    }


@pytest.mark.parametrize("kind", PEOPLE[0].markers)
def test_the_hunt_finds_every_kind_of_marker_in_every_encoding(kind: str) -> None:
    text = PEOPLE[0].markers[kind]
    hunt = Hunt([text])
    for coded in encodings(text):
        for before in (b"", b"x" * 7, b"\0" * 300):
            assert hunt.find(before + coded + b"\0" * 40 + b"xyz"), coded
    assert not hunt.find(PEOPLE[1].markers[kind].encode())


def test_the_hunt_finds_a_key_however_it_is_written() -> None:
    key = bytes(range(100, 132))
    hunt = Hunt([], [key])
    for written in (key, key.hex().encode(), base64.b64encode(b"a" + key), base64.urlsafe_b64encode(b"ab" + key)):
        assert hunt.find(b"beside " + written + b" it")


def test_a_leak_is_found_in_every_kind_of_place(town: tuple[Town, Path | None]) -> None:
    here, server = town
    marker = PEOPLE[19].email
    hunt = Hunt([marker])
    here.folder.joinpath("tmp", "left-behind").write_text(marker)
    with here.folder.joinpath("log").open("a") as log:
        log.write(marker)
    engine = here.database.engine()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE leak AS SELECT '{marker}' AS told")
    with engine.begin() as connection:
        if server is None:
            connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        connection.exec_driver_sql("DELETE FROM leak")  # The row is gone, and its bytes are not.
    engine.dispose()
    here.tried("check", "--purpose", marker, "--customer-id", "x")
    found = set(_unjustified(hunt, here.places(server)))
    wanted = ["*/tmp/left-behind", "*/log", "cmdline of check*"]
    wanted += ["*/data/pg_wal/*", "*/data/base/*", "*/log"] if server else ["*/privacy.sqlite3*"]
    assert [pattern for pattern in wanted if not fnmatch.filter(found, pattern)] == []
