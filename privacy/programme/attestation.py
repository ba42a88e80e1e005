"""What a historical wording must be like on the day of its publication. Pure.

A document is read without a calendar of its own, and must stay readable when a purpose has vanished later: so these
rules are asked for what is added only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from privacy.programme.diff import Change, Verb


def refusals(changes: tuple[Change, ...], today: date, purposes: Collection[str]) -> Iterator[str]:
    """Why historical wordings cannot be added like this."""
    for change in changes:
        wording = change.new or {}
        if change.section != "wordings" or change.verb is not Verb.ADD or "historical" not in wording:
            continue
        if wording["historical"]["attested_on"] > today.isoformat():
            yield f"{change.path}.historical.attested_on has not come yet. Put {today.isoformat()} or an earlier day."
        if unknown := [code for code in wording["purposes"] if code not in purposes]:
            known = ", ".join(sorted(purposes))
            yield f"{change.path}.purposes: the programme has no {', '.join(unknown)}. It has: {known}."
