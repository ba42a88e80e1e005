"""Which keys an export's consents would give for their own sake: what the last step of its waterfall counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from tests.consent.importing.naive.told import Told
from tests.consent.importing.naive.world import Key, World


def given(rows: Iterable[object], world: World) -> set[Key]:
    """The keys of the consents that would be enough if nothing else were known."""
    return {key_of(told, world) for told, confirmed in _consents(rows) if _enough(told, confirmed, world)}


def key_of(told: Told, world: World) -> Key:
    """The contact, where the row has one that the channel needs, else the account."""
    sort = world.rules.needs[told.channel]
    on = next((contact for contact in told.contacts if contact[0] == sort), None)
    return on or (*told.accounts, *told.contacts)[0], told.purpose or "", told.channel


def _consents(rows: Iterable[object]) -> Iterator[tuple[Told, Told | None]]:
    """Every consent with the confirmation of its own row, which comes right after it."""
    told = [row for row in rows if isinstance(row, Told)]
    for one, after in zip_longest(told, told[1:]):
        if one.word == "give":
            yield one, after if after is not None and after.word == "confirm" else None


def _enough(told: Told, confirmed: Told | None, world: World) -> bool:
    alone = World([told, *([confirmed] if confirmed else [])], world.rules, world.received)
    acts = [act for acts in alone.acts.values() for act in acts]
    confirms = [act for act in acts if act.told.word == "confirm"]
    return any(act.told.word == "give" and alone.worth(act, confirms) == "yes" for act in acts)
