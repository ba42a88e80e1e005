"""An authorisation to process personal data on paper (GDPR Art. 29, 32(4)), in Polish, English or Croatian."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from privacy import clock, spoken
from privacy.access.grants import GrantFacts
from privacy.authz.roles import StaffRole
from privacy.pdf.blocks import Block, Paragraph, Style
from privacy.pdf.document import Document

_EN: Mapping[str, str] = {
    "title": "Authorisation to process personal data No. {number}",
    "law": "Given under Articles 29 and 32(4) of Regulation (EU) 2016/679 (GDPR).",
    "holder": "Given to:",
    "role": "Role:",
    "scope": "Controller:",
    "from": "Valid from:",
    "until": "Valid until:",
    "by": "Given by:",
    "agreed": "Agreed to by:",
    "ended": "Ended on:",
    "all": "all controllers of the service",
    "open": "until it is ended",
    "duty": "The holder processes personal data only within this role and on the controller's instructions, and keeps "
    "them confidential, also after the authorisation has ended.",
    "footer": "Authorisation No. {number}",
    "pages": "page {} of {}",
    "controller": "decides for the controller",
    "privacy_office": "privacy office: handles requests, breaches, retention and records",
    "dpo": "data protection officer: sees everything, advises, decides nothing",
    "agent": "agent at the counter or on the phone: looks people up, reads and records their choices",
    "administrator": "administrator of the service, without access to personal data of customers",
    "inspector": "inspector: reads only",
}
_PL: Mapping[str, str] = {
    "title": "Upoważnienie do przetwarzania danych osobowych nr {number}",
    "law": "Nadane na podstawie art. 29 i art. 32 ust. 4 rozporządzenia (UE) 2016/679 (RODO).",
    "holder": "Nadane osobie:",
    "role": "Rola:",
    "scope": "Administrator danych:",
    "from": "Obowiązuje od:",
    "until": "Obowiązuje do:",
    "by": "Nadane przez:",
    "agreed": "Zgodę wyraził(a):",
    "ended": "Odwołane:",
    "all": "wszyscy administratorzy danych w usłudze",
    "open": "do odwołania",
    "duty": "Osoba upoważniona przetwarza dane osobowe wyłącznie w zakresie tej roli i na polecenie administratora "
    "danych oraz zachowuje je w tajemnicy, także po wygaśnięciu upoważnienia.",
    "footer": "Upoważnienie nr {number}",
    "pages": "strona {} z {}",
    "controller": "podejmuje decyzje za administratora danych",
    "privacy_office": "biuro ochrony danych: prowadzi wnioski, naruszenia, okresy przechowywania i rejestry",
    "dpo": "inspektor ochrony danych: ma wgląd we wszystko, doradza, niczego nie rozstrzyga",
    "agent": "pracownik obsługi przy ladzie lub telefonie: wyszukuje osoby, odczytuje i zapisuje ich decyzje",
    "administrator": "administrator usługi, bez dostępu do danych osobowych klientów",
    "inspector": "kontroler: tylko odczyt",
}
_HR: Mapping[str, str] = {
    "title": "Ovlaštenje za obradu osobnih podataka br. {number}",
    "law": "Izdano na temelju članka 29. i članka 32. stavka 4. Uredbe (EU) 2016/679 (GDPR).",
    "holder": "Izdano osobi:",
    "role": "Uloga:",
    "scope": "Voditelj obrade:",
    "from": "Vrijedi od:",
    "until": "Vrijedi do:",
    "by": "Izdao:",
    "agreed": "Suglasnost dao:",
    "ended": "Opozvano:",
    "all": "svi voditelji obrade u usluzi",
    "open": "do opoziva",
    "duty": "Ovlaštena osoba obrađuje osobne podatke samo u okviru ove uloge i prema uputama voditelja obrade te ih "
    "čuva kao tajnu, i nakon prestanka ovlaštenja.",
    "footer": "Ovlaštenje br. {number}",
    "pages": "stranica {} od {}",
    "controller": "odlučuje za voditelja obrade",
    "privacy_office": "ured za zaštitu podataka: vodi zahtjeve, povrede, rokove čuvanja i evidencije",
    "dpo": "službenik za zaštitu podataka: vidi sve, savjetuje, ni o čemu ne odlučuje",
    "agent": "djelatnik na pultu ili telefonu: traži osobe, čita i bilježi njihove odluke",
    "administrator": "administrator usluge, bez pristupa osobnim podacima kupaca",
    "inspector": "inspektor: samo čita",
}
WORDS = {"pl": _PL, "en": _EN, "hr": _HR}


def authorisation(
    grant: GrantFacts, locale: str, *, controllers: Mapping[str, str], names: Mapping[UUID, str]
) -> bytes:
    """The authorisation as a PDF, the same bytes each time. `controllers`: names by code; `names`: of who gave it."""
    words = WORDS[locale]
    number = str(grant.number)
    title = words["title"].format(number=number)
    document = Document(
        title=title,
        subject=grant.staff_name,
        language=locale,
        at=grant.ended_at or grant.agreed_at or grant.granted_at,
        footer=words["footer"].format(number=number),
        pages=words["pages"],
    )
    return document.render(_blocks(grant, locale, title, controllers, names))


def role_in_words(role: StaffRole, locale: str) -> str:
    """What somebody in a role does."""
    return WORDS[locale][role.value]


def _blocks(
    grant: GrantFacts, locale: str, title: str, controllers: Mapping[str, str], names: Mapping[UUID, str]
) -> list[Block]:
    words = WORDS[locale]
    facts = [
        ("holder", grant.staff_name),
        ("role", role_in_words(grant.role, locale)),
        ("scope", controllers.get(grant.scope, words["all"] if grant.scope == "all" else grant.scope)),
        ("from", _day(grant.valid_from, locale)),
        ("until", words["open"] if grant.valid_until is None else _day(grant.valid_until - 1, locale)),
        ("by", names.get(grant.granted_by, str(grant.granted_by))),
    ]
    if grant.agreed_by is not None:
        facts.append(("agreed", names.get(grant.agreed_by, str(grant.agreed_by))))
    if grant.ended_at is not None:
        facts.append(("ended", _day(grant.ended_at, locale)))
    told = [Paragraph(text, Style.TEXT, term=words[term], after=6) for term, text in facts]
    return [
        Paragraph(title, Style.TITLE, after=10),
        Paragraph(words["law"], after=14),
        *told,
        Paragraph(words["duty"], after=10),
    ]


def _day(at: int, locale: str) -> str:
    return spoken.day(clock.from_micros(at).date(), locale)
