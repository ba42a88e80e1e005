"""Rows by a day, changes that depend on what still holds, and the last question: on three databases, real ones."""

from __future__ import annotations

import contextlib
import itertools
import random
import time as time_of_process
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from privacy.errors import PrivacyError
from privacy.programme.data_map import Table
from privacy.systems import sql_database
from privacy.systems.connector import (
    CONFIRM_SECONDS,
    DayBefore,
    RowChange,
    SystemFailure,
    SystemRefused,
    SystemUnreachable,
    TableChange,
    Task,
    Verb,
    pages,
)
from privacy.systems.sql import SqlConnector
from tests.systems.test_graph import a_field

WARSAW = ZoneInfo("Europe/Warsaw")
TASK = Task(UUID(int=1), UUID(int=2))
FIELDS = ("id", "part", "born", "seen", "stamped", "written", "number")
EVENT = Table("event", None, tuple(a_field(name, primary_key=name in {"id", "part"}) for name in FIELDS), None, None)
#: What people write into a field for a day, and is none.
NO_DAYS = ("", " ", "soon", "01.02.2019", "2019", "2019-13-40", "0", "-1", "20190230", "9999", "null")


class Lab:
    """A database with one table of events."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = sa.create_engine(url, poolclass=NullPool)
        self.server = url.get_backend_name()
        metadata = sa.MetaData()
        aware = sa.DateTime(timezone=True) if self.server == "postgresql" else sa.TIMESTAMP()
        self.event = sa.Table(
            "event",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("part", sa.String(8), primary_key=True),
            sa.Column("born", sa.Date),
            sa.Column("seen", sa.DateTime),
            sa.Column("stamped", sa.String(40) if self.server == "sqlite" else aware, nullable=True),
            sa.Column("written", sa.String(40)),
            sa.Column("number", sa.Integer),
        )
        metadata.create_all(self.engine)

    def put(self, *rows: Mapping[str, Any]) -> None:
        """Rows, their fields NULL where they are not given; `stamped` is an instant."""
        with self.engine.begin() as connection:
            if self.server in {"mysql", "mariadb"}:
                connection.exec_driver_sql("SET SESSION time_zone = '+00:00'")
            for row in rows:
                given = dict.fromkeys(FIELDS) | {"part": "a", **row}
                if (stamp := given["stamped"]) is not None and self.server != "postgresql":
                    given["stamped"] = stamp.isoformat() if self.server == "sqlite" else stamp.replace(tzinfo=None)
                connection.execute(sa.insert(self.event), given)

    def ids(self) -> list[int]:
        """Those that are there."""
        with self.engine.connect() as connection:
            return list(connection.scalars(sa.select(self.event.c.id).order_by(self.event.c.id)))

    @contextlib.contextmanager
    def connect(self) -> Iterator[SqlConnector]:
        with contextlib.closing(SqlConnector("lab", self.url)) as made:
            yield made


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    if request.param == "sqlite":
        return Lab(URL.create("sqlite", database=str(tmp_path / "lab.sqlite3")))
    return Lab(request.getfixturevalue(f"{request.param}_database"))


def before(field: str, day: date) -> DayBefore:
    return DayBefore(field, day, WARSAW)


def due(connector: SqlConnector, *asked: DayBefore, limit: int = 7) -> list[int]:
    """The rows of all pages, each once and in order, as many as are counted."""
    found = [
        (row["id"], row["part"])
        for page in pages(lambda after: connector.due(EVENT, asked, after=after, limit=limit))
        for row in page.rows
    ]
    assert found == sorted(set(found))
    assert len(found) == connector.count_due(EVENT, asked)
    return [number for number, _ in found]


@pytest.mark.parametrize("field", ["born", "seen", "stamped", "written"])
def test_rows_are_found_by_the_day_that_they_hold(lab: Lab, field: str) -> None:
    day = date(2026, 3, 29)  # The clocks went forward in this night: a day of 23 hours.
    midnight = datetime.combine(day, time(0), tzinfo=WARSAW)
    around = (timedelta(days=-400), timedelta(days=-1), timedelta(seconds=-1), timedelta(0), timedelta(hours=25))
    instants = [midnight.astimezone(UTC) + step for step in around]
    made: dict[str, Any] = {
        "born": [one.astimezone(WARSAW).date() for one in instants],
        "seen": [one.astimezone(WARSAW).replace(tzinfo=None) for one in instants],
        "stamped": instants,
        "written": [one.isoformat() for one in instants],
    }
    lab.put(*({"id": number, field: value} for number, value in enumerate(made[field], 1)), {"id": 99})
    with lab.connect() as connector:
        assert due(connector, before(field, day)) == [1, 2, 3]
        assert due(connector, before(field, day + timedelta(days=1))) == [1, 2, 3, 4]
        assert due(connector, before(field, date(1990, 1, 1))) == []


def test_what_is_no_day_is_never_due(lab: Lab) -> None:
    lab.put(*({"id": number, "written": text} for number, text in enumerate(NO_DAYS)))
    lab.put({"id": 98, "written": "2019-02-01"}, {"id": 99, "written": "2026-11-22T00:30:00+05:00"})
    with lab.connect() as connector:
        assert due(connector, before("written", date(2026, 11, 22))) == [98, 99]
        assert due(connector, before("written", date(2026, 11, 21))) == [98]


def test_any_of_the_conditions_is_enough_and_pages_of_any_size_hold_each_row_once(lab: Lab) -> None:
    chance = random.Random(7)  # chooses days of made-up rows
    first = date(2020, 1, 1)
    rows: list[dict[str, Any]] = [
        {
            "id": number,
            "part": part,
            "born": first + timedelta(days=chance.randrange(900)) if chance.random() < 0.8 else None,
            "written": (first + timedelta(days=chance.randrange(900))).isoformat() if chance.random() < 0.5 else None,
        }
        for number, part in itertools.product(range(40), ("a", "b", "c"))
    ]
    lab.put(*rows)
    day = date(2021, 2, 3)
    expected = [
        row["id"]
        for row in rows
        if (row["born"] and row["born"] < day) or (row["written"] and row["written"] < day.isoformat())
    ]
    with lab.connect() as connector:
        for limit in (1, 2, 7, 119, 1_000):
            assert due(connector, before("born", day), before("written", day), limit=limit) == expected


def test_a_field_that_holds_no_day_is_refused(lab: Lab) -> None:
    with lab.connect() as connector:
        for name in ("number", "nothing", "born; DROP TABLE event"):
            with pytest.raises(SystemRefused):
                connector.due(EVENT, [before(name, date(2026, 1, 1))], limit=5)
        keyless = Table("event", None, tuple(a_field(name) for name in FIELDS), None, None)
        with pytest.raises(SystemRefused, match="tell its rows apart"):
            connector.due(keyless, [before("born", date(2026, 1, 1))], limit=5)


def deletion(*numbers: int, day: str) -> list[TableChange]:
    rows = (RowChange({"id": one, "part": "a"}, delete=True, still={"born": day}) for one in numbers)
    return [TableChange("event", tuple(rows))]


def test_a_row_whose_moment_moved_is_passed_over_and_not_counted(lab: Lab) -> None:
    lab.put(*({"id": number, "born": date(2020, 1, 1)} for number in (1, 2, 3)), {"id": 4, "born": date(2026, 1, 1)})
    with lab.connect() as connector:
        change = deletion(1, 2, 3, 4, day="2020-01-01")
        assert connector.change(TASK, Verb.ERASE, [EVENT], change).deleted == {"event": 3}
        assert lab.ids() == [4]
        assert connector.change(TASK, Verb.ERASE, [EVENT], change).deleted == {"event": 3}, "gone before is gone"
        emptied = RowChange({"id": 4, "part": "a"}, values={"born": None}, still={"born": "2026-01-01"})
        for _ in range(2):
            done = connector.change(TASK, Verb.ERASE, [EVENT], [TableChange("event", (emptied,))])
            assert done.changed == {"event": 1}
        moved = RowChange({"id": 4, "part": "a"}, values={"number": 5}, still={"born": "2026-01-01"})
        assert connector.change(TASK, Verb.ERASE, [EVENT], [TableChange("event", (moved,))]).changed == {}


@pytest.mark.parametrize("key", [("id",), ("id", "part")])
def test_more_rows_than_one_statement_has_are_changed_as_one(lab: Lab, key: tuple[str, ...]) -> None:
    """As many as no database takes the keys of at once where each is a condition of its own."""
    lab.put(*({"id": number, "born": date(2020, 1, 1), "number": 5} for number in range(1_203)))
    with lab.engine.begin() as connection:
        connection.execute(sa.update(lab.event).where(lab.event.c.id == 1_100).values(born=date(2026, 1, 1)))
    rows = [({name: {"id": number, "part": "a"}[name] for name in key}, number) for number in range(1_203)]
    emptied = tuple(RowChange(named, values={"number": None}, still={"born": "2020-01-01"}) for named, _ in rows)
    gone = tuple(RowChange(named, delete=True, still={"born": "2020-01-01"}) for named, n in rows if n != 7)
    with lab.connect() as connector:
        done = connector.change(TASK, Verb.ERASE, [EVENT], [TableChange("event", emptied)])
        assert done.changed == {"event": 1_202}
        with lab.engine.connect() as connection:
            left = connection.execute(sa.select(lab.event.c.id).where(lab.event.c.number.is_not(None))).scalars().all()
        assert left == [1_100]
        done = connector.change(TASK, Verb.ERASE, [EVENT], [TableChange("event", gone)])
        assert done.deleted == {"event": 1_201}
    assert lab.ids() == [7, 1_100]


def test_nothing_is_final_before_it_is_confirmed(lab: Lab) -> None:
    lab.put(*({"id": number, "born": date(2020, 1, 1)} for number in (1, 2, 3)))
    seen: list[list[int]] = []

    class Held(PrivacyError):
        code = "held"

    def refuse() -> None:
        seen.append(lab.ids())
        raise Held

    with lab.connect() as connector:
        with pytest.raises(Held):
            connector.change(TASK, Verb.ERASE, [EVENT], deletion(1, 2, day="2020-01-01"), confirm=refuse)
        assert lab.ids() == [1, 2, 3]
        done = connector.change(
            TASK, Verb.ERASE, [EVENT], deletion(1, 2, day="2020-01-01"), confirm=lambda: seen.append(lab.ids())
        )
    assert done.deleted == {"event": 2}
    assert seen == [[1, 2, 3], [1, 2, 3]], "asked once each time, and nobody else saw it by then"
    assert lab.ids() == [3]


#: Asks a server how many transactions of others wait in the database.
_WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND state LIKE 'idle in transaction%%'",
    "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND command = 'Sleep'",
}


@pytest.mark.parametrize("lab", ["postgresql", "mariadb"], indirect=True)
def test_a_server_gives_up_what_waits_too_long_for_its_confirmation(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is stopped after the question must not commit when it goes on, a hold may be in force by then."""
    lab.put({"id": 1, "born": date(2020, 1, 1)})
    limits = {
        "postgresql": "SET LOCAL idle_in_transaction_session_timeout = 300",
        "mariadb": "SET SESSION idle_write_transaction_timeout = 1",
    }
    server = "postgresql" if lab.server == "postgresql" else "mariadb"
    monkeypatch.setattr(sql_database, "_IDLE_LIMITS", dict.fromkeys(("postgresql", "mariadb", "mysql"), limits[server]))
    with contextlib.suppress(KeyError):
        monkeypatch.setattr(sql_database, "CONFIRM_SECONDS", 3_600)  # The service's own look at its clock is off.

    def wait_until_given_up() -> None:
        with lab.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            assert connection.exec_driver_sql(_WAITING[server]).scalar() == 1
            while connection.exec_driver_sql(_WAITING[server]).scalar():
                pass

    with lab.connect() as connector, pytest.raises(SystemFailure):
        connector.change(TASK, Verb.ERASE, [EVENT], deletion(1, day="2020-01-01"), confirm=wait_until_given_up)
    assert lab.ids() == [1]


def test_a_confirmation_that_took_long_is_none(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.put({"id": 1, "born": date(2020, 1, 1)})
    ticks = iter((0.0, CONFIRM_SECONDS))
    with lab.connect() as connector:
        monkeypatch.setattr(time_of_process, "monotonic", lambda: next(ticks))
        with pytest.raises(SystemUnreachable, match="too long"):
            connector.change(TASK, Verb.ERASE, [EVENT], deletion(1, day="2020-01-01"), confirm=lambda: None)
        monkeypatch.undo()
    assert lab.ids() == [1]
