"""What happens to the people of the demo: one story each, told in acts, events and standings.

Fixed days, so that a second telling is word for word the first and nothing is recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from privacy.consent.service import ActKind, Cited, ContactEvent, Source
from privacy.subjects.service import AgeClass, Standing

SHOP = Source("shop", "checkout", "web_form")
PORTAL = Source("shop", "preferences", "preference_centre")
TILL = Source("till", "poznan-01", "till")
CALL_CENTRE = Source("call_centre", "inbound", "call_recording")
CLUB = Source("klub", "counter", "signature")
APP = Source("app", "settings", "app")

_KLAUZULA, _KLUB, _NEWSLETTER = Cited("klauzula", "3.0", "pl"), Cited("loyalty", "2", "pl"), Cited("newsletter", "3")


@dataclass(frozen=True)
class Act:
    """One act of a story. `names` are the identifiers by which the source knew the person."""

    kind: ActKind
    on: str | None
    source: Source
    names: tuple[str, ...]
    purpose: str | None = None
    channels: tuple[str, ...] | None = None
    wording: Cited | None = None
    notice: Cited | None = None
    age_class: AgeClass | None = None
    #: Whether the person before this one in the list acted as the parent.
    by_parent: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened to a contact."""

    kind: ContactEvent
    on: str
    contact: str


@dataclass(frozen=True)
class Known:
    """The person as the customer database knows them, without an act."""

    names: tuple[str, ...]
    on: str
    standing: tuple[tuple[Standing, bool], ...] = ()


Step = Act | Event | Known
Story = Callable[[], Sequence[Step]]

_ACCOUNT = ("customer_id", "email", "phone")


def shopper() -> Sequence[Step]:
    """Agrees to offers at the checkout, after reading the notice."""
    return (
        Act(ActKind.INFORM, "2026-03-14T17:05:11+01:00", SHOP, _ACCOUNT, "offers", ("email",), notice=_KLAUZULA),
        _offers("2026-03-14T17:05:12+01:00"),
    )


def subscriber() -> Sequence[Step]:
    """Known by the address alone; subscribes and confirms."""
    return (
        _newsletter(ActKind.GIVE, "2025-09-02T08:11:40+02:00"),
        _newsletter(ActKind.CONFIRM, "2025-09-02T08:13:05+02:00"),
    )


def undecided() -> Sequence[Step]:
    """Asks for the newsletter now and has not confirmed it: the message waits in the outbox."""
    return (_newsletter(ActKind.REQUEST, None),)


def leaver() -> Sequence[Step]:
    """Agrees, and withdraws a year later."""
    withdrawal = Act(ActKind.WITHDRAW, "2026-02-20T21:44:00+01:00", PORTAL, ("customer_id",), "offers", ("email",))
    return _offers("2025-01-09T12:30:00+01:00"), withdrawal


def refuser() -> Sequence[Step]:
    """Says no at the till."""
    return (Act(ActKind.REFUSE, "2026-05-06T15:20:00+02:00", TILL, ("loyalty_card", "phone"), "offers", ("sms",)),)


def objector() -> Sequence[Step]:
    """Objects to all direct marketing by telephone (Art. 21(2))."""
    return _offers("2025-03-03T10:00:00+01:00"), Act(ActKind.OBJECT, "2026-01-15T09:31:00+01:00", CALL_CENTRE, _ACCOUNT)


def returner() -> Sequence[Step]:
    """Objects, thinks better of it, and agrees anew."""
    return (
        Act(ActKind.OBJECT, "2025-06-01T09:00:00+02:00", CALL_CENTRE, _ACCOUNT, "offers"),
        Act(ActKind.LIFT_OBJECTION, "2026-04-10T18:00:00+02:00", PORTAL, _ACCOUNT, "offers"),
        _offers("2026-04-10T18:01:00+02:00"),
    )


def long_ago() -> Sequence[Step]:
    """Agreed so long ago that it has expired."""
    return (_offers("2022-05-10T11:00:00+02:00", Cited("klauzula", "2.1", "pl")),)


def member() -> Sequence[Step]:
    """Joins the Club: card, coupon, profiling, by signature; location in the app."""
    card, signed = ("loyalty_card", "email", "phone"), "2026-02-01T13:00:00+01:00"
    return (
        Act(ActKind.GIVE, signed, CLUB, card, "birthday_coupon", ("email", "sms"), _KLUB),
        Act(ActKind.GIVE, signed, CLUB, card, "profiling", None, _KLUB),
        Act(ActKind.REFUSE, signed, CLUB, card, "partner_sharing"),
        Act(ActKind.GIVE, "2026-02-02T07:45:30+01:00", APP, ("device_id", "loyalty_card"), "geolocation", None, _KLUB),
    )


def minor() -> Sequence[Step]:
    """Too young to consent alone."""
    return (_offers("2026-06-01T16:00:00+02:00", age_class=AgeClass.FROM_13),)


def child_with_parent() -> Sequence[Step]:
    """As young, but the parent acts."""
    return (_offers("2026-06-02T18:30:00+02:00", age_class=AgeClass.FROM_13, by_parent=True),)


def bounced() -> Sequence[Step]:
    """Agreed, and the mailbox is gone."""
    return _offers("2025-02-11T10:15:00+01:00"), Event(ContactEvent.HARD_BOUNCE, "2026-03-01T04:12:09+01:00", "email")


def complainer() -> Sequence[Step]:
    """Agreed, and pressed "this is spam"."""
    return _offers("2025-04-11T10:15:00+02:00"), Event(ContactEvent.COMPLAINT, "2026-03-02T20:12:09+01:00", "email")


def stopper() -> Sequence[Step]:
    """Agreed, and answered STOP to a text message."""
    return _offers("2025-05-11T10:15:00+02:00"), Event(ContactEvent.STOP, "2026-03-03T12:00:30+01:00", "phone")


def moved_on() -> Sequence[Step]:
    """The number belongs to somebody else now."""
    return _offers("2025-07-11T10:15:00+02:00"), Event(ContactEvent.REASSIGNED, "2026-04-01T08:00:00+02:00", "phone")


def deceased() -> Sequence[Step]:
    """Agreed, and has died."""
    died = Known(("customer_id",), "2026-05-20T10:00:00+02:00", ((Standing.DECEASED, True),))
    return _offers("2025-08-11T10:15:00+02:00"), died


def restricted() -> Sequence[Step]:
    """Asked for restriction while the accuracy is looked into (Art. 18)."""
    asked = Known(("customer_id",), "2026-05-21T10:00:00+02:00", ((Standing.RESTRICTED, True),))
    return _offers("2025-10-11T10:15:00+02:00"), asked


def invalid() -> Sequence[Step]:
    """The form ticked the box for them, so the controller lets the consent fall."""
    ruling = Act(ActKind.INVALIDATE, "2026-06-10T10:00:00+02:00", Source("crm", "audit"), _ACCOUNT, "offers")
    return _offers("2025-11-11T10:15:00+01:00"), ruling


def unproven() -> Sequence[Step]:
    """Someone noted a consent without the text: it waits in the queue of acts without effect."""
    return (Act(ActKind.GIVE, "2026-07-01T10:00:00+02:00", TILL, ("loyalty_card", "phone"), "offers", ("sms",)),)


def buyer() -> Sequence[Step]:
    """Bought something and was never asked."""
    return (Known(("customer_id", "email", "phone", "postal_address"), "2026-08-15T14:00:00+02:00"),)


def _offers(on: str, wording: Cited = _KLAUZULA, age_class: AgeClass | None = None, by_parent: bool = False) -> Act:
    channels = ("email", "sms")
    return Act(ActKind.GIVE, on, SHOP, _ACCOUNT, "offers", channels, wording, age_class=age_class, by_parent=by_parent)


def _newsletter(kind: ActKind, on: str | None) -> Act:
    return Act(kind, on, Source("shop", "footer", "double_opt_in"), ("email",), "newsletter", ("email",), _NEWSLETTER)


#: Told in turn; the common ones more than once.
STORIES: tuple[Story, ...] = (
    *(shopper, subscriber, leaver, member, buyer, shopper, undecided, refuser, objector, long_ago, subscriber),
    *(shopper, minor, shopper, child_with_parent, bounced, member, complainer, stopper, moved_on, returner),
    *(deceased, restricted, invalid, unproven),
)
