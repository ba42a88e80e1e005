"""What somebody else changed of a person's choices, told on their own page until they say that they have read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec
from babel.support import LazyProxy
from flask import Response

from privacy.consent.service import ActKind
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.forms import read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done
from privacy.portal.act_words import Told, told
from privacy.portal.blueprint import portal
from privacy.portal.gate import current_person
from privacy.programme.types import Programme
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import PersonSession, Who

portal.says_after(
    {"changes-seen": lazy_gettext("Noted. We show these changes here no longer; they stay under My proof.")}
)
_WHO: Mapping[Who, LazyProxy] = {
    Who.STAFF: lazy_gettext("our staff"),
    Who.REPRESENTATIVE: lazy_gettext("somebody who may speak for you"),
    Who.MAILBOX: lazy_gettext("somebody who uses the same address or number"),
    Who.SYSTEM: lazy_gettext("another system, on your behalf"),
}
_WHAT: Mapping[ActKind, tuple[str, LazyProxy]] = {
    ActKind.GIVE: ("yes", lazy_gettext("Consent given")),
    ActKind.CONFIRM: ("yes", lazy_gettext("Consent confirmed")),
    ActKind.LIFT_OBJECTION: ("yes", lazy_gettext("Objection taken back")),
    ActKind.REFUSE: ("no", lazy_gettext("Consent refused")),
    ActKind.WITHDRAW: ("no", lazy_gettext("Consent withdrawn")),
    ActKind.OBJECT: ("no", lazy_gettext("Objection made")),
    ActKind.INVALIDATE: ("no", lazy_gettext("Consent found not to stand")),
    ActKind.ANNUL: ("late", lazy_gettext("Earlier statement no longer counted")),
}


@dataclass(frozen=True)
class Changed:
    """One change, in words."""

    sign: str
    what: str
    by: str
    act: Told
    #: Whether it stands in the person's own history. What another said of an address that both have does not.
    own: bool


class _Read(msgspec.Struct, forbid_unknown_fields=True):
    """Which changes stood on the page."""

    act: list[UUID] = []


def changes_of(mine: PersonSession, programme: Programme) -> list[Changed]:
    """What others changed since the person last said to have read of it."""
    found = []
    for one in selfservice.unseen(mine):
        sign, what = _WHAT[one.act.act]
        found.append(Changed(sign, str(what), str(_WHO[one.who]), told(one.act, programme), one.own))
    return found


@portal.form("/changes/seen", guard=SIGNED_IN)
def note_changes_seen() -> Response:
    """The person has read of them."""
    selfservice.mark_seen(current_person(), read_form(_Read).act)
    return done("portal.choices", "changes-seen")
