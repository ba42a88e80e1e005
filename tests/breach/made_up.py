"""A breach that never was, told in full: what documents are made of in tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.breach.documents.account import Account, Notified
from privacy.breach.facts import Facts
from privacy.breach.vocabulary import Phase, Risk, State, Way
from privacy.programme import service as programmes
from privacy.programme.build import build
from privacy.programme.types import Programme
from tests.programme.documents import EXAMPLE

#: 20 November 2026, 16:40 in Warsaw.
AWARE_AT = 1_795_189_200 * clock.SECOND
HOUR = 3_600 * clock.SECOND
DUE_AT = AWARE_AT + 72 * HOUR

TOLD: dict[str, dict[str, Any]] = {
    "controller": {
        "sector": "retail",
        "size": "large",
        "attorney": {"name": "Kancelaria Olcha", "email": "kancelaria@olcha.example"},
    },
    "people": {
        "reporter": {"name": "Ewa Lis", "function": "inspektor ochrony danych", "phone": "+48610000030"},
        "others_involved": True,
        "parties": [
            {
                "qualification": "processor",
                "name": "Mailowo sp. z o.o.",
                "contact": "bezpieczenstwo@mailowo.example",
                "role": "wysyłka wiadomości",
            }
        ],
    },
    "timing": {
        "when": "range",
        "start": "2026-11-18T02:10:00+01:00",
        "end": "2026-11-20T15:05:00+01:00",
        "estimated": True,
        "place": "serwer systemu CRM w centrum danych w Poznaniu",
        "discovered_by": "controller",
        "discovered_how": "Alarm o nietypowym eksporcie danych, sprawdzony przez administratora systemu.",
    },
    "incident": {
        "description": "Osoba nieuprawniona zalogowała się na konto pracownika działu obsługi klienta i pobrała plik "
        "z danymi klientów.\nKonto nie miało drugiego składnika uwierzytelniania.",
        "nature": ["confidentiality"],
        "disclosed": "unknown_recipients",
        "unintelligible": "no",
        "kinds": ["credential_attack", "exfiltration"],
        "origin": "external",
        "intent": "malicious",
        "cause": "Hasło pracownika było używane także w innym serwisie, z którego wyciekło.",
        "systems": ["crm"],
        "locations": ["Poznań"],
    },
    "persons": {"kinds": ["customers"], "count": {"known": "approximate", "value": 12_450}},
    "data": {
        "kinds": ["names", "address", "email", "phone", "pesel", "purchases"],
        "details": "Imię, nazwisko, adres dostawy, e-mail, telefon i historia zamówień; numer PESEL 312 osób.",
        "records": {"known": "approximate", "value": 48_900},
    },
    "before": {"safeguards": ["access_control", "backup", "logging", "training"]},
    "effects": {
        "consequences": ["spread_beyond_need", "used_for_other_purposes"],
        "impacts": ["loss_of_control", "identity_theft", "unwanted_contact"],
        "severity": "severe",
        "details": "Próby wyłudzenia z powołaniem się na zamówienia; w razie numeru PESEL zaciągnięcie zobowiązania.",
    },
    "response": {
        "taken": "Konto zablokowano, hasła zmieniono, sesje zakończono.",
        "proposed": "Przegląd uprawnień wszystkich kont działu.",
        "prevention": "Drugi składnik uwierzytelniania na każdym koncie pracownika.",
        "safeguards": ["multi_factor", "monitoring"],
        "advice": "Zastrzec numer PESEL, zmienić hasło, nie podawać kodów przez telefon.",
    },
    "telling": {"told": "planned", "on": "2026-11-24"},
    "others": {"police": "yes", "police_on": "2026-11-21", "cross_border": "no"},
}


@cache
def programme() -> Programme:
    """The example programme."""
    return build(programmes.read(EXAMPLE.read_text()).content, number=1, applied_at=0, sha256="")


def facts() -> Facts:
    """Everything is known."""
    return msgspec.convert(TOLD, Facts)


def account(**changes: Any) -> Account:
    """The breach, with what differs."""
    made = Account(
        id=UUID("0199f000-0000-7000-8000-000000000001"),
        number="N-2026-0001",
        test=False,
        rehearsal=False,
        controller="klub",
        state=State.RESPONSE,
        opened_at=AWARE_AT,
        detected_at=AWARE_AT - 2 * HOUR,
        facts=facts(),
        aware_at=AWARE_AT,
        aware_reason="Dziennik systemu potwierdził pobranie pliku.",
        due_at=DUE_AT,
        outer_at=DUE_AT + HOUR // 3,
        risk=Risk.HIGH,
        notify=True,
        notify_reasons="Wysokie ryzyko dla osób, których PESEL ujawniono.",
    )
    return replace(made, **changes)


SENT = Notified(1, Phase.INITIAL, AWARE_AT + 20 * HOUR, Way.BIZNES_GOV, "DKN.5130.1.2026", None, {})
