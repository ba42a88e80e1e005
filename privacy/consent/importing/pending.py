"""The rows of one circle as what there is to record of them, and the keys whose decisions they may change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from privacy.consent.asked import CheckIn
from privacy.consent.importing.meaning import Statement
from privacy.consent.importing.pile import Circle, RowSaid
from privacy.consent.importing.profile import Said
from privacy.consent.importing.translation import Event, Translator, contacts_meant
from privacy.consent.intake import ActIn
from privacy.programme.types import Programme, Purpose, PurposeClass
from privacy.subjects.service import Naming


@dataclass(frozen=True)
class Key:
    """Whom a decision is about, by which name, for what: what "gained" and "lost" count."""

    name: bytes
    purpose: str
    channel: str | None


@dataclass(frozen=True)
class Unit:
    """One thing that a row says: an act, or an event of a contact. Rows that say the same share it."""

    said: tuple[tuple[tuple[str, str], ...], Statement]
    acts: tuple[ActIn, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def weight(self) -> int:
        """How many acts it counts as."""
        return 0 if self.events else 1

    @property
    def allows(self) -> bool:
        """Whether it may lead to a yes."""
        return Said(self.said[1].said).allows


@dataclass
class Pending:
    """One circle on its way into the database."""

    rows: tuple[RowSaid, ...] = field(repr=False)
    #: The people of the rows, by the names they gave.
    namings: dict[tuple[tuple[str, str], ...], Naming] = field(repr=False)
    #: What the rows say, each thing once.
    units: list[Unit] = field(repr=False)
    #: Acts that the rows repeat, or that were recorded before.
    known: int = 0

    def asked(self, programme: Programme) -> dict[Key, CheckIn]:
        """A question for each key that the rows speak of."""
        found: dict[Key, CheckIn] = {}
        for row in self.rows:
            for statement in row.statements:
                for key, question in questions(self.namings[row.names], statement, programme):
                    found.setdefault(key, question)
        return found


def pending_of(circle: Circle, translator: Translator) -> Pending:
    """A circle with what there is to record of it."""
    namings = {row.names: translator.naming(row.names) for row in circle.rows}
    said = [(row.names, statement) for row in circle.rows for statement in row.statements]
    units = [_unit(one, namings[one[0]], translator) for one in dict.fromkeys(said)]
    acts = sum(not statement.is_event for _, statement in said)
    return Pending(circle.rows, namings, units, known=acts - sum(unit.weight for unit in units))


def _unit(said: tuple[tuple[tuple[str, str], ...], Statement], naming: Naming, translator: Translator) -> Unit:
    statement = said[1]
    if statement.is_event:
        return Unit(said, events=tuple(translator.events(naming, statement)))
    return Unit(said, acts=tuple(translator.acts(naming, [statement])))


def together(units: Iterable[Unit], translator: Translator, namings: Pending) -> list[ActIn]:
    """The acts of these units, those that say the same on several channels as one; every "no" first."""
    by_names: dict[tuple[tuple[str, str], ...], list[Statement]] = {}
    for unit in units:
        if unit.acts:
            by_names.setdefault(unit.said[0], []).append(unit.said[1])
    acts = [
        act for names, statements in by_names.items() for act in translator.acts(namings.namings[names], statements)
    ]
    return sorted(acts, key=lambda act: Said(act.act.value).allows)


def questions(naming: Naming, statement: Statement, programme: Programme) -> list[tuple[Key, CheckIn]]:
    """Whom and what a statement may change the answer for: the contact, where it is about one, else the account."""
    pairs: list[tuple[Purpose, str | None]]
    if statement.is_event:
        kinds = contacts_meant(naming, statement, programme)
        reached = [c.code for c in programme.channels.values() if c.contact_kind in kinds]
        pairs = _marketing(programme, reached)
    elif statement.purpose is None:
        channels = list(programme.channels) if statement.channel is None else [statement.channel]
        pairs = _marketing(programme, channels)
    else:
        purpose = programme.purpose(statement.purpose)
        known = statement.channel in purpose.channels if statement.channel is not None else not purpose.channels
        pairs = [(purpose, statement.channel)] if known else []
    return [found for purpose, channel in pairs if (found := _question(naming, purpose, channel, programme))]


def _marketing(programme: Programme, channels: Sequence[str]) -> list[tuple[Purpose, str | None]]:
    return [
        (purpose, channel)
        for purpose in programme.purposes.values()
        if purpose.purpose_class is PurposeClass.MARKETING
        for channel in channels
        if channel in purpose.channels
    ]


def _question(
    naming: Naming, purpose: Purpose, channel: str | None, programme: Programme
) -> tuple[Key, CheckIn] | None:
    kind = programme.channel(channel).contact_kind if channel is not None else None
    if kind is not None and (contact := naming.contacts.get(kind)) is not None:
        alone = Naming(naming.realm, contacts={kind: contact})
        return Key(contact.known_as, purpose.code, channel), CheckIn(alone, purpose, channel)
    if naming.accounts:
        lead = replace(naming, contacts={}, accounts=naming.accounts[:1])
        return Key(naming.accounts[0].known_as, purpose.code, channel), CheckIn(lead, purpose, channel)
    if kind is None and naming.contacts:
        first = next(iter(naming.contacts.values()))
        return Key(first.known_as, purpose.code, channel), CheckIn(naming, purpose, channel)
    return None
