"""The words of warnings before data go, in each language; without advertising, and with a way to say no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from privacy import spoken
from privacy.outbox import service as outbox
from privacy.programme.types import Controller, Programme, RetentionAction, RetentionRule


@dataclass(frozen=True)
class _Words:
    """One language."""

    #: What becomes of the data, as it stands after "we will".
    happens: Mapping[RetentionAction, str]
    #: What is called that no rule names more closely.
    everything: str
    sign_in: str
    write: str
    dpo: str
    controller: str


_ERASE, _ANONYMISE, _RESTRICT, _REVIEW = (
    RetentionAction.ERASE,
    RetentionAction.ANONYMISE,
    RetentionAction.RESTRICT,
    RetentionAction.REVIEW,
)
_WORDS: Mapping[str, _Words] = {
    "pl": _Words(
        {
            _ERASE: "usuniemy te dane",
            _ANONYMISE: "usuniemy z tych danych wszystko, co mówi o Tobie",
            _RESTRICT: "zablokujemy te dane, tak że posłużą tylko temu, czego wymaga prawo",
            _REVIEW: "zdecydujemy, czy usunąć te dane",
        },
        "dane, które mamy o Tobie",
        "zaloguj się na swoje konto: {url}",
        "napisz albo zadzwoń do nas. Kontakt: {contact}",
        "{name}, inspektor ochrony danych, {reach}",
        "{name}, {address}, {reach}",
    ),
    "en": _Words(
        {
            _ERASE: "erase these data",
            _ANONYMISE: "remove from these data everything that says something about you",
            _RESTRICT: "lock these data, so that they serve nothing but what the law asks for",
            _REVIEW: "decide whether to erase these data",
        },
        "the data that we hold about you",
        "sign in to your account: {url}",
        "write to us or call us: {contact}",
        "{name}, data protection officer, {reach}",
        "{name}, {address}, {reach}",
    ),
    "hr": _Words(
        {
            _ERASE: "izbrisat ćemo te podatke",
            _ANONYMISE: "uklonit ćemo iz tih podataka sve što govori o Vama",
            _RESTRICT: "zaključat ćemo te podatke, tako da služe samo onomu što zakon traži",
            _REVIEW: "odlučit ćemo hoćemo li te podatke izbrisati",
        },
        "podatke koje imamo o Vama",
        "prijavite se na svoj račun: {url}",
        "pišite nam ili nas nazovite: {contact}",
        "{name}, službenik za zaštitu podataka, {reach}",
        "{name}, {address}, {reach}",
    ),
}


def message(
    template: str, locale: str, rule: RetentionRule, programme: Programme, *, number: str, goes_on: date
) -> outbox.Message:
    """A warning in the nearest language that there is."""
    language = locale.partition("-")[0].lower()
    language = language if language in _WORDS else "en"
    words, who = _WORDS[language], controller_of(rule, programme)
    values: dict[str, outbox.Value] = {
        "NUMBER": number,
        "WHAT": ", ".join(_what(rule, programme, language)) or words.everything,
        "HAPPENS": words.happens[rule.action],
        "GOES_ON": spoken.day(goes_on, language),
        "STATUTE": rule.statute,
        "SINCE": _of(rule.starts, language),
        "KEEP": [f"– {line}" for line in _ways(words, who, programme)],
        "EMAIL": _email(who, programme),
        "CONTROLLER": who.name,
    }
    wanted = outbox.places(template, language)
    return outbox.Message(template, language, {name: value for name, value in values.items() if name in wanted})


def controller_of(rule: RetentionRule, programme: Programme) -> Controller:
    """Whose data a rule is about: the controller of a purpose that it covers, else the first of the programme."""
    for code in rule.covers.purposes:
        for controller in programme.purposes[code].controllers if code in programme.purposes else ():
            return programme.controllers[controller]
    return next(iter(programme.controllers.values()))


def _what(rule: RetentionRule, programme: Programme, language: str) -> list[str]:
    """By the most telling names that the rule has: kinds of data, else the systems that hold them."""
    categories = [programme.data_categories[one] for one in rule.covers.data_categories]
    if categories:
        return [_of(one.names, language) for one in categories]
    return [_of(programme.systems[one].names, language) for one in rule.covers.systems if one in programme.systems]


def _ways(words: _Words, who: Controller, programme: Programme) -> list[str]:
    url = who.preferences_url or who.url
    told = spoken.filled(words.write, contact=_contact(words, who, programme))
    return [*([spoken.filled(words.sign_in, url=url)] if url else []), told]


def _contact(words: _Words, who: Controller, programme: Programme) -> str:
    dpo = programme.dpo
    if dpo is not None and who.code in dpo.controllers:
        return spoken.filled(words.dpo, name=dpo.name, reach=_reach(dpo.email, dpo.phone))
    return spoken.filled(words.controller, name=who.name, address=who.address, reach=_reach(who.email, who.phone))


def _email(who: Controller, programme: Programme) -> str:
    dpo = programme.dpo
    return dpo.email if dpo is not None and who.code in dpo.controllers else who.email


def _reach(email: str, phone: str | None) -> str:
    return f"{email}, tel. {phone}" if phone else email


def _of(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")
