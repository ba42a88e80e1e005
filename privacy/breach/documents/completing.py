"""What the programme and the register know of a breach's facts, where the facts do not say it. Pure.

Only what stands there is taken over; nothing is concluded from anything.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from privacy import clock
from privacy.breach.documents.account import Account
from privacy.breach.facts import Contact, Controller, Count, Facts, Party, People, Telling, Timing
from privacy.breach.options import IdentifierKind, Known, Qualification, Told
from privacy.breach.vocabulary import Exception34
from privacy.programme.types import Programme

_POLAND = "PL"


def completed(account: Account, programme: Programme) -> Account:
    """The breach with what the programme says of its controller, its officer and its processor."""
    told = account.facts
    facts = Facts(
        controller=_controller(told.controller, account, programme),
        people=_people(told.people, account, programme),
        timing=_timing(told.timing, account, programme),
        incident=told.incident,
        persons=told.persons,
        data=told.data,
        before=told.before,
        effects=told.effects,
        response=told.response,
        telling=_telling(told.telling, account, programme),
        others=told.others,
    )
    return replace(account, facts=facts)


def named_system(programme: Programme, code: str, locale: str) -> str:
    """The name of a system of the programme; what else is written stays as it is."""
    found = programme.systems.get(code)
    return code if found is None else found.names.get(locale, code)


def _controller(told: Controller, account: Account, programme: Programme) -> Controller:
    known = programme.controllers.get(account.controller)
    if told.identifier is not None or known is None or known.tax_number is None:
        return told
    kind = IdentifierKind.NIP if known.country == _POLAND else IdentifierKind.VAT
    return msgspec.structs.replace(told, identifier_kind=kind, identifier=known.tax_number)


def _people(told: People, account: Account, programme: Programme) -> People:
    officer = programme.dpo
    if officer is not None and account.controller in officer.controllers and told.dpo is None:
        contact = Contact(officer.name, None, officer.email, officer.phone, officer.address)
        told = msgspec.structs.replace(told, dpo=contact)
    if told.dpo is not None and told.dpo_designated is None:
        told = msgspec.structs.replace(told, dpo_designated=True)
    processor = programme.processors.get(account.processor or "")
    if processor is not None and not told.parties:
        party = Party(Qualification.PROCESSOR, processor.name, processor.email, processor.service)
        told = msgspec.structs.replace(told, parties=(party,))
    if told.parties and told.others_involved is None:
        told = msgspec.structs.replace(told, others_involved=True)
    return told


def _timing(told: Timing, account: Account, programme: Programme) -> Timing:
    if told.told_at is None and account.processor_told_at is not None:
        at = clock.from_micros(account.processor_told_at).astimezone(programme.zone)
        told = msgspec.structs.replace(told, told_at=at)
    reasons = next((sent.reasons for sent in account.standing if sent.late and sent.reasons), None)
    if told.late_reasons is None and reasons is not None:
        told = msgspec.structs.replace(told, late_reasons=reasons)
    return told


def _telling(told: Telling, account: Account, programme: Programme) -> Telling:
    if account.communicated_at is None:
        return told
    if told.told in {None, Told.OPEN, Told.PLANNED}:
        on = clock.from_micros(account.communicated_at).astimezone(programme.zone).date()
        how = Told.PUBLIC_NOTICE if account.excepted is Exception34.DISPROPORTIONATE else Told.YES
        told = msgspec.structs.replace(told, told=how, on=on)
    if told.count is None and account.communicated_count is not None:
        told = msgspec.structs.replace(told, count=Count(Known.EXACT, account.communicated_count))
    return told
