"""Tables of breaches. Every word of a person is sealed under the breach's own key (Art. 33(5) wants all documented)."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class PersonalDataBreach(Base):
    """One breach, notified or not, or a rehearsal of one. Its id is the owner of its key."""

    __tablename__ = "personal_data_breach"
    __table_args__ = (sa.Index(None, "realm", "state"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: What people call it: `N-2026-0001`; `DRILL-N-2026-0001` of a rehearsal, `TEST-...` of a test key's.
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: Marks all that hangs on it; it is never counted in the register.
    rehearsal: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    #: The controller's code in the programme.
    controller: Mapped[str] = mapped_column(sa.String(64))
    #: `vocabulary.State`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: All times in microseconds. When somebody noticed that something happened.
    detected_at: Mapped[int] = mapped_column(sa.BigInteger)
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: The processor with whom it happened, by its code; when it knew itself, and when it told the controller.
    processor: Mapped[str | None] = mapped_column(sa.String(64))
    processor_aware_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    told_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Since when the controller is aware (Art. 33(1)); why then is the reason of its step.
    aware_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The judgements that count; NULL where there is none, or a later step took it back.
    assessment_id: Mapped[UUID | None] = mapped_column(Id)
    opinion_id: Mapped[UUID | None] = mapped_column(Id)
    decision_id: Mapped[UUID | None] = mapped_column(Id)
    contained_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When the persons were told (Art. 34).
    communicated_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Goes up with every step; what is sent with an older one is refused.
    version: Mapped[int] = mapped_column(sa.Integer)
    #: What is known: JSON (`facts.Facts`).
    facts_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary, info=sealed("what is known of a breach", why="Art. 33(5)", owner="id", row="id")
    )
    #: In which words it was reported.
    report_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, info=sealed("in which words a breach was reported", why="Art. 33(5)", owner="id", row="id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class BreachStep(Base):
    """One step of a breach, never changed: what happened, by whom, when and why."""

    __tablename__ = "breach_step"
    __table_args__ = (sa.UniqueConstraint("breach_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: From 1, without gaps.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.Event`, or a word for what moves nothing: `opened`, `facts`, `note`, `task_done`, ...
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
        info=sealed("why a step of a breach was taken", why="Art. 5(2)", owner="breach_id", fixed=True),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class BreachClock(Base):
    """One time limit as it was set, never changed: a later one of the same code stands in its place, beside it."""

    __tablename__ = "breach_clock"
    __table_args__ = (sa.UniqueConstraint("breach_id", "code", "number"), sa.Index(None, "due_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: The rule's code in the programme.
    code: Mapped[str] = mapped_column(sa.String(64))
    #: How often it was set, from 1; the highest counts.
    number: Mapped[int] = mapped_column(sa.Integer)
    hours: Mapped[int] = mapped_column(sa.Integer)
    #: `BreachMoment`, and when that was.
    counted_from: Mapped[str] = mapped_column(sa.String(16))
    started_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: What is worked to, and the outer limit of Regulation 1182/71.
    due_at: Mapped[int] = mapped_column(sa.BigInteger)
    outer_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: By which rule: of which day (since 1970-01-01; 0 for the law's own), of which programme, and what it rests on.
    rule_from: Mapped[int] = mapped_column(sa.Integer)
    programme: Mapped[int] = mapped_column(sa.Integer)
    statute: Mapped[str] = mapped_column(sa.Text)
    set_at: Mapped[int] = mapped_column(sa.BigInteger)


class BreachJudgement(Base):
    """An assessment, an opinion of the data protection officer, or a decision of the controller; never changed."""

    __tablename__ = "breach_judgement"
    __table_args__ = (sa.UniqueConstraint("breach_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: From 1, all kinds together.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.Judgement`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The assessment that an opinion or a decision is about.
    about_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("breach_judgement.id"))
    #: Of an assessment: `vocabulary.Risk`.
    risk: Mapped[str | None] = mapped_column(sa.String(16))
    #: Of an opinion or a decision: whether the authority, and whether the persons are told.
    notify: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=False))
    tell: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=False))
    #: `vocabulary.Exception34`, where the persons are not told at a high risk.
    excepted: Mapped[str | None] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID] = mapped_column(Id)
    at: Mapped[int] = mapped_column(sa.BigInteger)
    #: The words, and the inputs of the aid: JSON (`assessment.Assessment`, or the reasons).
    content_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("what was judged about a breach and why", why="Art. 33(5)", owner="breach_id", fixed=True),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class BreachNotification(Base):
    """What was told to an authority or another who has a clock, or why not; never changed."""

    __tablename__ = "breach_notification"
    __table_args__ = (sa.UniqueConstraint("breach_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: From 1, all clocks together.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: The clock's code.
    clock: Mapped[str] = mapped_column(sa.String(64))
    #: `vocabulary.Notice`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The number of the one before that it continues, withdraws or answers.
    follows: Mapped[int | None] = mapped_column(sa.Integer)
    #: When it was sent or came, by which `vocabulary.Way`; and when that was recorded.
    sent_at: Mapped[int] = mapped_column(sa.BigInteger)
    way: Mapped[str | None] = mapped_column(sa.String(16))
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Whether the strict hours were over.
    late: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    actor_id: Mapped[UUID] = mapped_column(Id)
    #: The reference that the one who was told gave.
    reference_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("an authority's reference of a notification", why="Art. 33(4)", owner="breach_id", fixed=True),
    )
    #: Why it is late, withdrawn or not needed.
    reasons_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("why a notification was late, or none was needed", why="Art. 33(1)", owner="breach_id", fixed=True),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class BreachDocument(Base):
    """A document of a notification as it was sent; never changed."""

    __tablename__ = "breach_document"
    __table_args__ = (sa.UniqueConstraint("notification_id", "name"), sa.Index(None, "breach_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    notification_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("breach_notification.id"))
    #: Its form and language, like `notification.pl.pdf`.
    name: Mapped[str] = mapped_column(sa.String(64))
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    content_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a notification as it was sent", why="Art. 33(5)", owner="breach_id", fixed=True),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class BreachTask(Base):
    """Something that is to be done about a breach, by somebody, until a time."""

    __tablename__ = "breach_task"
    __table_args__ = (sa.UniqueConstraint("breach_id", "number"), sa.Index(None, "state", "due_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: From 1.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.TaskCode`; `own` has its words in `title_enc`.
    code: Mapped[str] = mapped_column(sa.String(32))
    #: `vocabulary.TaskState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: The member of staff who does it; NULL until somebody is named.
    owner_id: Mapped[UUID | None] = mapped_column(Id)
    due_at: Mapped[int] = mapped_column(sa.BigInteger)
    opened_at: Mapped[int] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    title_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, info=sealed("what is to be done about a breach", why="Art. 33(5)", owner="breach_id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
