"""What legal holds mean for a part of a run that a person does by hand: no worker leaves rows out for them."""

from __future__ import annotations

from privacy.programme import service as programmes
from privacy.retention.holds import gate, holds
from privacy.retention.holds.holds import HoldFacts
from privacy.retention.runs.models import DisposalPart

#: A hold is on all of the part's place, or on people whose rows may be in it.
HELD, PEOPLE_HELD = "held", "people-held"


def told(part: DisposalPart) -> str | None:
    """What whoever does a part is told of holds, as a code; None where there is none."""
    if hold_on(part) is not None:
        return HELD
    return PEOPLE_HELD if holds.in_force().names else None


def hold_on(part: DisposalPart) -> HoldFacts | None:
    """The hold on everything in a part's place, in the open unit of work: until it ends no other is placed."""
    gate.share()
    data_set, _, name = part.place.partition(".")
    known = programmes.current().data_sets.get(data_set)
    table = known.tables.get(name) if known is not None else None
    categories = {one for _, each in table.walk() for one in each.categories} if table is not None else set[str]()
    return holds.in_force().on_row(part.system, data_set, name, categories, ())
