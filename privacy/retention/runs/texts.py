"""The texts of certificates of disposal, one mapping for each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

_PL: Final = {
    "title": "Protokół usunięcia danych po upływie terminu",
    "number": "Numer",
    "as_of": "Terminy upłynęły przed dniem",
    "started": "Rozpoczęto",
    "ended": "Zakończono",
    "agreed": "Zgodę wyraziło osób",
    "controllers": "Administrator",
    "cancelled": "PRZERWANO: protokół mówi o tym, co zrobiono do tej chwili.",
    "summary": "Dane, których termin przechowywania upłynął, usunięto lub zmieniono tak, jak je wcześniej policzono, "
    "i odczytano ponownie (art. 5 ust. 1 lit. e RODO). Protokół nie zawiera danych osobowych.",
    "done": "Co zrobiono",
    "stays": "Co zostaje i dlaczego",
    "nothing": "Nic.",
    "head_place": "System i tabela",
    "head_deleted": "Usunięto",
    "head_changed": "Zmieniono",
    "head_left": "Zostało",
    "head_why": "Dlaczego",
    "head_rows": "Wiersze",
    "by_hand": "ręcznie, według oświadczenia",
    "verify": "Jak sprawdzić ten protokół",
    "verify_text": "Protokół jest podpisany, a zdarzenie, o którym mówi, ma numer {index} w dzienniku {origin}. "
    "Sprawdza go program privacy-verify z kluczem dziennika (o który klucz pytać: {keys}):",
    "footer": "Protokół {id}",
    "pages": "strona {{}} z {{}}",
    "held": "objęte wstrzymaniem usunięcia",
    "referred_to": "potrzebne wierszom, które zostają",
    "warning": "osoba została uprzedzona, czas nie minął",
    "kept": "tak zdecydowała osoba prowadząca",
    "not_warned": "nie udało się uprzedzić osoby",
    "review": "reguła wymaga przejrzenia",
    "changed": "zmieniły się w międzyczasie",
    "too_much": "odwołuje się do nich zbyt wiele wierszy",
    "unreadable": "brak klucza, który by je odróżniał",
}
_EN: Final = {
    "title": "Certificate of disposal of data whose time was up",
    "number": "Number",
    "as_of": "Their time was up before",
    "started": "Begun",
    "ended": "Ended",
    "agreed": "People who agreed",
    "controllers": "Controller",
    "cancelled": "BROKEN OFF: it tells what was done until then.",
    "summary": "Data whose time of keeping was up were deleted or changed as they had been counted before, and read "
    "again (GDPR Art. 5(1)(e)). This certificate holds no personal data.",
    "done": "What was done",
    "stays": "What stays, and why",
    "nothing": "Nothing.",
    "head_place": "System and table",
    "head_deleted": "Deleted",
    "head_changed": "Changed",
    "head_left": "Left",
    "head_why": "Why",
    "head_rows": "Rows",
    "by_hand": "by hand, as somebody stated",
    "verify": "How to check this certificate",
    "verify_text": "It is signed, and the event that it tells of has the number {index} in the log {origin}. The "
    "program privacy-verify checks it with the log's key (which key to ask for: {keys}):",
    "footer": "Certificate {id}",
    "pages": "page {{}} of {{}}",
    "held": "under a legal hold",
    "referred_to": "needed by rows that stay",
    "warning": "the person was warned, and the time is not over",
    "kept": "somebody decided so",
    "not_warned": "the person could not be warned",
    "review": "the rule wants a person to look",
    "changed": "changed meanwhile",
    "too_much": "too many rows refer to them",
    "unreadable": "no key tells them apart",
}
_HR: Final = {
    "title": "Potvrda o brisanju podataka po isteku roka",
    "number": "Broj",
    "as_of": "Rokovi su istekli prije",
    "started": "Početak",
    "ended": "Završetak",
    "agreed": "Broj osoba koje su se složile",
    "controllers": "Voditelj obrade",
    "cancelled": "PREKINUTO: potvrda govori o onome što je do tada učinjeno.",
    "summary": "Podaci kojima je istekao rok čuvanja izbrisani su ili promijenjeni kako su prije toga prebrojani i "
    "ponovno su pročitani (čl. 5. st. 1. t. e GDPR-a). Potvrda ne sadrži osobne podatke.",
    "done": "Što je učinjeno",
    "stays": "Što ostaje i zašto",
    "nothing": "Ništa.",
    "head_place": "Sustav i tablica",
    "head_deleted": "Izbrisano",
    "head_changed": "Promijenjeno",
    "head_left": "Ostalo",
    "head_why": "Zašto",
    "head_rows": "Redci",
    "by_hand": "ručno, prema izjavi",
    "verify": "Kako provjeriti ovu potvrdu",
    "verify_text": "Potvrda je potpisana, a događaj o kojem govori ima broj {index} u dnevniku {origin}. Provjerava je "
    "program privacy-verify ključem dnevnika (koji ključ zatražiti: {keys}):",
    "footer": "Potvrda {id}",
    "pages": "stranica {{}} od {{}}",
    "held": "zadržano zbog postupka",
    "referred_to": "potrebno redcima koji ostaju",
    "warning": "osoba je upozorena, rok nije istekao",
    "kept": "tako je odlučeno",
    "not_warned": "osobu nije bilo moguće upozoriti",
    "review": "pravilo traži pregled",
    "changed": "u međuvremenu promijenjeno",
    "too_much": "na njih upućuje previše redaka",
    "unreadable": "nema ključa koji ih razlikuje",
}
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {"pl": _PL, "en": _EN, "hr": _HR}


def texts(locales: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """The first locale that there are texts of, and they; English where there are none."""
    for locale in locales:
        for name in (locale, locale.partition("-")[0].lower()):
            if name in _TEXTS:
                return name, _TEXTS[name]
    return "en", _EN
