"""Gather what a receipt says, by the programme as it was when the act was received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.consent import loading, reading
from privacy.consent.acts import ANY, NO_CHANNEL, ActKind
from privacy.consent.checking import hide_act
from privacy.consent.reading import ActView
from privacy.consent.receipts import parties, states
from privacy.consent.receipts.facts import CitedText, Event, Processing, ReceiptFacts
from privacy.consent.receipts.states import EventState
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.crypto.pairwise import Pairwise
from privacy.db import Driver, session
from privacy.programme import service as programmes
from privacy.programme.types import Programme, Purpose
from privacy.subjects import service as subjects

#: Kinds of references, so that the id of a receipt is not that of its act.
_RECEIPT = "receipt"
_BY_CONTROLLER = frozenset({ActKind.INVALIDATE, ActKind.ANNUL, ActKind.INFORM})


def gather(act_id: UUID, *, actor: Actor, locale: str, base_url: str) -> ReceiptFacts:
    """What the receipt of an act says, names in that language; raises `NotFound`, also for an act of the other realm.

    `base_url` is named where no controller has a page of its own.
    """
    view = reading.act(act_id, actor=actor)
    # A clock that was set back may have received it before the first programme.
    programme = programmes.as_of(view.received_at) or programmes.current()
    history = [other for other in reversed(reading.acts_of([view.subject_id])) if _same_record(view, other, programme)]
    purposes = _purposes(view.purpose, programme)
    involved = parties.involved(programme, purposes, locale)
    processing = tuple(parties.processing(programme, purpose, locale) for purpose in purposes)
    return ReceiptFacts(
        receipt_id=str(Pairwise(keyring.installed(), actor.id).hide(_RECEIPT, view.id)),
        record_id=hide_act(actor, view.id),
        subject_ref=subjects.hide_subject(actor, view.subject_id),
        made_at=clock.micros(),
        programme=programme,
        channel=None if view.channel in {ANY, NO_CHANNEL} else view.channel,
        any_purpose=view.purpose == ANY,
        contact=_masked(view.contact_id),
        act=_event(view, purposes, programme, actor),
        history=tuple(_event(other, _purposes(other.purpose, programme), programme, actor) for other in history),
        processing=processing,
        parties=involved,
        wording=_wording(_agreed(view, history), programme),
        notice=_notice(view, programme),
        source=view.source,
        proof=view.proof,
        mandate=view.mandate,
        preferences_url=_first(processing, programme, "preferences_url"),
        privacy_url=_first(processing, programme, "privacy_url") or _first(processing, programme, "url") or base_url,
        test=actor.realm is Realm.TEST,
    )


def _purposes(code: str, programme: Programme) -> list[Purpose]:
    if code == ANY:
        return [purpose for purpose in programme.purposes.values() if loading.means_any(purpose)]
    return [programme.purpose(code)]


def _same_record(view: ActView, other: ActView, programme: Programme) -> bool:
    """Whether another act of the person has a say on what the act is about."""
    if view.contact_id and other.contact_id and view.contact_id != other.contact_id:
        return False
    pair = (other.purpose, other.channel)
    if view.purpose == ANY:
        return pair == (view.purpose, view.channel)
    channel = None if view.channel in {ANY, NO_CHANNEL} else view.channel
    known = other.purpose == ANY or other.purpose in programme.purposes
    return known and loading.bears_on(pair, programme.purpose(view.purpose), channel)


def _event(view: ActView, purposes: Sequence[Purpose], programme: Programme, actor: Actor) -> Event:
    state = states.state_of(view.act, purposes, no_effect=view.no_effect, annulled=view.annulled)
    at = view.earliest if view.claimed_at is None else view.claimed_at
    until = purposes[0].expires_at(view.earliest, programme.zone) if state is EventState.GIVEN and purposes else None
    return Event(
        id=hide_act(actor, view.id),
        kind=view.act,
        state=state,
        type=states.type_of(view.act, explicit=view.explicit),
        at=at,
        received_at=view.received_at,
        valid_until=until,
        by_person=view.act not in _BY_CONTROLLER,
        method=view.source[2],
        no_effect=view.no_effect,
    )


def _agreed(view: ActView, history: Iterable[ActView]) -> ActView:
    """The act whose text was agreed to: of a confirmation that is what it confirms."""
    if view.act is not ActKind.CONFIRM or view.wording is not None:
        return view
    asked = (one for one in history if one.act in {ActKind.REQUEST, ActKind.GIVE} and one.earliest <= view.latest)
    return max(asked, key=lambda one: one.earliest, default=view)


def _wording(view: ActView, programme: Programme) -> CitedText | None:
    if view.wording is None:
        return None
    code, version = view.wording
    found = programme.wording(code, version) if version else None
    if found is None:
        return CitedText(code, version, view.locale, view.text_sha256, None)
    if view.text_sha256 is None:
        return _in_language(code, version, view.locale, found.texts, found.digests)
    # Only the text whose hash the act cites was shown, whatever else stands under that version.
    locale = next((each for each, digest in found.digests.items() if digest == view.text_sha256), None)
    text = found.texts[locale] if locale else None
    return CitedText(code, version, locale or view.locale, view.text_sha256, text)


def _notice(view: ActView, programme: Programme) -> CitedText | None:
    if view.notice is None:
        return None
    code, version = view.notice
    found = programme.notice(code, version) if version else None
    locale = view.locale or programme.jurisdiction.locales[0]
    if found is None:
        return CitedText(code, version, view.locale, None, None)
    return _in_language(code, version, locale, found.texts, found.digests)


def _in_language(
    code: str, version: str | None, locale: str | None, texts: Mapping[str, str], digests: Mapping[str, str]
) -> CitedText:
    known = locale is not None and locale in texts
    return CitedText(code, version, locale, digests[str(locale)] if known else None, texts.get(locale or ""))


def _masked(contact_id: UUID | None) -> Mapping[str, str] | None:
    if contact_id is None:
        return None
    try:
        return subjects.masked_value(Driver.of(session()), contact_id)
    except KeyDestroyed:
        return None


def _first(processing: Iterable[Processing], programme: Programme, name: str) -> str | None:
    """The first such address of a controller."""
    codes = (code for one in processing for code in one.purpose.controllers)
    found = (getattr(programme.controllers[code], name) for code in codes)
    return next((address for address in found if address), None)
