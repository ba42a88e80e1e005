"""A consent at the counter, given by the customer on her own device: the page behind a QR code.

The ticket stands behind `#`, which no server, log or other site is told. Whatever opens the page, or sends its first
form, uses nothing up: a consent takes the press of a button below its text.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from flask import Response

from privacy.authz.actors import Realm, a_person
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Cited, OwnDeviceTicket, Source
from privacy.http.sources import few
from privacy.pages.blueprint import OPEN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.portal.collection.forms import NoSuchForm
from privacy.portal.collection.pages import collect
from privacy.portal.collection.reading import CHANGED, today
from privacy.programme import service as programmes
from privacy.programme.service import Offer
from privacy.programme.types import ContactKind, Programme, Setting
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming

_POINT = "counter"
collect.says_after(
    {
        "agreed": lazy_gettext("Thank you. Your consent is recorded. The person who serves you sees it."),
        "refused": lazy_gettext("Thank you. Your “no” is recorded. We will not do it, and will not ask again soon."),
    }
)


class _Opening(msgspec.Struct, forbid_unknown_fields=True):
    ticket: str = ""


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    ticket: str
    shown: str
    answer: Literal["yes", "no"]


@collect.page("/-/confirm", guard=OPEN)
def own_device(errors: FormErrors = NO_ERRORS) -> Response:
    """Where the QR code leads."""
    return render("collect/own_device.html", errors=errors)


@collect.form("/-/confirm/open", guard=OPEN, again=own_device)
@few
def own_open() -> Response:
    """What is asked, with its text. Nothing is recorded yet."""
    given = read_form(_Opening)
    return _question(given.ticket, consent.read_ticket(given.ticket))


@collect.form("/-/confirm", guard=OPEN, again=own_device)
@few
def own_answer() -> Response:
    """Record the customer's answer. The same ticket again changes nothing."""
    given = read_form(_Answer)
    ticket = consent.read_ticket(given.ticket)
    programme = programmes.current()
    offer = _offer(programme, ticket)
    if given.shown != offer.shown:
        return _question(given.ticket, ticket, FormErrors({"body": [str(CHANGED)]}), 409)
    agreed = given.answer == "yes"
    act = _act(programme, ticket, offer, agreed=agreed)
    consent.record(act, actor=a_person(ticket.id), programme=programme)
    return done("collect.own_device", "agreed" if agreed else "refused")


def _question(text: str, ticket: OwnDeviceTicket, errors: FormErrors = NO_ERRORS, status: int = 200) -> Response:
    programme = programmes.current()
    offer, purpose = _offer(programme, ticket), programme.purpose(ticket.purpose)
    channel = programme.channel(ticket.channel).names[_in(programme, offer.locale)] if ticket.channel else ""
    return render(
        "collect/own_question.html",
        status,
        offer=offer,
        paragraphs=[line for line in offer.text.split("\n") if line.strip()],
        purpose=purpose.names[_in(programme, offer.locale)],
        channel=channel,
        ticket=text,
        errors=errors,
    )


def _offer(programme: Programme, ticket: OwnDeviceTicket) -> Offer:
    found = programmes.offer_of(programme, ticket.purpose, today(programme), [ticket.locale])
    if found is None:
        raise NoSuchForm("Nobody can agree to this today.")
    return found


def _in(programme: Programme, locale: str) -> str:
    return locale if locale in programme.jurisdiction.locales else programme.jurisdiction.locales[0]


def _act(programme: Programme, ticket: OwnDeviceTicket, offer: Offer, *, agreed: bool) -> ActIn:
    purpose = programme.purpose(ticket.purpose)
    notice = offer.notice
    return ActIn(
        naming=Naming(Realm.LIVE, ref=ticket.subject_id, contacts=_contacts(programme, ticket)),
        act=ActKind.GIVE if agreed else ActKind.REFUSE,
        source=Source(ticket.system, _POINT, "link", setting=Setting.OFFLINE),
        purpose=ticket.purpose,
        channels=[ticket.channel] if ticket.channel else None,
        wording=Cited(offer.wording.code, offer.wording.version, offer.locale),
        notice=Cited(notice.code, notice.version, offer.notice_locale) if notice else None,
        text_sha256=offer.sha256,
        explicit=agreed and purpose.explicit,
        once=str(ticket.id),
        evidence={"device": "own"},
    )


def _contacts(programme: Programme, ticket: OwnDeviceTicket) -> dict[ContactKind, ContactName]:
    kind = programme.channel(ticket.channel).contact_kind if ticket.channel else None
    if kind is None or ticket.contact_id is None:
        return {}
    value = subjects.reveal_contact(ticket.contact_id)
    return {kind: subjects.contact_name(programme, Realm.LIVE, kind, value)}
