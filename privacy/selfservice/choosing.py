"""What people change of their choices on their own pages: for themselves, or for a child for whom they speak.

A "no" asks for nothing more than to have come in. A "yes" is taken only for a contact that was proven in the session,
to the very text that was shown, and only for what was ticked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from privacy import clock
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Choice, Cited, Source
from privacy.errors import NotFound
from privacy.programme import service as programmes
from privacy.programme.service import Offer
from privacy.programme.types import LegalBasis, Programme, ProofGrade, Purpose
from privacy.selfservice.failures import NothingTicked, TextChanged, TooYoung, Unproven
from privacy.selfservice.sessions import PersonSession
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, Naming

SYSTEM = "portal"
_PARENT = "parent"
#: Of no message: without a code a confirmation would be one of the source's own.
_NO_CODE = "-"


@dataclass(frozen=True)
class Whose:
    """Whose choices these are: the person's own, or those of a child for whom the person speaks."""

    mine: PersonSession
    subject_id: UUID
    of_a_child: bool = False


def of_oneself(mine: PersonSession) -> Whose:
    """The person's own choices; raises `NotFound` in a session of nobody."""
    if mine.subject_id is None:
        raise NotFound
    return Whose(mine, mine.subject_id)


def of_child(mine: PersonSession, child_id: UUID) -> Whose:
    """The choices of a child for whom the person spoke before; raises `NotFound`, also for one who has grown up."""
    if child_id not in children(mine):
        raise NotFound
    return Whose(mine, child_id, of_a_child=True)


def children(mine: PersonSession) -> list[UUID]:
    """The children for whom the person spoke before and who are not known to have come of age."""
    if mine.subject_id is None:
        return []
    mine_all = subjects.natural_person(mine.subject_id)
    # What somebody did here, because they had acted for the child before, proves nothing once that was a mistake.
    found = consent.children_of(mine_all, but_by=SYSTEM)
    return [one for one in found if one not in mine_all and _age(one, mine) not in {None, AgeClass.ADULT}]


def choices(whose: Whose) -> list[Choice]:
    """Everything that the person can say yes or no to."""
    found = consent.choices_of(whose.subject_id, actor=whose.mine.actor, programme=programmes.current())
    return [one for one in found if not whose.of_a_child or _is_for_a_parent(whose, one.purpose)]


def choices_about(whose: Whose, purpose: str) -> list[Choice]:
    """Those of one purpose; raises `NotFound` where the person has no say about it."""
    programme = programmes.current()
    found = [one for one in programme.purposes.values() if one.code == purpose]
    if not found or (whose.of_a_child and not _is_for_a_parent(whose, found[0])):
        raise NotFound
    mine = consent.choices_of(whose.subject_id, actor=whose.mine.actor, programme=programme, only=purpose)
    if not mine:
        raise NotFound
    return mine


def offer(purpose: str, locale: str) -> Offer | None:
    """The texts that are shown for a purpose today; None where nothing can be agreed to now."""
    programme = programmes.current()
    today = clock.now().astimezone(programme.zone).date()
    return programmes.offer_of(programme, purpose, today, [locale])


def is_proven(whose: Whose, choice: Choice) -> bool:
    """Whether the person may agree here in this session: no contact plays a part, or it was proven."""
    return choice.contact is None or choice.contact.index in {one.name.index for one in whose.mine.proven}


def is_too_young(whose: Whose, purpose: Purpose) -> bool:
    """Whether a parent has to decide about it: as far as the person's age is known (Art. 8)."""
    if whose.of_a_child or purpose.minimum_age is None:
        return False
    return _is_under_age(whose.subject_id, whose.mine, purpose)


def agree(whose: Whose, purpose: str, places: Collection[str], shown: str, locale: str) -> ActKind:
    """Agree to a purpose in these places (`Choice.place`), in the open unit of work.

    `shown`: `Offer.shown` of what the person read. Returns what was done: `request` where a message must be answered
    first. Raises `NothingTicked`, `TextChanged`, `Unproven`, `TooYoung`, `NotFound`.
    """
    read = _read(purpose, shown, locale)
    named = _named(whose, purpose, places)
    if not named:
        raise NothingTicked
    if is_too_young(whose, named[0].purpose):
        raise TooYoung
    if not all(is_proven(whose, one) and one.by_consent for one in named):
        raise Unproven
    act = ActKind.REQUEST if named[0].purpose.double_opt_in else ActKind.GIVE
    _record([_said(whose, one, act, read) for one in named], whose)
    return act


def decline(whose: Whose, purpose: str, shown: str, locale: str) -> None:
    """Say no to all that was asked on the page of a purpose and is not agreed to, in the open unit of work."""
    read = _read(purpose, shown, locale)
    open_ones = [one for one in choices_about(whose, purpose) if not one.decision.allowed]
    _record([_said(whose, one, ActKind.REFUSE, read) for one in open_ones], whose)


def withdraw(whose: Whose, purpose: str, place: str | None = None) -> None:
    """Withdraw a consent in one place, or everywhere, in the open unit of work; raises `NotFound`."""
    mine = choices_about(whose, purpose)
    if place is None:
        _record([_no(whose, ActKind.WITHDRAW, purpose)], whose)
        return
    there = [one for one in mine if one.place == place]
    if not there:
        raise NotFound
    _record([_said(whose, there[0], ActKind.WITHDRAW, None)], whose)


def object_to(whose: Whose, purpose: str) -> None:
    """Object to a purpose that rests on an interest of ours (Art. 21), in the open unit of work."""
    choices_about(whose, purpose)
    _record([_no(whose, ActKind.OBJECT, purpose)], whose)


def lift_objection(whose: Whose, purpose: str) -> None:
    """Take an objection to one such purpose back, in the open unit of work; raises `NotFound` where one agrees anew."""
    if all(one.by_consent for one in choices_about(whose, purpose)):
        raise NotFound
    _record([_no(whose, ActKind.LIFT_OBJECTION, purpose)], whose)


def stop_advertising(whose: Whose) -> None:
    """No more advertising, in the open unit of work: an objection (Art. 21(2)), and every such consent withdrawn."""
    marketing = programmes.current().marketing_purposes
    consents = [one.code for one in marketing if one.legal_basis is LegalBasis.CONSENT]
    noes = [_no(whose, ActKind.OBJECT, None), *(_no(whose, ActKind.WITHDRAW, one) for one in consents)]
    _record(noes, whose)


def stop_messages(mine: PersonSession, channel: str | None) -> None:
    """No more advertising to the proven contacts by a channel, or by any, in the open unit of work.

    For whoever reads a mailbox that may be several people's: it binds for all of them, and tells nothing of anybody.
    Raises `NotFound` for a channel that uses no such contact.
    """
    programme = programmes.current()
    usable = channels_of(mine, programme)
    if channel is not None and channel not in usable:
        raise NotFound
    said = [
        ActIn(
            Naming(mine.realm, contacts={one.kind: one.name}),
            ActKind.OBJECT,
            _source(),
            channels=(code,),
        )
        for one in mine.proven
        for code in ([channel] if channel else usable)
        if programme.channel(code).contact_kind is one.kind
    ]
    consent.record_many(said, actor=mine.actor, programme=programme)


def channels_of(mine: PersonSession, programme: Programme) -> list[str]:
    """The channels by which advertising may come to the contacts that were proven."""
    kinds = {one.kind for one in mine.proven}
    used = {channel for purpose in programme.marketing_purposes for channel in purpose.channels}
    return [code for code, one in programme.channels.items() if code in used and one.contact_kind in kinds]


def confirm(whose: Whose, purpose: str, code: str) -> None:
    """Confirm by the code of a message, in the open unit of work; raises `WrongCode`."""
    naming = Naming(whose.mine.realm, ref=whose.subject_id)
    channels = {one.channel for one in choices_about(whose, purpose) if one.channel}
    source = _source("confirmed_code")
    # Which of the channels it was that the message asked about is told by the code.
    given = ActIn(
        naming, ActKind.CONFIRM, source, purpose=purpose, channels=sorted(channels) or None, code=code or _NO_CODE
    )
    _record([given], whose)


def _named(whose: Whose, purpose: str, places: Collection[str]) -> list[Choice]:
    mine = {one.place: one for one in choices_about(whose, purpose)}
    if not set(places) <= mine.keys():
        raise NotFound
    return [one for place, one in mine.items() if place in places]


def _read(purpose: str, shown: str, locale: str) -> Offer:
    today = offer(purpose, locale)
    if today is None or today.shown != shown:
        raise TextChanged
    return today


def _said(whose: Whose, choice: Choice, act: ActKind, read: Offer | None) -> ActIn:
    """An act on one choice: on the very contact, of whoever holds it."""
    naming = Naming(whose.mine.realm, ref=choice.contact.subject_id if choice.contact else whose.subject_id)
    if choice.contact is not None:
        value = subjects.reveal_contact(choice.contact.id)
        name = subjects.contact_name(programmes.current(), whose.mine.realm, choice.contact.kind, value)
        naming = Naming(naming.realm, contacts={choice.contact.kind: name}, ref=naming.ref)
    cited = Cited(read.wording.code, read.wording.version, read.locale) if read else None
    notice = Cited(read.notice.code, read.notice.version, read.notice_locale) if read and read.notice else None
    return ActIn(
        naming,
        act,
        _source(),
        purpose=choice.purpose.code,
        channels=(choice.channel,) if choice.channel else None,
        wording=cited,
        notice=notice,
        text_sha256=read.sha256 if read else None,
        explicit=act in {ActKind.GIVE, ActKind.REQUEST},
        by=_by(whose),
        mandate=_PARENT if whose.of_a_child else None,
    )


def _no(whose: Whose, act: ActKind, purpose: str | None) -> ActIn:
    """An act on a purpose by every channel and contact, now and later."""
    naming = Naming(whose.mine.realm, ref=whose.subject_id)
    return ActIn(naming, act, _source(), purpose=purpose, by=_by(whose), mandate=_PARENT if whose.of_a_child else None)


def _by(whose: Whose) -> Naming | None:
    return Naming(whose.mine.realm, ref=whose.mine.subject_id) if whose.of_a_child else None


def _source(method: str = "web_form") -> Source:
    return Source(SYSTEM, "choices", method, proof=ProofGrade.OWN_ACT)


def _record(given: Sequence[ActIn], whose: Whose) -> None:
    if given:
        consent.record_many(given, actor=whose.mine.actor, programme=programmes.current())


def _is_for_a_parent(whose: Whose, purpose: Purpose) -> bool:
    return purpose.minimum_age is not None and _is_under_age(whose.subject_id, whose.mine, purpose)


def _is_under_age(subject_id: UUID, mine: PersonSession, purpose: Purpose) -> bool:
    programme = programmes.current()
    today = clock.now().astimezone(programme.zone).date()
    age = _age(subject_id, mine)
    return age is not None and age.lowest_age < programme.minimum_age("online", today, rule=purpose.minimum_age)


def _age(subject_id: UUID, mine: PersonSession) -> AgeClass | None:
    found = subjects.view(subject_id, realm=mine.realm.value).age_class
    return AgeClass(found) if found else None
