"""The breach that a drill and the demo tell: invented, and what is known of it, decided and said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: What is known when it is found, and what is known a day later.
FIRST: Mapping[str, Any] = {
    "timing": {"when": "range", "discovered_by": "controller"},
    "incident": {
        "description": "Osoba nieuprawniona zalogowała się na konto pracownika i pobrała plik z danymi klientów.",
        "nature": ["confidentiality"],
        "kinds": ["credential_attack", "exfiltration"],
        "systems": ["crm"],
    },
}
THEN: Mapping[str, Any] = {
    "controller": {"sector": "retail", "size": "large"},
    "people": {
        "reporter": {
            "name": "Jan Dąb",
            "function": "kierownik działu obsługi klienta",
            "email": "jan.dab@jarzebina.example",
        },
        "others_involved": False,
    },
    "timing": {
        "estimated": True,
        "days_only": False,
        "place": "serwer systemu CRM",
        "discovered_how": "Alarm o nietypowym eksporcie danych.",
    },
    "incident": {
        "disclosed": "unknown_recipients",
        "unintelligible": "no",
        "origin": "external",
        "intent": "malicious",
        "cause": "Hasło pracownika było używane także w innym serwisie, z którego wyciekło.",
        "locations": ["Poznań"],
    },
    "persons": {"kinds": ["customers"]},
    "data": {
        "kinds": ["names", "address", "email", "phone", "pesel", "credentials", "purchases"],
        "records": {"known": "approximate", "value": 900},
    },
    "before": {"safeguards": ["access_control", "backup", "logging"]},
    "effects": {
        "consequences": ["spread_beyond_need", "used_for_other_purposes"],
        "impacts": ["loss_of_control", "identity_theft", "unwanted_contact"],
        "severity": "severe",
        "details": "Próby wyłudzenia; w razie numeru PESEL zaciągnięcie zobowiązania na cudze dane.",
    },
    "response": {
        "taken": "Konto zablokowano, hasła zmieniono, sesje zakończono.",
        "proposed": "Przegląd uprawnień wszystkich kont działu.",
        "prevention": "Drugi składnik uwierzytelniania na każdym koncie pracownika.",
        "safeguards": ["multi_factor", "monitoring"],
        "advice": "Zastrzec numer PESEL, zmienić hasło, nie podawać kodów przez telefon.",
    },
    "telling": {"told": "planned", "means": ["email", "letter", "phone"]},
    "others": {"police": "yes", "cross_border": "no"},
}
#: Why, in the words of whoever takes a step.
WHY = {
    "report": "Nietypowy eksport danych z systemu CRM w nocy.",
    "aware": "Z dziennika systemu wynika, że plik został pobrany.",
    "contain": "Zablokowano konto, zakończono jego sesje, zmieniono hasła.",
    "opinion": "Ktoś nieznany ma nazwiska z numerami PESEL: ryzyko dla osób jest wysokie, trzeba je zawiadomić.",
    "decision": "Zgodnie z opinią inspektora: zgłaszamy naruszenie organowi i zawiadamiamy osoby.",
    "task": "Wykonano i udokumentowano.",
    "close": "Drugi składnik logowania działa na każdym koncie; wnioski są w protokole.",
}
ASSESSMENT: Mapping[str, Any] = {
    "risk": "high",
    "what": "Skopiowano plik z imionami i nazwiskami, adresami, numerami PESEL i skrótami haseł klientów.",
    "whose": "Klientów; wśród nich mogą być dzieci, za które zgodę wyrazili rodzice.",
    "sensitivity": "Numer PESEL z nazwiskiem i adresem wystarcza, by zaciągnąć pożyczkę na cudze dane.",
    "ease": "Osoby są nazwane z imienia i nazwiska.",
    "done": "Konto zablokowano; hasła były zapisane jako skróty z solą; samych danych nie da się odzyskać.",
    "consequences": "Pożyczki na cudze dane, wyłudzenia, utrata kontroli nad danymi. Prawdopodobne i poważne.",
    "enisa": {
        "data": [{"category": "financial", "adjusted": 1, "why": "PESEL z adresem pozwala na wyłudzenie"}],
        "ease": "maximum",
        "confidentiality": "unknown",
        "malicious": True,
    },
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "happened": "Ktoś zalogował się na konto naszego pracownika i skopiował plik z danymi klientów.",
        "consequences": "Ktoś może zadzwonić lub napisać, powołując się na Twoje zakupy, albo spróbować wziąć pożyczkę "
        "na Twoje dane.",
        "measures": "Zablokowaliśmy konto i zmieniliśmy hasła. Zawiadomiliśmy Prezesa UODO i Policję. Każde konto "
        "pracownika wymaga teraz drugiego składnika logowania.",
    },
    "en": {
        "happened": "Somebody signed in to an account of our staff and copied a file with customers' data.",
        "consequences": "Somebody may call or write to you and mention what you bought, or try to borrow money in "
        "your name.",
        "measures": "We blocked the account and changed the passwords. We told the supervisory authority and the "
        "police. Every account of our staff now needs a second factor.",
    },
    "hr": {
        "happened": "Netko se prijavio na račun našeg zaposlenika i kopirao datoteku s podacima kupaca.",
        "consequences": "Netko Vas može nazvati ili Vam pisati pozivajući se na Vaše kupnje ili pokušati podići kredit "
        "na Vaše ime.",
        "measures": "Blokirali smo račun i promijenili lozinke. Obavijestili smo nadzorno tijelo i policiju. Svaki "
        "račun zaposlenika sada traži drugi faktor prijave.",
    },
}


def made_up(how_many: int) -> Iterator[dict[str, str]]:
    """People who do not exist, at addresses that nobody can have (RFC 2606)."""
    for number in range(1, how_many + 1):
        yield {"email": f"osoba.{number}@cwiczenie.example"}
