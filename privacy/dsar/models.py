"""Tables of requests. What names a person is sealed under the request's own key, which outlives the person's."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class DataSubjectRequest(Base):
    """One request of a person, or another case that came by letter. Its id is the owner of its case key."""

    __tablename__ = "data_subject_request"
    __table_args__ = (sa.Index(None, "state", "due_on"), sa.Index(None, "subject_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: What people call it: the year and a number in it, `2026/000123`.
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: `vocabulary.CaseType`. Never changes.
    case_type: Mapped[str] = mapped_column(sa.String(32))
    intake: Mapped[str] = mapped_column(sa.String(16))
    #: The controller's code in the programme.
    controller: Mapped[str] = mapped_column(sa.String(64))
    #: BCP 47: the language in which the person is answered.
    locale: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(16))
    #: `vocabulary.Outcome`; NULL until it has ended with an answer.
    outcome: Mapped[str | None] = mapped_column(sa.String(16))
    #: When it reached the controller by an official way, in microseconds; the clock starts there.
    received_at: Mapped[int] = mapped_column(sa.BigInteger)
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Days since 1970-01-01, local to the programme's zone at receipt: the day that the law gives, holidays counted.
    due_on: Mapped[int] = mapped_column(sa.Integer)
    #: The day on which the first month ends without regard to holidays: an extension is told before it.
    nominal_on: Mapped[int] = mapped_column(sa.Integer)
    #: The version of the rules of time by which both were computed.
    clock_version: Mapped[str] = mapped_column(sa.String(32))
    #: When an extension was told to the person; NULL where there was none.
    extended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The subject whose data are meant; NULL until identified, and again once erased.
    subject_id: Mapped[UUID | None] = mapped_column(Id)
    #: `vocabulary.ProofLevel`.
    proof_level: Mapped[str] = mapped_column(sa.String(16))
    identified_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Who granted it, and who agreed: never the same.
    granted_by: Mapped[UUID | None] = mapped_column(Id)
    approved_by: Mapped[UUID | None] = mapped_column(Id)
    #: Nothing is executed before this.
    cooling_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The earlier request that a duplicate was joined to.
    joined_to: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When the row, its key and all that hangs on it go.
    deleted_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Goes up with every step; what is sent with an older one is refused.
    version: Mapped[int] = mapped_column(sa.Integer)
    #: Keyed hash by which the mail or form that it came as is known again (`mail.record`, `persons.ask`); else NULL.
    mail_bidx: Mapped[bytes | None] = mapped_column(sa.LargeBinary, unique=True)
    #: Who asks, for whom, by which identifiers, in which words, to which address: JSON (`matter.Matter`).
    matter_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("who asks, by which identifiers and in which words", why="Art. 12(3)", owner="id", row="id"),
    )
    #: What is decided and why: grounds, fields to correct, objections weighed: JSON (`matter.Decision`).
    decision_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("what was decided about a request and why", why="Art. 5(2)", owner="id", row="id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RequestStep(Base):
    """One step of a request, never changed: which event took it from which state to which, by whom and why."""

    __tablename__ = "request_step"
    __table_args__ = (sa.UniqueConstraint("request_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    #: From 1, without gaps.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.Event`, or a word for what changes no state: `extended`, `suspended`, `resumed`, `note`.
    event: Mapped[str] = mapped_column(sa.String(32))
    from_state: Mapped[str | None] = mapped_column(sa.String(16))
    to_state: Mapped[str] = mapped_column(sa.String(16))
    #: `vocabulary.Role`.
    role: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID] = mapped_column(Id)
    at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Why, in words.
    reason_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("why a step of a request was taken", why="Art. 5(2)", owner="request_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RequestTask(Base):
    """One step of an execution: one table of one system in one round, one system's change, one recipient told."""

    __tablename__ = "request_task"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "look", "kind", "system", "place", "round"),
        sa.Index(None, "state", "next_at"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    #: `vocabulary.TaskKind`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The system's or recipient's code.
    system: Mapped[str] = mapped_column(sa.String(64))
    #: `data set.table` of a find; empty where the task is the whole system's.
    place: Mapped[str] = mapped_column(sa.String(160))
    #: From 0. What an erasure has changed is looked for once more before the person's key goes, since data arrive
    #: meanwhile; what such a look finds is changed in its turn. Below 0: what was marked before a request was reopened.
    look: Mapped[int] = mapped_column(sa.Integer)
    #: A table is asked again in a later round when more identifiers became known.
    round: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.TaskState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(sa.Integer)
    #: Not before this, in microseconds.
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Which worker has it, and until when nobody else takes it.
    worker: Mapped[UUID | None] = mapped_column(Id)
    lease_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What the system called it when it began.
    reference: Mapped[str | None] = mapped_column(sa.String(200))
    #: Rows found, deleted and changed.
    found: Mapped[int] = mapped_column(sa.Integer)
    deleted: Mapped[int] = mapped_column(sa.Integer)
    changed: Mapped[int] = mapped_column(sa.Integer)
    #: The code of the last failure; its text is in the log of the service, without values.
    failure: Mapped[str | None] = mapped_column(sa.String(64))
    started_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    done_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: By which keys it looks: JSON.
    keys_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("identifiers that a system is searched by", why="to find the data", owner="request_id"),
    )
    #: What it found, or what was done row by row: compressed JSON.
    result_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("rows found in a system", why="Art. 15(3)", owner="request_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
