"""Reports that are made in the background: ordered, watched, fetched with who took them in the log, deleted in time.

The file stands in the database in parts that a key of its own seals: any host may make it and any other hand it out,
and destroying the key makes it unreadable in every backup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, create_owner_key, destroy_owner_key, load_owner_key
from privacy.db import end_read, new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.reports.accountability_pack import NAMED
from privacy.reports.failures import OrderNotFound, ReportNotReady
from privacy.reports.making import check
from privacy.reports.models import ReportOrder, ReportOrderPart
from privacy.reports.offered import named
from privacy.reports.report import Asked, Made, Period, Report, ReportForm

ORDER, PART = "report_order", "report_order_part"
#: How long a report that was made is kept.
KEPT_DAYS = 14
_PART = 1 << 20
#: What one page lists, and one unit of work deletes.
_MOST, _AT_ONCE = 200, 20


class OrderState(StrEnum):
    """Where an order stands."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"  # its time is over, and the file is deleted


@dataclass(frozen=True)
class OrderView:
    """An order, without the file."""

    id: UUID
    report: Report
    asked: Asked
    state: OrderState
    scheduled: bool
    ordered_at: int
    ordered_by: UUID
    done: int
    steps: int
    failure: str | None
    size: int | None
    sha256: str | None
    ready_at: int | None
    expires_at: int | None
    downloads: int


def order(asked: Asked, *, actor: Actor, schedule_id: UUID | None = None) -> UUID:
    """Have a report made in the background, in the open unit of work; returns the id of the order.

    Raises `ReportNotFound`, `NotPermitted`, and `InvalidInput` by the name of what was asked wrongly.
    """
    check(named(asked.name), asked, actor)
    _ensure_of_nobody(asked)
    order_id = new_id()
    key = create_owner_key(session(), keyring.installed(), order_id)
    row = ReportOrder(
        id=order_id,
        schedule_id=schedule_id,
        report=asked.name,
        form=asked.form.value,
        locale=asked.locale,
        first_on=days.numbered(asked.period.first),
        last_on=days.numbered(asked.period.last),
        as_of=asked.as_of,
        ordered_at=clock.micros(),
        ordered_by=actor.id,
        state=OrderState.WAITING.value,
        done=0,
        steps=0,
        attempts=0,
        downloads=0,
        options_enc=key.seal(ORDER, "options_enc", order_id, json.dumps(dict(asked.options)).encode()),
        key_version=key.version,
    )
    session().add(row)
    record("report_order.begun", row, actor=actor)
    return order_id


def orders(*, actor: Actor) -> Sequence[OrderView]:
    """The newest orders of reports that the actor may make, newest first."""
    query = sa.select(ReportOrder).order_by(ReportOrder.id.desc()).limit(_MOST)
    return [view_of(row) for row in session().scalars(query) if _may_see(row, actor)]


def order_view(order_id: UUID, *, actor: Actor) -> OrderView:
    """One order; raises `OrderNotFound`, also where it is of a report that the actor may not make."""
    return view_of(_seen(order_id, actor))


def begin_fetch(order_id: UUID, *, actor: Actor) -> OrderView:
    """Note in the log, in the open unit of work, who takes the file, before `parts` hands it out.

    Raises `OrderNotFound`, `ReportNotReady`.
    """
    row = _seen(order_id, actor, lock=True)
    if row.state != OrderState.READY or (row.expires_at or 0) <= clock.micros():
        raise ReportNotReady
    row.downloads += 1
    record("report_order.fetched", row, actor=actor, downloads=row.downloads)
    return view_of(row)


def parts(order_id: UUID) -> Iterator[bytes]:
    """The file, part by part, each read by itself: a slow reader holds no transaction open."""
    number = 1
    while True:
        mine = (ReportOrderPart.order_id == order_id, ReportOrderPart.number == number)
        part = session().scalar(sa.select(ReportOrderPart).where(*mine))
        if part is None:
            end_read()
            return
        key = load_owner_key(session(), keyring.installed(), order_id, part.key_version)
        opened = key.open(PART, "content_enc", part.id, bytes(part.content_enc))
        session().expunge(part)
        end_read()
        yield opened
        number += 1


def store(row: ReportOrder, made: Made, *, actor: Actor) -> None:
    """Keep what was made, in the open unit of work."""
    key = key_of(row)
    for number, start in enumerate(range(0, len(made.content), _PART), 1):
        part_id = new_id()
        sealed = key.seal(PART, "content_enc", part_id, made.content[start : start + _PART])
        session().add(
            ReportOrderPart(id=part_id, order_id=row.id, number=number, content_enc=sealed, key_version=key.version)
        )
    row.state, row.size, row.sha256 = OrderState.READY.value, len(made.content), made.sha256
    row.ready_at = clock.micros()
    row.expires_at = row.ready_at + KEPT_DAYS * clock.DAY
    row.worker = row.lease_until = None
    row.done = row.steps
    record("report_order.made", row, actor=actor, **made.logged)


def delete_expired_reports(now: int, *, actor: Actor) -> int:
    """Delete files past their time with their keys, some at a time; returns how many. That they were there stays."""
    over = sa.or_(ReportOrder.expires_at <= now, ReportOrder.state == OrderState.FAILED.value)
    query = sa.select(ReportOrder).where(over, ReportOrder.options_enc.is_not(None)).order_by(ReportOrder.id)
    rows = session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        gone = sa.delete(ReportOrderPart).where(ReportOrderPart.order_id == row.id)
        session().execute(gone.execution_options(synchronize_session=False))
        destroy_owner_key(session(), row.id)
        row.options_enc = None
        if row.state == OrderState.READY:
            row.state = OrderState.GONE.value
        record("report_order.deleted", row, actor=actor)
    return len(rows)


def key_of(row: ReportOrder) -> OwnerKey:
    """The order's own key."""
    return load_owner_key(session(), keyring.installed(), row.id, row.key_version)


def options_of(row: ReportOrder) -> Mapping[str, str]:
    """What was given beside the period, as long as the order has its key."""
    if row.options_enc is None:
        return {}
    opened: dict[str, str] = json.loads(key_of(row).open(ORDER, "options_enc", row.id, bytes(row.options_enc)))
    return opened


def asked_of(row: ReportOrder, options: Mapping[str, str] | None = None) -> Asked:
    """What was ordered, with such options."""
    period = Period(days.named(row.first_on), days.named(row.last_on))
    return Asked(row.report, ReportForm(row.form), row.locale, period, row.as_of, options or {})


def view_of(row: ReportOrder) -> OrderView:
    """What people see of an order."""
    return OrderView(
        id=row.id,
        report=named(row.report),
        asked=asked_of(row),
        state=OrderState(row.state),
        scheduled=row.schedule_id is not None,
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        done=row.done,
        steps=row.steps,
        failure=row.failure,
        size=row.size,
        sha256=row.sha256,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
        downloads=row.downloads,
    )


def record(action: str, row: ReportOrder, *, actor: Actor, **details: Any) -> None:
    """The event of a change of an order, in the open unit of work. It names no person."""
    content: Mapping[str, Any] = {
        "id": str(row.id),
        "schedule": str(row.schedule_id) if row.schedule_id else None,
        "report": row.report,
        "form": row.form,
        "locale": row.locale,
        "first": _day(row.first_on),
        "last": _day(row.last_on),
        "as_of": row.as_of,
        "state": row.state,
        "sha256": row.sha256,
        "bytes": row.size,
        "expires_at": row.expires_at,
        "downloads": row.downloads,
    }
    audit.record(
        action, actor=actor, object_type=ORDER, object_id=row.id, content=content, details={**content, **details}
    )


def _day(number: int) -> str:
    found: date = days.named(number)
    return found.isoformat()


def _ensure_of_nobody(asked: Asked) -> None:
    """What is about one person, or lists many, is handed out at once to whoever gave the reason: it is never kept."""
    if asked.name in NAMED:
        raise InvalidInput.of("report", "This report is made at once, and not in the background.")
    for option in NAMED.values():
        if asked.options.get(option):
            raise InvalidInput.of(option, "A pack that is kept holds nothing about one person or one list.")


def _may_see(row: ReportOrder, actor: Actor) -> bool:
    return named(row.report).permissions <= actor.permissions


def _seen(order_id: UUID, actor: Actor, *, lock: bool = False) -> ReportOrder:
    query = sa.select(ReportOrder).where(ReportOrder.id == order_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session().scalar(query)
    if row is None or not _may_see(row, actor):
        raise OrderNotFound
    return row
