"""`retention_preview`, `retention_run`: a tenth of a system's customers due, beside the same statements by hand."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from bench import checks, load
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.serving import ROOT, end, environment, service
from bench.sizes import Size
from config import example_programme
from privacy.authz.actors import OPERATOR
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.db import end_read, unit_of_work
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.runs.counting import Counts
from privacy.retention.service import Chosen, RunView
from privacy.systems import service as systems

#: One row of so many is due.
_DUE_OF = 10
_AT_ONCE = 20_000
#: Rows of one statement by hand: as many as a batch of a run has at most.
_BATCH = 4_000
_LONG_AGO, _LATELY = date(2015, 1, 1), date(2026, 1, 1)
_SYSTEM = "bench"
#: A run alone, one whose worker's memory is taken, one beside checks; and what goes by hand.
_ALONE, _WORKED, _BESIDE, _BY_HAND = "alone", "worked", "beside", "by_hand"
_TABLES = (_ALONE, _WORKED, _BESIDE, _BY_HAND)
_OF_THE_EXAMPLE = frozenset({"trigger", "covers", "approvals", "fields", "financial_year_ends", "action", "warning"})


class RunFailed(Exception):
    """A run did not come to its end."""


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """On every database at hand, which then is the connected system's too."""
    for kind in site.kinds:
        with site.place(kind) as place, _database(site, kind) as url:
            _fill(url, size.customers)
            _put_in_force(place, url)
            yield from _alone(place, url, size.customers)
            yield _memory(place, kind)
            yield _beside_checks(place, size)


@contextlib.contextmanager
def _database(site: Site, kind: str) -> Iterator[URL]:
    with contextlib.ExitStack() as stack:
        if kind == "postgresql":
            yield stack.enter_context(site.postgresql())
        else:
            folder = stack.enter_context(TemporaryDirectory(prefix="privacy-bench-"))
            url = URL.create("sqlite", database=f"{folder}/system.sqlite3")
            with sa.create_engine(url, poolclass=NullPool).begin():
                yield url


def _fill(url: URL, rows: int) -> None:
    """Every table with as many customers, of whom a tenth left long ago."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for name in _TABLES:
            connection.exec_driver_sql(
                f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, email VARCHAR(80), name VARCHAR(80), left_on DATE)"
            )
    for name in _TABLES:
        target = sa.table(name, *(sa.column(one) for one in ("id", "email", "name")), sa.column("left_on", sa.Date))
        for start in range(0, rows, _AT_ONCE):
            with engine.begin() as connection:
                made = [_customer(n) for n in range(start, min(start + _AT_ONCE, rows))]
                connection.execute(target.insert(), made)
    if url.get_backend_name() == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _customer(number: int) -> dict[str, object]:
    left = (_LATELY if number % _DUE_OF else _LONG_AGO) + timedelta(days=number % 200)
    return {"id": number, "email": f"p{number}@firma.example", "name": f"Jan {number}", "left_on": left}


def _put_in_force(place: Place, url: URL) -> None:
    """A programme whose one system this is, with a rule for each table that a run disposes of."""
    example = dict(programmes.read(example_programme().read_bytes()).content)
    rules = [{k: v for k, v in rule.items() if k not in _OF_THE_EXAMPLE} for rule in example["retention_rules"]]
    words = dict.fromkeys(example["jurisdiction"]["locales"], "from leaving")
    rules += [
        {
            "code": f"{_SYSTEM}_{name}",
            "period": "P5Y",
            "starts": words,
            "statute": "GDPR art. 5(1)(e)",
            "trigger": "account_closed",
            "covers": {"data_sets": [name]},
            "approvals": 0,
        }
        for name in _TABLES[:-1]
    ]
    system = {
        "code": _SYSTEM,
        "names": words,
        "connector": "sql",
        "controllers": [example["controllers"][0]["code"]],
        "data_sets": list(_TABLES[:-1]),
    }
    ours = {"retention_rules": rules, "systems": [system], "data_sets": [_data_set(name) for name in _TABLES[:-1]]}
    rest = programmes.Document({name: value for name, value in example.items() if name not in ours})
    text = programmes.write(rest) + yaml.safe_dump(ours, allow_unicode=True, sort_keys=False)
    with opened(place.config), unit_of_work():
        programmes.apply(programmes.read(text.encode()), actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
        secret = {"url": url.render_as_string(hide_password=False)}
        systems.put_connection(_SYSTEM, secret, actor=OPERATOR)


def _data_set(table: str) -> dict[str, object]:
    fields = [
        {"name": "id", "data_categories": ["user.unique_id"], "fides_meta": {"primary_key": True}},
        {"name": "email", "data_categories": ["user.contact.email"], "fides_meta": {"identity": "email"}},
        {"name": "name", "data_categories": ["user.name"]},
        {"name": "left_on", "privacy": {"moments": ["account_closed"]}},
    ]
    collection = {"name": table, "privacy": {"on_erasure": "delete_row"}, "fields": fields}
    return {"fides_key": table, "name": table, "collections": [collection]}


def _alone(place: Place, url: URL, rows: int) -> Iterator[Figure]:
    """Rows counted, and rows deleted and read again, in a second."""
    counted, deleted = _by_hand(url)
    due = -(-rows // _DUE_OF)
    with opened(place.config):
        began = time.perf_counter()
        run = _prepared(_ALONE)
        retention.run_disposals(contextlib.nullcontext)
        previewed = time.perf_counter() - began
        began = time.perf_counter()
        with unit_of_work():
            retention.start_run(run, actor=OPERATOR)
        retention.run_disposals(contextlib.nullcontext)
        carried_out = time.perf_counter() - began
        _ensure_done(retention.view_run(run), due)
        end_read()
    yield figure("retention_preview", place.kind, due / previewed, "rows/s", ("SELECT count(*)", due / counted))
    yield figure("retention_run", place.kind, due / carried_out, "rows/s", ("the same DELETEs", due / deleted))


def _by_hand(url: URL) -> tuple[float, float]:
    """Seconds to count what is due, and to delete it in statements of as many rows as a batch has, each final."""
    engine = sa.create_engine(url, poolclass=NullPool)
    table = sa.table(_BY_HAND, sa.column("id"), sa.column("left_on", sa.Date))
    due = table.c.left_on < _LATELY
    with engine.connect() as connection:
        began = time.perf_counter()
        connection.scalar(sa.select(sa.func.count()).select_from(table).where(due))
        counted = time.perf_counter() - began
        connection.rollback()
        began, last = time.perf_counter(), -1
        page = sa.select(table.c.id).where(due, table.c.id > sa.bindparam("last")).order_by(table.c.id).limit(_BATCH)
        while ids := list(connection.scalars(page, {"last": last})):
            connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
            connection.commit()
            last = ids[-1]
        return counted, time.perf_counter() - began


def _prepared(table: str) -> UUID:
    with unit_of_work():
        return retention.prepare_run(Chosen(rules=(f"{_SYSTEM}_{table}",)), actor=OPERATOR).id


def _ensure_done(run: RunView, due: int) -> None:
    done = sum((Counts.of_stored(part.done).total for part in run.parts), 0)
    if run.row.state != "done" or done != due:
        raise RunFailed(f"The run is {run.row.state} and did {done} of {due} rows.")


def _counted(place: Place, table: str) -> None:
    """A run that is counted and started, for a worker to carry out."""
    with opened(place.config):
        run = _prepared(table)
        retention.run_disposals(contextlib.nullcontext)
        with unit_of_work():
            retention.start_run(run, actor=OPERATOR)


def _memory(place: Place, kind: str) -> Figure:
    """What a worker holds at most that carries out a run, beside one that has nothing to do."""
    idle = _peak(place)
    _counted(place, _WORKED)
    return figure("retention_run_peak", kind, _peak(place) / 2**20, "MiB", ("a worker without work", idle / 2**20))


def _peak(place: Place) -> float:
    output = place.config.data_dir / "peak"
    command = [sys.executable, "-m", "bench.peak", str(output), sys.executable, "-m", "privacy.cli", "worker", "--once"]
    subprocess.run(command, cwd=ROOT, env=environment(place.settings(threads=1)), check=True)
    return float(Path(output).read_text())


def _beside_checks(place: Place, size: Size) -> Figure:
    """Checks while a worker carries out a run, beside the same before."""
    requests = load.cycle(checks.questions(place, size.few))
    with service(place, workers=1) as port:
        load.run(port, requests, clients=1, seconds=size.seconds)
        alone = [load.run(port, requests, clients=1, seconds=size.seconds).rate for _ in range(size.rounds)]
        _counted(place, _BESIDE)
        command = [sys.executable, "-m", "privacy.cli", "worker"]
        worker = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(place.settings(threads=1)),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            beside = [load.run(port, requests, clients=1, seconds=size.seconds).rate for _ in range(size.rounds)]
        finally:
            end(worker)
    return figure("retention_run_checks", place.kind, median(beside), "checks/s", ("without a run", median(alone)))
