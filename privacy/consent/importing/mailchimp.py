"""Mailchimp audience exports: subscribed, unsubscribed and cleaned members.

Times are UTC to the second. Of each row the address and its times are taken and nothing else: no name, phone, IP
address, place, note or tag is needed to answer whether somebody may be written to (Art. 5(1)(c)).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from privacy import clock
from privacy.claims import Claim
from privacy.consent.importing.meaning import Complaint, Layout, Meaning, Profile, Said, Statement
from privacy.consent.importing.rejects import Why
from privacy.errors import InvalidInput

_ADDRESS = "Email Address"
_OPTIN, _CONFIRM, _UNSUB, _CLEAN = "OPTIN_TIME", "CONFIRM_TIME", "UNSUB_TIME", "CLEAN_TIME"
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
#: Members who never subscribed have a file too ("nonsubscribed"): it says nothing about consent.
_KIND = re.compile(r"(?<![a-z])(?<!non[-_ ])(?<!un[-_ ])(subscribed|unsubscribed|cleaned)(?![a-z])")


def _time(row: Mapping[str, str], column: str) -> int | None:
    """A time in microseconds, None for an empty field; raises ValueError."""
    text = row[column].strip()
    if not text:
        return None
    if not _TIME.fullmatch(text):
        raise ValueError
    at = clock.to_micros(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))
    try:
        return Claim(at).start
    except InvalidInput:
        raise ValueError from None


def _subscribed(row: Mapping[str, str]) -> Meaning:
    """Consent at OPTIN_TIME, confirmed at CONFIRM_TIME; one that has only the latter was given then at the latest."""
    times: dict[str, int | None] = {}
    for column in (_OPTIN, _CONFIRM):
        try:
            times[column] = _time(row, column)
        except ValueError:
            return Meaning(complaint=Complaint(column, Why.BAD_TIME))
    given, confirmed = times[_OPTIN], times[_CONFIRM]
    statements = [Statement(Said.GIVE, confirmed if given is None else given)]
    if confirmed is not None:
        statements.append(Statement(Said.CONFIRM, confirmed))
    return Meaning(statements)


def _no(said: Said, column: str, row: Mapping[str, str]) -> Meaning:
    """A "no" is kept even where its time cannot be read: then it counts from its receipt."""
    try:
        return Meaning([Statement(said, _time(row, column))])
    except ValueError:
        return Meaning([Statement(said, None)], Complaint(column, Why.BAD_TIME_OF_NO))


_LAYOUTS = {
    "subscribed": Layout((_ADDRESS, _OPTIN, _CONFIRM), _subscribed),
    "unsubscribed": Layout((_ADDRESS, _UNSUB), lambda row: _no(Said.WITHDRAW, _UNSUB, row)),
    "cleaned": Layout((_ADDRESS, _CLEAN), lambda row: _no(Said.BOUNCED, _CLEAN, row)),
}
#: A column that only one kind of file has.
_TELLING = {_UNSUB: "unsubscribed", _CLEAN: "cleaned"}


def layout_of(name: str, header: Sequence[str]) -> Layout | None:
    """By the file's name, with which its columns must agree; raises `InvalidInput` where they say different things."""
    named = set(_KIND.findall(name.lower()))
    told = {kind for column, kind in _TELLING.items() if column in header}
    if len(named | told) > 1:
        raise InvalidInput.of(
            "path", f"{name}: its name and its columns speak of different members. Name it as the export did."
        )
    kind = next(iter(named or told), None)
    return None if kind is None else _LAYOUTS[kind]


MAILCHIMP = Profile(system="mailchimp", address=_ADDRESS, layout=layout_of, precision=clock.SECOND)
