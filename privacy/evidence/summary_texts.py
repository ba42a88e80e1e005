"""The words of a bundle's summary in Polish, English and Croatian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FALLBACK = "en"


@dataclass(frozen=True)
class Words:
    """One language."""

    locale: str
    phrases: Mapping[str, str]
    #: What was done, by kind of act.
    acts: Mapping[str, str]

    def phrase(self, name: str, **values: object) -> str:
        """A fixed text with values in its places."""
        return self.phrases[name].format(**values)


def words(locale: str) -> Words:
    """The nearest language that there is: the same, else English."""
    return _WORDS.get(locale.partition("-")[0].lower(), _WORDS[FALLBACK])


_ENGLISH = Words(
    "en",
    {
        "title": "Evidence about one data subject",
        "intro": "What was agreed to, refused and withdrawn, and the events of the audit log that prove it. This "
        "summary is for reading; what counts stands in the other files, and verifies without the service.",
        "facts": "What this is",
        "subject": "Data subject",
        "members": "Recorded as (one person)",
        "made": "Made",
        "log": "Log",
        "checkpoint": "State of the log",
        "leaves": "{size} events, root {root}",
        "acts": "Acts",
        "no_acts": "No act is recorded.",
        "on": "{act}: {purpose}, {channel}",
        "happened": "happened {at}",
        "no_date": "the source gave no date",
        "received": "received {at}",
        "source": "source {source}",
        "wording": "text shown {wording}",
        "text_of": "in {file}",
        "no_text": "of which only the hash is known",
        "notice": "notice {notice}",
        "effect": "effect: {effects}",
        "no_effect": "without effect: {reason}",
        "annulled": "annulled",
        "event": "event at index {index}",
        "no_event": "its event can't be read any more: what the row says is not proven",
        "events": "Events",
        "event_line": "{action}, {object}, by {actor}",
        "erased_event": "The body was erased or its key destroyed. That the event stands here is proven.",
        "erased": "Erased",
        "erased_acts": "The content of these acts was erased: {acts}.",
        "erased_events": "{count} of {all} events can't be read any more. Their leaves and proofs remain.",
        "nothing_erased": "Nothing is erased: every event can be read.",
        "decisions": "Signed decisions",
        "decision_count": "{count} signed decisions were presented and stand in decisions.jsonl.",
        "verify": "How to verify",
        "verify_1": "Get the key of the log from the controller by a way that this archive did not come by.",
        "verify_2": "Get privacy-verify (one file; Python 3.9 or newer) and check its published SHA-256.",
        "verify_3": "Run: python3 -I privacy_verify.py BUNDLE.zip --key KEY",
        "verify_4": "It says VERIFIED, or names the file and line that does not hold.",
        "pages": "page {} of {}",
        "readme": "The files of this archive",
        "file_manifest.json": "the list of all files, signed, and the state of the log to which everything is proven",
        "file_events.jsonl": "the events of the audit log about the person, each with its proof",
        "file_objects.jsonl": "the content of each act, to which its event commits",
        "file_acts.json": "the same acts, as people read them",
        "file_decisions.jsonl": "signed decisions that were presented",
        "file_texts": "the texts that were shown, named by their SHA-256",
        "file_summary": "the summary",
    },
    {
        "request": "consent requested",
        "give": "consent given",
        "confirm": "consent confirmed",
        "refuse": "consent refused",
        "withdraw": "consent withdrawn",
        "object": "objection",
        "lift_objection": "objection lifted",
        "inform": "information given",
        "invalidate": "invalidated",
        "annul": "annulment",
    },
)
_POLISH = Words(
    "pl",
    {
        "title": "Dowody dotyczące jednej osoby, której dane dotyczą",
        "intro": "Na co wyrażono zgodę, czego odmówiono i co wycofano, oraz zdarzenia z dziennika, które tego dowodzą. "
        "To podsumowanie służy do czytania; liczą się pozostałe pliki, które można zweryfikować bez udziału serwisu.",
        "facts": "Co to jest",
        "subject": "Osoba, której dane dotyczą",
        "members": "Zapisana jako (jedna osoba)",
        "made": "Sporządzono",
        "log": "Dziennik",
        "checkpoint": "Stan dziennika",
        "leaves": "liczba zdarzeń: {size}, korzeń {root}",
        "acts": "Oświadczenia",
        "no_acts": "Nie zapisano żadnego oświadczenia.",
        "on": "{act}: {purpose}, {channel}",
        "happened": "złożono {at}",
        "no_date": "źródło nie podało daty",
        "received": "otrzymano {at}",
        "source": "źródło {source}",
        "wording": "pokazana treść {wording}",
        "text_of": "w pliku {file}",
        "no_text": "znany jest tylko jej skrót",
        "notice": "klauzula informacyjna {notice}",
        "effect": "skutek: {effects}",
        "no_effect": "bez skutku: {reason}",
        "annulled": "unieważnione",
        "event": "zdarzenie o indeksie {index}",
        "no_event": "zdarzenia nie można już odczytać: treść wiersza nie jest udowodniona",
        "events": "Zdarzenia",
        "event_line": "{action}, {object}, przez {actor}",
        "erased_event": "Treść usunięto albo zniszczono jej klucz. To, że zdarzenie tu stoi, jest udowodnione.",
        "erased": "Usunięto",
        "erased_acts": "Usunięto treść tych oświadczeń: {acts}.",
        "erased_events": "Zdarzenia, których nie można już odczytać: {count} z {all}. Pozostały ich liście i dowody.",
        "nothing_erased": "Niczego nie usunięto: każde zdarzenie można odczytać.",
        "decisions": "Podpisane decyzje",
        "decision_count": "Przedstawione podpisane decyzje: {count}; są w pliku decisions.jsonl.",
        "verify": "Jak zweryfikować",
        "verify_1": "Klucz dziennika uzyskaj od administratora inną drogą niż to archiwum.",
        "verify_2": "Pobierz privacy-verify (jeden plik; Python 3.9 lub nowszy) i sprawdź jego opublikowany SHA-256.",
        "verify_3": "Uruchom: python3 -I privacy_verify.py BUNDLE.zip --key KEY",
        "verify_4": "Program napisze VERIFIED albo wskaże plik i wiersz, który się nie zgadza.",
        "pages": "strona {} z {}",
        "readme": "Pliki tego archiwum",
        "file_manifest.json": "podpisana lista wszystkich plików i stan dziennika, do którego prowadzą dowody",
        "file_events.jsonl": "zdarzenia z dziennika dotyczące tej osoby, każde z dowodem",
        "file_objects.jsonl": "zawartość każdego oświadczenia, do której zobowiązuje jego zdarzenie",
        "file_acts.json": "te same oświadczenia w postaci do czytania",
        "file_decisions.jsonl": "przedstawione podpisane decyzje",
        "file_texts": "pokazane treści, nazwane swoim SHA-256",
        "file_summary": "podsumowanie",
    },
    {
        "request": "prośba o zgodę",
        "give": "zgoda wyrażona",
        "confirm": "zgoda potwierdzona",
        "refuse": "odmowa zgody",
        "withdraw": "zgoda wycofana",
        "object": "sprzeciw",
        "lift_objection": "sprzeciw cofnięty",
        "inform": "przekazanie informacji",
        "invalidate": "uznanie za nieważne",
        "annul": "unieważnienie",
    },
)
_CROATIAN = Words(
    "hr",
    {
        "title": "Dokazi o jednom ispitaniku",
        "intro": "Na što je dana privola, što je odbijeno i povučeno, i događaji iz dnevnika koji to dokazuju. Ovaj "
        "sažetak služi za čitanje; vrijede ostale datoteke, koje se provjeravaju bez usluge.",
        "facts": "Što je ovo",
        "subject": "Ispitanik",
        "members": "Zabilježen kao (jedna osoba)",
        "made": "Sastavljeno",
        "log": "Dnevnik",
        "checkpoint": "Stanje dnevnika",
        "leaves": "broj događaja: {size}, korijen {root}",
        "acts": "Radnje",
        "no_acts": "Nijedna radnja nije zabilježena.",
        "on": "{act}: {purpose}, {channel}",
        "happened": "dogodilo se {at}",
        "no_date": "izvor nije naveo datum",
        "received": "primljeno {at}",
        "source": "izvor {source}",
        "wording": "prikazani tekst {wording}",
        "text_of": "u datoteci {file}",
        "no_text": "poznat je samo njegov sažetak (hash)",
        "notice": "obavijest {notice}",
        "effect": "učinak: {effects}",
        "no_effect": "bez učinka: {reason}",
        "annulled": "poništeno",
        "event": "događaj s indeksom {index}",
        "no_event": "njezin se događaj više ne može pročitati: sadržaj retka nije dokazan",
        "events": "Događaji",
        "event_line": "{action}, {object}, od {actor}",
        "erased_event": "Sadržaj je izbrisan ili mu je ključ uništen. Da događaj ovdje stoji, dokazano je.",
        "erased": "Izbrisano",
        "erased_acts": "Izbrisan je sadržaj ovih radnji: {acts}.",
        "erased_events": "Događaji koji se više ne mogu pročitati: {count} od {all}. Njihovi listovi i dokazi ostaju.",
        "nothing_erased": "Ništa nije izbrisano: svaki se događaj može pročitati.",
        "decisions": "Potpisane odluke",
        "decision_count": "Predočene potpisane odluke: {count}; u datoteci decisions.jsonl.",
        "verify": "Kako provjeriti",
        "verify_1": "Ključ dnevnika zatražite od voditelja obrade drugim putem nego što je stigla ova arhiva.",
        "verify_2": "Nabavite privacy-verify (jedna datoteka; Python 3.9 ili noviji) i provjerite objavljeni SHA-256.",
        "verify_3": "Pokrenite: python3 -I privacy_verify.py BUNDLE.zip --key KEY",
        "verify_4": "Ispisuje VERIFIED ili imenuje datoteku i redak koji se ne slaže.",
        "pages": "stranica {} od {}",
        "readme": "Datoteke ove arhive",
        "file_manifest.json": "potpisani popis svih datoteka i stanje dnevnika prema kojem je sve dokazano",
        "file_events.jsonl": "događaji iz dnevnika o toj osobi, svaki s dokazom",
        "file_objects.jsonl": "sadržaj svake radnje, na koji se obvezuje njezin događaj",
        "file_acts.json": "iste radnje u čitljivom obliku",
        "file_decisions.jsonl": "predočene potpisane odluke",
        "file_texts": "prikazani tekstovi, nazvani po svojem SHA-256",
        "file_summary": "sažetak",
    },
    {
        "request": "zatražena privola",
        "give": "dana privola",
        "confirm": "potvrđena privola",
        "refuse": "odbijena privola",
        "withdraw": "povučena privola",
        "object": "prigovor",
        "lift_objection": "povučen prigovor",
        "inform": "dana informacija",
        "invalidate": "proglašeno nevaljanim",
        "annul": "poništenje",
    },
)
_WORDS = {each.locale: each for each in (_ENGLISH, _POLISH, _CROATIAN)}
LOCALES = tuple(_WORDS)
