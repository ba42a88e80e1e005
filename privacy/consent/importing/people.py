"""Whom a row is about: its identifiers and contacts, normalised, indexed, and what of them could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from privacy.authz.actors import Actor
from privacy.consent.importing.meaning import Complaint
from privacy.consent.importing.profile import EMAIL_OR_PHONE, Kind, Profile
from privacy.consent.importing.rejects import Why
from privacy.errors import InvalidInput
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

_WHY = {ContactKind.EMAIL: Why.BAD_ADDRESS, ContactKind.PHONE: Why.BAD_PHONE}


@dataclass
class Person:
    """What a row names its person by."""

    #: Our names of identifiers and contacts, and their values.
    names: dict[str, str] = field(default_factory=dict, repr=False)
    #: The person as other rooms look them up; None where the row names nobody.
    naming: Naming | None = None
    #: What was written and cannot be read: identifiers and kinds of contact.
    unreadable: set[str] = field(default_factory=set)
    complaints: list[Complaint] = field(default_factory=list)


def person_of(row: Mapping[str, str], profile: Profile, kind: Kind, programme: Programme, actor: Actor) -> Person:
    """Read the identifiers of a row; one that is wrong does not hide the others."""
    found = Person()
    columns = {}
    identifiers = profile.identifiers_of(kind)
    for name, column in identifiers.items():
        text = row[column].strip()
        if text and text.casefold() not in profile.empty:
            ours = _kind_of(text) if name == EMAIL_OR_PHONE else name
            found.names[ours] = text
            columns[ours] = column, name
    try:
        found.naming = subjects.name_of(programme, actor, found.names) if found.names else None
    except InvalidInput:
        for ours, (column, name) in columns.items():
            if not _is_readable(ours, found.names[ours], programme, actor):
                del found.names[ours]
                found.unreadable.add(ours)
                found.complaints.append(Complaint(column, _why(name)))
        found.naming = subjects.name_of(programme, actor, found.names) if found.names else None
    if found.naming is None and not found.complaints:
        column = next(iter(identifiers.values()))
        only_email = set(identifiers) == {ContactKind.EMAIL.value}
        found.complaints.append(Complaint(column, Why.NO_ADDRESS if only_email else Why.NOBODY))
    return found


def _is_readable(name: str, text: str, programme: Programme, actor: Actor) -> bool:
    try:
        subjects.name_of(programme, actor, {name: text})
    except InvalidInput:
        return False
    return True


def naming_of(names: Mapping[str, str], programme: Programme, actor: Actor) -> Naming:
    """The person as other rooms look them up."""
    return subjects.name_of(programme, actor, names)


def require_known(profile: Profile, programme: Programme) -> None:
    """Raise `InvalidInput` where the programme lacks an identifier that the profile names."""
    known = {*programme.identifier_types, *(kind.value for kind in programme.contact_kinds), EMAIL_OR_PHONE}
    named = {name for kind in profile.kinds for name in profile.identifiers_of(kind)}
    if unknown := sorted(named - known):
        text = f"The programme has no identifier named {', '.join(unknown)}. It has: {', '.join(sorted(known))}."
        raise InvalidInput.of("profile", text)


def _kind_of(text: str) -> str:
    return ContactKind.EMAIL.value if "@" in text else ContactKind.PHONE.value


def _why(name: str) -> Why:
    if name == EMAIL_OR_PHONE:
        return Why.BAD_CONTACT
    kind = next((kind for kind in ContactKind if kind.value == name), None)
    return Why.BAD_IDENTIFIER if kind is None else _WHY.get(kind, Why.BAD_IDENTIFIER)
