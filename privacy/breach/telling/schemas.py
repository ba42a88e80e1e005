"""What the HTTP API takes and gives for the communication to the affected persons."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from privacy import clock
from privacy.breach.telling.affected import AffectedCounts, Line, Rejected, SourceView
from privacy.breach.telling.communications import CommunicationView, ForAPerson, Preview
from privacy.breach.telling.searching import ActsQuestion, DataMapQuestion
from privacy.breach.telling.vocabulary import LeftWhy, LetterState, SourceKind, SourceState, TellingState
from privacy.breach.telling.wording import OwnWords

#: People that one call may name; a longer list is read by `privacy breach affected`.
MOST_AT_ONCE = 200

Text = Annotated[str, Meta(max_length=512)]
Subject = Annotated[dict[str, Text], Meta(max_length=12)]
Locale = Annotated[str, Meta(min_length=2, max_length=16)]
Url = Annotated[str, Meta(max_length=512, pattern="^https://[^\\s]+$")]
Version = Annotated[int, Meta(ge=1, le=1_000_000, description="The version that was looked at.")]


class AffectedListIn(Struct, forbid_unknown_fields=True):
    """People by identifiers: email, phone, customer_id, ..."""

    subjects: Annotated[list[Subject], Meta(min_length=1, max_length=MOST_AT_ONCE)]

    def lines(self) -> list[Line]:
        """As a list with numbers from 1."""
        return [Line(number, given) for number, given in enumerate(self.subjects, 1)]


class AffectedActsIn(Struct, forbid_unknown_fields=True):
    """Everybody with an act from a system, for a purpose, or of a kind."""

    acts: ActsQuestion


class AffectedRowsIn(Struct, forbid_unknown_fields=True):
    """Everybody whom rows of a system are about."""

    data_map: DataMapQuestion


class CommunicationIn(Struct, forbid_unknown_fields=True):
    """What is said, by language; which data, what to do about them and whom to ask is added."""

    words: dict[Locale, OwnWords]
    #: A page that says the same, to which a text message can point.
    page_url: Url | None = None
    #: Only to those to whom no earlier one went.
    only_new: bool = False


class ApproveCommunicationIn(Struct, forbid_unknown_fields=True):
    """That it may go."""

    version: Version
    #: Also while a selection is not complete: whoever it finds is told by a further communication.
    incomplete: bool = False


class ToldByHandIn(Struct, forbid_unknown_fields=True):
    """How somebody was told whom no letter reached."""

    how: Annotated[str, Meta(min_length=1, max_length=4_000)]


class RejectedOut(Struct):
    """A line that names nobody who could be told."""

    line: int
    why: Literal["not-readable", "unknown"]


class SourceOut(Struct):
    """One selection of affected persons."""

    id: UUID
    kind: SourceKind
    state: SourceState
    asked: dict[str, Any]
    read: int
    added: int
    repeated: int
    rejected: int
    failure: str | None
    created_at: str
    ended_at: str | None
    rejects: list[RejectedOut] = []


class AffectedOut(Struct):
    """How many are affected, and by what they were found."""

    affected: int
    known: int
    by_contact: int
    erased: int
    sources: list[SourceOut]


class CommunicationOut(Struct):
    """One communication and what became of it."""

    number: int
    state: TellingState
    rehearsal: bool
    only_new: bool
    page_url: str | None
    locales: list[str]
    version: int
    written: int
    letters: dict[LetterState, int]
    #: Of those that were sent, by way.
    ways: dict[str, int]
    created_at: str
    approved_at: str | None
    ended_at: str | None


class CommunicationsOut(Struct):
    """The communications of a breach."""

    communications: list[CommunicationOut]


class PreviewOut(Struct):
    """What is said in one language."""

    locale: str
    subject: str
    body: str
    sms: str
    missing: list[str]


class PreviewsOut(Struct):
    """What is said in every language."""

    previews: list[PreviewOut]


class ForAPersonOut(Struct):
    """Somebody whom no letter reaches."""

    id: UUID
    #: The actor's own reference to a person of our records.
    subject_ref: str | None
    #: Of somebody whom our records do not know, masked; by kind.
    contact: dict[str, str] | None
    why: LeftWhy


class ForAPersonListOut(Struct):
    """Those whom no letter reaches; `next` is given as `after` for the rest."""

    letters: list[ForAPersonOut]
    next: UUID | None


def source_out(view: SourceView, rejected: list[Rejected] | None = None) -> SourceOut:
    """A selection as it is shown."""
    return SourceOut(
        id=view.id,
        kind=view.kind,
        state=view.state,
        asked=dict(view.asked),
        read=view.rows_read,
        added=view.added,
        repeated=view.repeated,
        rejected=view.rejected,
        failure=view.failure,
        created_at=clock.isoformat(view.created_at),
        ended_at=_time(view.ended_at),
        rejects=[RejectedOut(one.line, one.why) for one in rejected or ()],  # type: ignore[arg-type]  # one of these two
    )


def affected_out(counts: AffectedCounts, sources: list[SourceView]) -> AffectedOut:
    """The affected of a breach as they are shown: figures."""
    shown = [source_out(one) for one in sources]
    return AffectedOut(counts.affected, counts.known, counts.by_contact, counts.erased, shown)


def communication_out(view: CommunicationView) -> CommunicationOut:
    """A communication as it is shown."""
    return CommunicationOut(
        number=view.number,
        state=view.state,
        rehearsal=view.rehearsal,
        only_new=view.only_new,
        page_url=view.page_url,
        locales=list(view.locales),
        version=view.version,
        written=view.written_to,
        letters=dict(view.letters),
        ways=dict(view.ways),
        created_at=clock.isoformat(view.created_at),
        approved_at=_time(view.approved_at),
        ended_at=_time(view.ended_at),
    )


def preview_out(view: Preview) -> PreviewOut:
    """A letter before it is sent."""
    return PreviewOut(view.locale, view.subject, view.body, view.sms, list(view.missing))


def for_a_person_out(view: ForAPerson, subject_ref: str | None) -> ForAPersonOut:
    """Somebody whom no letter reaches."""
    return ForAPersonOut(view.id, subject_ref, dict(view.contact) if view.contact else None, view.why)


def _time(at: int | None) -> str | None:
    return None if at is None else clock.isoformat(at)
