"""Between the API's documents and the service's values."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.claims import read_claim
from privacy.consent import service
from privacy.consent.acts import ANY, DEVICE, NO_CHANNEL, Timing
from privacy.consent.asked import ListIn
from privacy.consent.schemas import (
    ActOut,
    AskedByOut,
    AskedOut,
    AskingOut,
    CheckBody,
    CheckListBody,
    CitedIn,
    EvidenceIn,
    FilterIn,
    PreferenceOut,
    PreferencesOut,
    RecordedOut,
    RecordIn,
    RecordOut,
    SourceIn,
    WordingOut,
)
from privacy.consent.service import ActIn, ActView, CheckIn, CheckOut, Cited, Record, Recorded, Source
from privacy.db import Driver, session
from privacy.errors import InvalidInput
from privacy.programme.types import Programme
from privacy.subjects import service as subjects


def act_in(body: RecordIn, *, actor: Actor, programme: Programme) -> ActIn:
    """The act that a document describes; raises `InvalidInput` naming the field."""
    evidence = body.evidence
    return ActIn(
        naming=subjects.name_of(programme, actor, body.subject),
        act=body.act,
        source=source_of(body.source, actor),
        purpose=body.purpose,
        channels=body.channels,
        claim=read_claim(body.occurred_at, programme.zone) if body.occurred_at else None,
        wording=cited(body.wording),
        notice=cited(body.notice),
        text_sha256=evidence.text_sha256,
        explicit=body.explicit,
        age_class=body.age_class,
        by=subjects.name_of(programme, actor, body.by.subject, place="by.subject") if body.by else None,
        mandate=body.by.mandate if body.by else None,
        code=body.code,
        evidence=_given(evidence, "reference", "form", "campaign"),
        network=_given(evidence, "ip", "user_agent"),
    )


def _given(evidence: EvidenceIn, *names: str) -> dict[str, str]:
    return {name: value for name in names if (value := getattr(evidence, name)) is not None}


def source_of(given: SourceIn, actor: Actor) -> Source:
    """The source of an act; without a name of its own it is the client."""
    return Source(
        system=given.system or actor.name[:64],
        point=given.point,
        method=given.method,
        timing=DEVICE if given.clock == "device" else Timing(),
        proof=given.proof,
        setting=given.setting,
    )


def cited(text: CitedIn | None) -> Cited | None:
    """A cited text; versions are strings, also where a system sends a number."""
    if text is None:
        return None
    return Cited(text.code, None if text.version is None else str(text.version), text.locale)


def recorded_out(recorded: Recorded, actor: Actor) -> RecordedOut:
    """The answer to a recorded act."""
    return RecordedOut(
        subject_ref=subjects.hide_subject(actor, recorded.subject_id),
        records=records_out(recorded, actor),
        token=service.token_for(actor, recorded.subject_id, recorded.version, recorded.committed_at),
    )


def records_out(recorded: Recorded, actor: Actor) -> list[RecordOut]:
    """The acts of one request as the client sees them."""
    return [_record(record, actor) for record in recorded.records]


def _record(record: Record, actor: Actor) -> RecordOut:
    out = RecordOut(service.hide_act(actor, record.id), _code(record.purpose), _code(record.channel))
    if not actor.partner:
        out.contact = _masked(record)
        out.state = record.decision.reason
        out.effective = record.effective
        out.reason = record.no_effect
        out.valid_until = _time(record.decision.valid_until)
        out.known = record.known
    return out


def _masked(record: Record) -> dict[str, str] | None:
    if record.named is not None:
        return subjects.mask(record.named)
    return subjects.masked_value(Driver.of(session()), record.contact.id) if record.contact else None


def check_in(body: CheckBody, *, actor: Actor, programme: Programme) -> CheckIn:
    """The question that a document asks; raises `InvalidInput` naming the field."""
    purpose = service.purpose_of(programme, body.purpose, body.message_type)
    naming = subjects.name_of(programme, actor, body.subject)
    at = None
    if body.at is not None:
        claim = read_claim(body.at, programme.zone, "at")
        at = claim.start + claim.width - 1
        if at > clock.micros():
            raise InvalidInput.of("at", "Nobody knows yet what will be allowed then. Leave it out to ask about now.")
    return CheckIn(naming, purpose, body.channel, at, body.token)


def list_in(body: CheckListBody, *, programme: Programme) -> ListIn:
    """The question about many people that a document asks; raises `InvalidInput` naming the field."""
    purpose = service.purpose_of(programme, body.purpose, body.message_type)
    return ListIn(purpose, body.channel, body.subjects, body.receipt)


def asked_out(subject_ref: str, found: list[service.Asking]) -> AskedOut:
    """Who asked about a person, as the API shows it."""
    return AskedOut(
        subject_ref,
        [
            AskingOut(
                one.day, AskedByOut(str(one.asked_by), one.name), one.purpose, one.channel, one.allowed, one.times
            )
            for one in found
        ],
    )


def act_out(view: ActView, actor: Actor) -> ActOut:
    """A recorded act as the client sees it."""
    contact = subjects.masked_value(Driver.of(session()), view.contact_id) if view.contact_id else None
    system, point, method = view.source
    return ActOut(
        id=service.hide_act(actor, view.id),
        subject_ref=subjects.hide_subject(actor, view.subject_id),
        act=view.act,
        purpose=_code(view.purpose),
        channel=_code(view.channel),
        contact=contact,
        occurred_at=_time(view.claimed_at),
        earliest=clock.isoformat(view.earliest),
        latest=clock.isoformat(view.latest),
        received_at=clock.isoformat(view.received_at),
        wording={"code": view.wording[0], "version": view.wording[1]} if view.wording else None,
        locale=view.locale,
        text_sha256=view.text_sha256,
        notice={"code": view.notice[0], "version": view.notice[1]} if view.notice else None,
        source={"system": system, "point": point, "method": method},
        proof=view.proof,
        no_effect=view.no_effect,
        annulled=view.annulled,
        refers_to=service.hide_act(actor, view.refers_to) if view.refers_to else None,
    )


def preferences_out(subject_id: UUID, version: int, answers: list[CheckOut], actor: Actor) -> PreferencesOut:
    """A person's choices as the client sees them."""
    as_of = clock.micros()
    return PreferencesOut(
        subject_ref=subjects.hide_subject(actor, subject_id),
        preferences=[_preference(answer, actor) for answer in answers],
        token=service.token_for(actor, subject_id, version, as_of),
    )


def _preference(answer: CheckOut, actor: Actor) -> PreferenceOut:
    decision = answer.decision
    out = PreferenceOut(purpose=answer.purpose.code, channel=answer.channel, allowed=decision.allowed)
    if not actor.partner:
        wording = decision.give.wording if decision.give else None
        out.reason = decision.reason
        out.wording = WordingOut(*wording) if wording else None
        out.valid_until = _time(decision.valid_until)
        out.may_ask = decision.may_ask
    return out


def filter_of(given: FilterIn, *, actor: Actor, programme: Programme) -> service.Filter:
    """The acts that an annulment means; raises `InvalidInput`."""
    values: dict[str, Any] = {
        name: getattr(given, name)
        for name in ("purpose", "channel", "source_system", "source_point", "wording_code", "wording_version")
    }
    if given.id is not None:
        values["act_id"] = service.reveal_act(actor, uuid_of(given.id, "filter.id"))
    if given.acts is not None:
        values["acts"] = tuple(given.acts)
    for name in ("received_from", "received_before"):
        text = getattr(given, name)
        if text is not None:
            values[name] = read_claim(text, programme.zone, f"filter.{name}").start
    return service.Filter(**values)


def uuid_of(text: str, field: str) -> UUID:
    """An id from its text; raises `InvalidInput`."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of(field, "This is not an id.") from None


def _code(value: str) -> str | None:
    return None if value in {ANY, NO_CHANNEL} else value


def _time(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
