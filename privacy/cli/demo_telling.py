"""Tell the stories of the demo through the ordinary services, as their sources would."""

from __future__ import annotations

from privacy.authz.actors import OPERATOR
from privacy.claims import read_claim
from privacy.cli.demo_people import Person
from privacy.cli.demo_stories import STORIES, Act, Event, Known, Step
from privacy.consent import service as consent
from privacy.consent.service import ActIn, Claim
from privacy.programme.service import Programme
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming


def tell(person: Person, before: Person | None, programme: Programme) -> None:
    """Record a person's story in the open unit of work; what was told before is recognised and not written again."""
    story = STORIES[(person.number - 1) % len(STORIES)]
    for number, step in enumerate(story()):
        match step:
            case Act():
                given = _act(step, f"demo {person.number}.{number}", person, before, programme)
                consent.record(given, actor=OPERATOR, programme=programme)
            case Event():
                _happen(step, person, programme)
            case Known():
                _know(step, person, programme)


def can_tell(programme: Programme) -> bool:
    """Whether the programme in force knows everything that the stories speak of."""
    return all(_is_known(step, programme) for story in STORIES for step in story())


def _is_known(step: Step, programme: Programme) -> bool:
    names = subjects.known_names(programme)
    match step:
        case Act():
            purpose_known = step.purpose is None or step.purpose in programme.purposes
            channels_known = set(step.channels or ()) <= programme.channels.keys()
            return purpose_known and channels_known and set(step.names) <= set(names)
        case Event():
            return step.contact in names
        case Known():
            return set(step.names) <= set(names)


def _act(step: Act, once: str, person: Person, before: Person | None, programme: Programme) -> ActIn:
    parent = before if step.by_parent else None
    return ActIn(
        naming=_naming(step.names, person, programme),
        act=step.kind,
        source=step.source,
        purpose=step.purpose,
        channels=step.channels,
        claim=_claim(step.on, programme) if step.on else None,
        wording=step.wording,
        notice=step.notice,
        age_class=step.age_class,
        by=_naming(("customer_id",), parent, programme) if parent else None,
        mandate="parent" if parent else None,
        once=once,
    )


def _happen(step: Event, person: Person, programme: Programme) -> None:
    kind = ContactKind(step.contact)
    contact = subjects.contact_name(programme, OPERATOR.realm, kind, getattr(person, step.contact))
    consent.record_event(
        contact, step.kind, actor=OPERATOR, programme=programme, source="mailing", claim=_claim(step.on, programme)
    )


def _know(step: Known, person: Person, programme: Programme) -> None:
    subjects.put_subject(
        _naming(step.names, person, programme),
        actor=OPERATOR,
        programme=programme,
        source="crm",
        held_from=_claim(step.on, programme).start,
        standing=dict(step.standing),
    )


def _naming(names: tuple[str, ...], person: Person, programme: Programme) -> Naming:
    return subjects.name_of(programme, OPERATOR, {name: getattr(person, name) for name in names})


def _claim(text: str, programme: Programme) -> Claim:
    return read_claim(text, programme.zone)
