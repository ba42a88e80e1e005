"""What a request is about and what was decided: personal data, sealed under the request's own key as JSON."""

from __future__ import annotations

import msgspec

from privacy.dsar.vocabulary import Ground


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """One identifier as it was given: a contact kind or identifier type, and the value."""

    kind: str
    value: str


class Agent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who acts for the person, and by which mandate."""

    name: str
    #: An e-mail address or a postal address; answers about the mandate go there, the person's data never.
    contact: str
    #: Where the mandate lies, and its SHA-256 in hexadecimal.
    mandate: str
    mandate_sha256: str | None = None


class Correction(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field to correct: which of the person's data (`DataField.corrected_as`), and what is right."""

    what: str
    right: str
    wrong: str | None = None


class Matter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was asked, as it was asked."""

    #: The identifiers that the request gave; they are claims until the person is identified.
    named: tuple[Named, ...]
    #: The name by which the letter addresses the person.
    name: str | None = None
    #: Postal address, in lines, where the answer goes by post and none is on file.
    address: tuple[str, ...] = ()
    #: Their own words.
    words: str | None = None
    agent: Agent | None = None
    corrections: tuple[Correction, ...] = ()
    #: Purposes that an objection or a restriction names; none means all that the right reaches.
    purposes: tuple[str, ...] = ()
    #: Whether the person wants no entry that keeps marketing away after an erasure.
    no_suppression: bool = False
    #: For a letter of an authority, a court or the police: who asks, by which reference and on which legal basis.
    authority: str | None = None
    reference: str | None = None
    legal_basis: str | None = None


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is refused: what, why by the law, and the facts."""

    ground: Ground
    #: A system, a table (`data set.table`), a field or a purpose; None for all that was asked.
    what: str | None = None
    facts: str | None = None


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was decided about a request."""

    refused: tuple[Refused, ...] = ()
    #: Whether nothing at all is granted.
    wholly: bool = False
    corrections: tuple[Correction, ...] = ()
    purposes: tuple[str, ...] = ()
    #: What a person wrote about an automated decision, a complaint or another case that is answered in words.
    answer: str | None = None
