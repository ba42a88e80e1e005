"""What holds for a choice, in words and with a sign, as the person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel.support import LazyProxy

from privacy.consent.service import Choice, Reason
from privacy.pages.languages import lazy_gettext, locale
from privacy.programme.types import Channel, Programme, Purpose

#: By the reason of the decision: the sign beside the word, and the word.
_STATES: Mapping[Reason, tuple[str, LazyProxy]] = {
    Reason.GIVEN: ("yes", lazy_gettext("You agreed")),
    Reason.OTHER_LEGAL_BASIS: ("yes", lazy_gettext("Switched on")),
    Reason.WITHDRAWN: ("no", lazy_gettext("You withdrew your consent")),
    Reason.REFUSED: ("no", lazy_gettext("You did not agree")),
    Reason.OBJECTED: ("no", lazy_gettext("You objected")),
    Reason.NO_RECORD: ("no", lazy_gettext("You have not agreed")),
    Reason.CONTACT_UNKNOWN: ("no", lazy_gettext("You have not agreed")),
    Reason.CHANNEL_NOT_ALLOWED: ("no", lazy_gettext("We do not use this channel")),
    Reason.REQUESTED: ("wait", lazy_gettext("Waiting for your confirmation")),
    Reason.EXPIRED: ("late", lazy_gettext("Your consent has expired")),
    Reason.SUPERSEDED: ("late", lazy_gettext("The text has changed: please decide again")),
    Reason.INSUFFICIENT_PROOF: ("late", lazy_gettext("We cannot prove your consent, so we do not use it")),
    Reason.MINOR: ("no", lazy_gettext("A parent or guardian has to agree")),
    Reason.SHARED_CONTACT: ("no", lazy_gettext("Somebody else who uses this contact does not want it")),
    Reason.SUPPRESSED: ("no", lazy_gettext("We do not use this contact for advertising")),
    Reason.RESTRICTED: ("no", lazy_gettext("Processing of your data is restricted")),
    Reason.ERASURE_PENDING: ("no", lazy_gettext("Your data are being erased")),
    Reason.DECEASED: ("no", lazy_gettext("We do not use this contact for advertising")),
}


@dataclass(frozen=True)
class State:
    """A word with its sign."""

    sign: str
    word: str


def state_of(choice: Choice) -> State:
    """What holds for a choice."""
    sign, word = _STATES[choice.decision.reason]
    return State(sign, str(word))


def said_in(texts: Mapping[str, str]) -> str:
    """The text in the language of the page, or in another where there is none."""
    return texts.get(locale()) or next(iter(texts.values()))


def channel_name(programme: Programme, code: str) -> str:
    """What a channel is called; its code where the programme has none of that name any more."""
    found: Channel | None = programme.channels.get(code)
    return said_in(found.names) if found else code


def purpose_name(programme: Programme, code: str) -> str:
    """What a purpose is called; its code where the programme has none of that name any more."""
    found: Purpose | None = programme.purposes.get(code)
    return said_in(found.names) if found else code


def controllers_of(programme: Programme, purpose: Purpose) -> str:
    """Who is behind a purpose."""
    return ", ".join(programme.controllers[code].name for code in purpose.controllers)
