"""What somebody said at some time, told to themselves: what, when, where, on which text, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from babel.support import LazyProxy

from privacy import clock
from privacy.consent.service import ANY, NO_CHANNEL, ActKind, ActView
from privacy.db import Driver, session
from privacy.pages.languages import gettext, lazy_gettext
from privacy.pages.look import look
from privacy.portal.choice_words import channel_name, purpose_name, said_in
from privacy.programme.types import Programme
from privacy.selfservice import service as selfservice
from privacy.subjects import service as subjects

_KINDS: Mapping[ActKind, tuple[str, LazyProxy]] = {
    ActKind.REQUEST: ("wait", lazy_gettext("You asked for it, and were sent a message to confirm")),
    ActKind.GIVE: ("yes", lazy_gettext("You agreed")),
    ActKind.CONFIRM: ("yes", lazy_gettext("You confirmed")),
    ActKind.REFUSE: ("no", lazy_gettext("You did not agree")),
    ActKind.WITHDRAW: ("no", lazy_gettext("You withdrew your consent")),
    ActKind.OBJECT: ("no", lazy_gettext("You objected")),
    ActKind.LIFT_OBJECTION: ("yes", lazy_gettext("You took your objection back")),
    ActKind.INFORM: ("yes", lazy_gettext("You were given information")),
    ActKind.INVALIDATE: ("no", lazy_gettext("We found that this consent does not stand")),
    ActKind.ANNUL: (
        "late",
        lazy_gettext("We no longer count an earlier statement, which was recorded by mistake"),
    ),
}
_METHODS: Mapping[str, LazyProxy] = {
    **dict.fromkeys(("web_form", "form", "checkbox"), lazy_gettext("a form on a web page")),
    **dict.fromkeys(("portal", "preference_centre"), lazy_gettext("a page of choices")),
    "app": lazy_gettext("the app"),
    "chatbot": lazy_gettext("a chat"),
    "kiosk": lazy_gettext("a screen in a shop"),
    **dict.fromkeys(("link", "one_click"), lazy_gettext("a link in a message")),
    **dict.fromkeys(("confirmed_code", "double_opt_in"), lazy_gettext("a code from a message")),
    **dict.fromkeys(("sms_reply", "email_reply", "letter"), lazy_gettext("a message from you")),
    **dict.fromkeys(("paper", "paper_form", "signature", "scan", "signature_pad"), lazy_gettext("a signed form")),
    **dict.fromkeys(("call_recording", "recording", "phone", "call_centre"), lazy_gettext("a telephone call")),
    **dict.fromkeys(("till", "in_store", "counter"), lazy_gettext("staff in a shop")),
    "request": lazy_gettext("a request about your data"),
}
_MANDATES: Mapping[str, LazyProxy] = {
    "parent": lazy_gettext("A parent said it for you."),
    "guardian": lazy_gettext("A guardian said it for you."),
    "power_of_attorney": lazy_gettext("Somebody with your power of attorney said it for you."),
    "court_order": lazy_gettext("Somebody appointed by a court said it for you."),
}


@dataclass(frozen=True)
class Told:
    """One act as its person reads it."""

    id: UUID
    sign: str
    said: str
    #: None where it is about all advertising.
    purpose: str | None
    channel: str | None
    contact: str | None
    #: When it took place, as far as it is known (microseconds), and when we got to know of it.
    at: int
    received_at: int
    #: The system, and the way.
    system: str
    method: str | None
    #: Who said it for the person; None where it was the person.
    by: str | None
    #: Whether it counts no more, since it was recorded by mistake; and whether it never counted.
    annulled: bool
    without_effect: bool

    @property
    def year(self) -> int:
        """In which it took place."""
        return clock.from_micros(self.at).astimezone(look().zone()).year

    @property
    def day(self) -> str:
        """ISO 8601."""
        return clock.from_micros(self.at).astimezone(look().zone()).date().isoformat()


def told(act: ActView, programme: Programme) -> Told:
    """An act in words."""
    sign, said = _KINDS[act.act]
    system, _, method = act.source
    return Told(
        act.id,
        sign,
        str(said),
        None if act.purpose == ANY else purpose_name(programme, act.purpose),
        None if act.channel in {ANY, NO_CHANNEL} else channel_name(programme, act.channel),
        _masked(act.contact_id),
        act.earliest if act.claimed_at is None else act.claimed_at,
        act.received_at,
        _system(programme, system),
        _word(_METHODS, method),
        _word(_MANDATES, act.mandate),
        act.annulled,
        act.no_effect is not None,
    )


def _word(words: Mapping[str, LazyProxy], code: str | None) -> str | None:
    return str(words[code]) if code is not None and code in words else code


def _system(programme: Programme, code: str) -> str:
    if code == selfservice.SYSTEM:
        return gettext("these pages")
    found = programme.systems.get(code)
    return said_in(found.names) if found else code


def _masked(contact_id: UUID | None) -> str | None:
    return next(iter(subjects.masked_value(Driver.of(session()), contact_id).values())) if contact_id else None
