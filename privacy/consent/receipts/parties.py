"""Who has a part in the processing, and where: from the programme and its record of activities (Art. 30). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from privacy.consent.receipts.facts import Party, Processing
from privacy.programme.types import (
    Controller,
    DataProtectionOfficer,
    ProcessingActivity,
    Processor,
    Programme,
    Purpose,
    RecipientKind,
)


def involved(programme: Programme, purposes: Iterable[Purpose], locale: str) -> dict[str, Party]:
    """Everybody, by id: controllers first, then processors, recipients and the authority."""
    found: dict[str, Party] = {}
    for purpose in purposes:
        for code in purpose.controllers:
            found.setdefault(f"controller:{code}", _controller(programme, programme.controllers[code]))
        office = found[f"controller:{purpose.controllers[0]}"].contact
        for processor in _processors(programme, purpose):
            found.setdefault(f"processor:{processor.code}", _processor(processor, office))
        for code in purpose.recipients:
            found.setdefault(f"recipient:{code}", _recipient(programme, code, office, locale))
    authority = programme.jurisdiction.authority
    country = programme.jurisdiction.country
    found["authority"] = Party(
        "authority", authority.name, authority.address, country, "authority", "named", authority.url, url=authority.url
    )
    return dict(sorted(found.items(), key=lambda pair: _ORDER.index(pair[1].role)))


_ORDER = ("controller", "processor", "recipient", "authority")


def processing(programme: Programme, purpose: Purpose, locale: str) -> Processing:
    """One purpose with those who serve it, safeguards in that language."""
    served = _processors(programme, purpose)
    countries = [programme.controllers[code].country for code in purpose.controllers]
    countries += [processor.country for processor in served]
    safeguards = {f"processor:{p.code}": _told(p.safeguard, locale) for p in served if p.safeguard}
    for code in purpose.recipients:
        if safeguard := programme.recipients[code].safeguard:
            safeguards[f"recipient:{code}"] = _told(safeguard, locale)
    assessed = (activity.impact_assessment for activity in _activities(programme, purpose))
    return Processing(
        purpose=purpose,
        controllers=tuple(f"controller:{code}" for code in purpose.controllers),
        recipients=(
            *(f"processor:{processor.code}" for processor in served),
            *(f"recipient:{code}" for code in purpose.recipients),
        ),
        countries=tuple(dict.fromkeys(countries)),
        safeguards=safeguards,
        impact_assessment=next((reference for reference in assessed if reference), None),
    )


def _told(texts: Mapping[str, str], locale: str) -> str:
    return texts.get(locale) or next(iter(texts.values()))


def _activities(programme: Programme, purpose: Purpose) -> Iterator[ProcessingActivity]:
    return (a for a in programme.processing_activities.values() if purpose.code in a.purposes)


def _processors(programme: Programme, purpose: Purpose) -> list[Processor]:
    """Those of the activities that serve the purpose, as far as they work for its controllers."""
    codes = dict.fromkeys(code for activity in _activities(programme, purpose) for code in activity.processors)
    found = (programme.processors[code] for code in codes)
    return [processor for processor in found if set(processor.controllers) & set(purpose.controllers)]


def _controller(programme: Programme, controller: Controller) -> Party:
    dpo = _dpo(programme, controller)
    return Party(
        id=f"controller:{controller.code}",
        name=controller.name,
        address=controller.address,
        country=controller.country,
        role="controller",
        type="named",
        contact=f"{dpo.name}, {dpo.email}" if dpo else controller.email,
        email=controller.email,
        phone=controller.phone or (dpo.phone if dpo else None),
        url=controller.url,
    )


def _dpo(programme: Programme, controller: Controller) -> DataProtectionOfficer | None:
    dpo = programme.dpo
    return dpo if dpo and controller.code in dpo.controllers else None


def _processor(processor: Processor, office: str) -> Party:
    """People reach a processor through the controller, whose duty it is to answer (Art. 12)."""
    return Party(
        f"processor:{processor.code}",
        processor.name,
        processor.country,
        processor.country,
        "processor",
        "named",
        office,
    )


def _recipient(programme: Programme, code: str, office: str, locale: str) -> Party:
    recipient = programme.recipients[code]
    name = recipient.names.get(locale) or next(iter(recipient.names.values()))
    named = recipient.kind is RecipientKind.NAMED
    return Party(
        f"recipient:{code}",
        name,
        recipient.country,
        recipient.country,
        "recipient",
        "named" if named else "category",
        office,
    )
