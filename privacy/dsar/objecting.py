"""Objections bind at once where the law weighs nothing: direct marketing stops at receipt (Art. 21(3)).

No identification beyond the contact is asked for, and nothing is told about anybody: the act is recorded whether or
not the person was known before.
"""

from __future__ import annotations

from collections.abc import Sequence

from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Source
from privacy.dsar import standings
from privacy.dsar.identity import identifying
from privacy.dsar.matter import Matter
from privacy.dsar.models import DataSubjectRequest
from privacy.programme import service as programmes
from privacy.programme.types import PurposeClass

_METHOD = "request"


def object_to_marketing(row: DataSubjectRequest, matter: Matter, *, actor: Actor) -> None:
    """Record the objection to each purpose of direct marketing that it names, or to all where it names none."""
    named = matter.purposes or tuple(programmes.current().purposes)
    _object(row, matter, [code for code in named if is_marketing(code)], actor=actor)


def object_as_decided(row: DataSubjectRequest, matter: Matter, purposes: Sequence[str], *, actor: Actor) -> None:
    """Record the objection to purposes that were weighed and granted (Art. 21(1))."""
    _object(row, matter, purposes, actor=actor)


def is_weighed(matter: Matter) -> bool:
    """Whether the objection reaches further than direct marketing."""
    return standings.weighed(matter.purposes, programmes.current())


def is_marketing(code: str) -> bool:
    """Whether a purpose is direct marketing (Art. 21(2))."""
    return programmes.current().purposes[code].purpose_class is PurposeClass.MARKETING


def _object(row: DataSubjectRequest, matter: Matter, purposes: Sequence[str], *, actor: Actor) -> None:
    programme = programmes.current()
    source = Source(system=standings.SOURCE, point=row.intake, method=_METHOD)
    acts = [
        ActIn(naming=naming, act=ActKind.OBJECT, source=source, purpose=purpose, once=f"request:{row.id}:{place}")
        for place, naming in enumerate(identifying.namings(matter.named, actor, Realm(row.realm)))
        for purpose in purposes
    ]
    if acts:
        consent.record_many(acts, actor=actor, programme=programme)
