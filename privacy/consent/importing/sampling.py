"""Explain what a profile makes of the first rows of a file, recording nothing: for whoever writes a profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent.importing import people, worth
from privacy.consent.importing.files import files_of
from privacy.consent.importing.meaning import Complaint, Meaning, Statement
from privacy.consent.importing.options import Options
from privacy.consent.importing.people import Person
from privacy.consent.importing.pile import Pile
from privacy.consent.importing.profile import Profile, Said
from privacy.consent.importing.reading import Reader
from privacy.consent.importing.rows import Broken
from privacy.consent.importing.sources import Source
from privacy.consent.importing.translation import Translator
from privacy.programme.types import Programme
from privacy.subjects import service as subjects


@dataclass(frozen=True)
class SampleAct:
    """One act that a row would become."""

    act: str
    #: None: every marketing purpose, or, of an event, the contact itself.
    purpose: str | None
    channel: str | None
    #: RFC 3339, None where the row has no time that can be read.
    at: str | None
    wording: str
    proof: str
    point: str | None
    #: Where a consent falls for its own sake; None where it would count, and for anything else.
    falls: str | None


@dataclass(frozen=True)
class SampleRow:
    """What becomes of one row."""

    file: str
    line: int
    #: Identifiers, and contacts as their holder would recognise them.
    names: dict[str, str] = field(default_factory=dict)
    acts: list[SampleAct] = field(default_factory=list)
    #: Columns that could not be read, what is wrong and the mend.
    complaints: list[tuple[str, str, str]] = field(default_factory=list)


def sample(
    profile: Profile, found: Sequence[Source], options: Options, *, actor: Actor, programme: Programme, most: int = 10
) -> list[SampleRow]:
    """What the first rows of each file would become; raises `InvalidInput` as an import would."""
    values = options.values(profile, programme)
    people.require_known(profile, programme)
    reader = Reader(
        profile,
        values,
        actor=actor,
        programme=programme,
        pile=Pile(),
        reject=lambda _: None,
        silent=lambda _origin, _broken: None,
    )
    translator = Translator(profile, actor=actor, programme=programme)
    rows: list[SampleRow] = []
    for file in files_of(found, profile):
        with file.source.open() as stream:
            for origin, row in islice(file.rows(stream), most):
                if isinstance(row, Broken):
                    rows.append(SampleRow(origin.file, origin.line, complaints=[("", row.why.reason, row.why.mend)]))
                    continue
                meaning, person = reader.understood(origin.kind, row)
                rows.append(
                    SampleRow(
                        origin.file,
                        origin.line,
                        _names(person),
                        list(_acts(meaning, person, translator)),
                        [_told(complaint) for complaint in meaning.complaints],
                    )
                )
    return rows


def _names(person: Person) -> dict[str, str]:
    """Whom a row names: of a contact only what its holder would recognise."""
    if person.naming is None:
        return {}
    contacts = [subjects.mask(contact) for contact in person.naming.contacts.values()]
    masked = {kind: text for one in contacts for kind, text in one.items()}
    return {name: masked.get(name, "named") for name in person.names}


def _acts(meaning: Meaning, person: Person, translator: Translator) -> Iterator[SampleAct]:
    for statement in meaning.statements:
        given = (
            None if statement.is_event else translator.acts(person.naming, [statement])[0] if person.naming else None
        )
        falls = _falls(statement, meaning, person, translator)
        yield SampleAct(
            act=statement.said,
            purpose=statement.purpose,
            channel=statement.channel,
            at=None if statement.at is None else clock.isoformat(statement.at[0]),
            wording=worth.label_of(given, translator.programme) if given is not None else "",
            proof=statement.proof,
            point=statement.point,
            falls=falls,
        )


def _falls(statement: Statement, meaning: Meaning, person: Person, translator: Translator) -> str | None:
    if Said(statement.said) not in {Said.GIVE, Said.REQUEST} or person.naming is None:
        return None
    pair = (Said.CONFIRM.value, statement.purpose, statement.channel)
    confirms = [s for s in meaning.statements if (s.said, s.purpose, s.channel) == pair]
    given, *_ = translator.acts(person.naming, [statement])
    confirmed = [act for one in confirms for act in translator.acts(person.naming, [one])]
    step = worth.alone(given, confirmed, statement.channel, translator.programme, clock.micros())
    return None if step is None else step.value


def _told(complaint: Complaint) -> tuple[str, str, str]:
    return complaint.column, complaint.why.reason, complaint.why.mend
