"""One-time codes: whoever reads the address that was on file before the request proves by them to be the person.

Asking for a code has one answer, whatever is known and whether or not a code goes out: the request is written down,
and a job decides. So neither the answer nor its time tells whether a person is known. What is sent goes to a contact
that the person, and nobody else, held before the request, never to one that only the request named.
"""

from __future__ import annotations

import contextlib
import hmac
import re
import secrets
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.consent.service import Place
from privacy.crypto import blind_index, keyring
from privacy.db import new_id, session
from privacy.dsar import cases
from privacy.dsar.correspondence import letters, reach
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.identity import quotas
from privacy.dsar.identity.models import RequestCode
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, ProofLevel, State
from privacy.erasure import service as erasure
from privacy.erasure.service import SeveralPeople
from privacy.errors import InvalidInput, NotFound
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects

DIGITS = 8
#: How long a code is good for, and how long one that was asked for waits to be sent.
GOOD_FOR = 600 * clock.SECOND
MOST_TRIES = 5
#: Codes for one request within a day. For all requests that name one person there are fewer (`quotas`).
MOST_A_DAY = 5
#: Codes within an hour for all requests whose person nobody has proven yet: a flood of made-up requests sends no more.
#: Who is identified does not wait behind it.
MOST_AN_HOUR = 300
_HOUR = 3_600 * clock.SECOND
_KEPT = 2 * clock.DAY
_AT_ONCE = 20
#: A code reaches the person in time by these.
_KINDS = frozenset({ContactKind.EMAIL, ContactKind.PHONE})
_GAPS = re.compile(r"[ \u00a0-]")


def ask(request_id: UUID) -> None:
    """Write down that a code is wanted, in the open unit of work; raises nothing, whatever is known."""
    now = clock.micros()
    row = session().scalar(sa.select(DataSubjectRequest).where(DataSubjectRequest.id == request_id).with_for_update())
    if row is None or not CaseType(row.case_type).of_a_person:
        return
    today = sa.select(RequestCode.decided_at).where(
        RequestCode.request_id == request_id, RequestCode.asked_at > now - clock.DAY
    )
    asked = session().scalars(today).all()
    if len(asked) >= MOST_A_DAY or None in asked:
        return
    code = RequestCode(
        id=new_id(),
        request_id=request_id,
        asked_at=now,
        decided_at=None,
        subject_id=None,
        code_digest=None,
        expires_at=None,
        tries=0,
        ended_at=None,
    )
    session().add(code)
    _event("request_code.asked", code, row, SERVICE)


def send_asked(now: int, *, actor: Actor) -> int:
    """Send the codes that were asked for, some at a time, in the open unit of work; returns how many it dealt with.

    Those of identified people go first. One that cannot be sent in time is given up.
    """
    unproven = DataSubjectRequest.identified_at.is_(None)
    query = (
        sa.select(RequestCode)
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestCode.request_id)
        .where(RequestCode.decided_at.is_(None))
        .order_by(unproven, RequestCode.asked_at)
    )
    codes = session().scalars(query.limit(_AT_ONCE).with_for_update(of=RequestCode, skip_locked=True)).all()
    left = MOST_AN_HOUR - _sent_lately(now) if codes else 0
    dealt = 0
    for code in codes:
        row = cases.lock(code.request_id)
        if row.identified_at is None and left <= 0 and code.asked_at > now - GOOD_FOR:
            continue  # It waits for its turn.
        sent = (row.identified_at is not None or left > 0) and _send(code, row, now, actor)
        left -= sent and row.identified_at is None
        code.decided_at = now
        dealt += 1
    return dealt


def redeem(row: DataSubjectRequest, given: str, now: int) -> RequestCode | None:
    """The code of a locked request that this is, used up by it; None where it is wrong, too old or used.

    A wrong one counts: the caller commits it too.
    """
    query = sa.select(RequestCode).where(
        RequestCode.request_id == row.id,
        RequestCode.code_digest.is_not(None),
        RequestCode.ended_at.is_(None),
        RequestCode.expires_at > now,
        RequestCode.tries < MOST_TRIES,
    )
    code = session().scalar(query.with_for_update().execution_options(populate_existing=True))
    digest = _digest(row.id, _GAPS.sub("", given))
    if code is None or code.code_digest is None:
        return None
    if not hmac.compare_digest(bytes(code.code_digest), digest):
        code.tries += 1
        _event("request_code.refused", code, row, SERVICE, tries=code.tries)
        return None
    code.ended_at = now
    _event("request_code.used", code, row, SERVICE)
    return code


def delete_old(now: int, *, actor: Actor) -> int:
    """Delete codes of some days ago, and counts that are over, some at a time, in the open unit of work.

    Returns how many.
    """
    old = sa.select(RequestCode.id).where(RequestCode.decided_at < now - _KEPT)
    ids = session().scalars(old.order_by(RequestCode.id).limit(200).with_for_update(skip_locked=True)).all()
    if ids:
        gone = sa.delete(RequestCode).where(RequestCode.id.in_(ids))
        session().execute(gone.execution_options(synchronize_session=False))
        names = [str(one) for one in ids]
        audit.record(
            "request_codes.deleted",
            actor=actor,
            object_type="request_code",
            object_id=ids[0],
            content={"codes": names},
            details={"count": len(ids)},
        )
    return len(ids) + quotas.delete_ended(now)


def _send(code: RequestCode, row: DataSubjectRequest, now: int, actor: Actor) -> bool:
    """Send a code where the person can be reached; whether one went out."""
    places = [place for place in reach.remember(row) if place.kind in _KINDS]
    if not places or State(row.state) in {State.WITHDRAWN, State.UNIDENTIFIED, State.JOINED}:
        return False
    # Who was erased by the request is not in our records any more, and is reached where they were before.
    gone = cases.lost_its_person(row)
    holder = None if gone else _holder(row, places[0])
    if holder is None and not gone:
        return False
    if holder and row.identified_at is None and not quotas.take("code", holder.bytes, most=quotas.MOST_FOR_ONE):
        return False
    text = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    older = sa.update(RequestCode).where(RequestCode.request_id == row.id, RequestCode.ended_at.is_(None))
    session().execute(older.where(RequestCode.id != code.id).values(ended_at=now))
    code.subject_id, code.code_digest, code.expires_at = holder, _digest(row.id, text), now + GOOD_FOR
    until = clock.from_micros(code.expires_at).astimezone(programmes.current().zone)
    letters.write(row, LetterKind.CODE, facts={"code": text, "valid_until": until.isoformat(timespec="minutes")})
    _event("request_code.sent", code, row, actor)
    return True


def _holder(row: DataSubjectRequest, place: Place) -> UUID | None:
    """Who holds the contact to which letters of this request go first; None where that proves nobody.

    It must be one person's alone, and the person of the request where that is known already.
    """
    with contextlib.suppress(NotFound, SeveralPeople, InvalidInput):
        holder = _the_one(place, Realm(row.realm))
        if row.subject_id is None or holder in subjects.natural_person(row.subject_id):
            return holder
    return None


def _the_one(place: Place, realm: Realm) -> UUID:
    actor = replace(SERVICE, realm=realm)
    naming = subjects.name_of(programmes.current(), actor, {place.kind.value: place.value})
    return erasure.the_one(naming, actor=actor)


def _sent_lately(now: int) -> int:
    lately = (
        sa.select(sa.func.count())
        .select_from(RequestCode)
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestCode.request_id)
    )
    sent = lately.where(RequestCode.decided_at > now - _HOUR, RequestCode.code_digest.is_not(None))
    return session().scalar(sent.where(DataSubjectRequest.proof_level == ProofLevel.NONE.value)) or 0


def _digest(request_id: UUID, code: str) -> bytes:
    return blind_index.of_repeat(keyring.installed(), b"request code " + request_id.bytes + code.encode())


def _event(action: str, code: RequestCode, row: DataSubjectRequest, actor: Actor, **details: int) -> None:
    audit.record(
        action,
        actor=actor,
        object_type="request_code",
        object_id=code.id,
        content={"id": str(code.id), "request": str(row.id), "asked_at": code.asked_at, "tries": code.tries},
        details={"number": row.number, **details},
    )
