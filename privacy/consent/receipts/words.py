"""The words of receipts in Polish, English and Croatian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from privacy.consent.acts import ActKind
from privacy.consent.receipts.states import EventState
from privacy.programme.service import LEGAL_BASES
from privacy.programme.types import LegalBasis

FALLBACK = "en"


@dataclass(frozen=True)
class Words:
    """One language."""

    locale: str
    #: What the receipt of each act is called.
    titles: Mapping[ActKind, str]
    states: Mapping[EventState, str]
    #: GDPR Art. 6(1).
    bases: Mapping[LegalBasis, str]
    #: Rights by their article of the GDPR.
    rights: Mapping[str, str]
    phrases: Mapping[str, str]

    def phrase(self, name: str, /, **values: str) -> str:
        """A fixed text with values in its places."""
        return self.phrases[name].format(**values)

    def of(self, names: Mapping[str, str]) -> str:
        """A name of the programme in this language, else in the first that it has."""
        return names.get(self.locale) or next(iter(names.values()))


def words(wanted: Sequence[str]) -> Words:
    """The first of these languages (BCP 47) that there is, else English."""
    known = (_WORDS.get(locale.partition("-")[0].lower()) for locale in wanted)
    return next((found for found in known if found), _WORDS[FALLBACK])


def languages() -> tuple[str, ...]:
    """The languages that there are."""
    return tuple(_WORDS)


_PL = Words(
    "pl",
    {
        ActKind.REQUEST: "Potwierdzenie prośby o zgodę",
        ActKind.GIVE: "Potwierdzenie zgody",
        ActKind.CONFIRM: "Potwierdzenie zgody",
        ActKind.REFUSE: "Potwierdzenie odmowy zgody",
        ActKind.WITHDRAW: "Potwierdzenie wycofania zgody",
        ActKind.OBJECT: "Potwierdzenie sprzeciwu",
        ActKind.LIFT_OBJECTION: "Potwierdzenie cofnięcia sprzeciwu",
        ActKind.INFORM: "Potwierdzenie przekazania informacji",
        ActKind.INVALIDATE: "Potwierdzenie unieważnienia zgody",
        ActKind.ANNUL: "Potwierdzenie anulowania wpisu",
    },
    {
        EventState.REQUESTED: "czeka na potwierdzenie",
        EventState.GIVEN: "zgoda wyrażona",
        EventState.REFUSED: "odmowa zgody",
        EventState.WITHDRAWN: "zgoda wycofana",
        EventState.OBJECTED: "sprzeciw",
        EventState.OBJECTION_LIFTED: "sprzeciw cofnięty; zgody to nie oznacza",
        EventState.INFORMED: "przekazano informacje",
        EventState.INVALIDATED: "zgoda unieważniona przez administratora",
        EventState.ANNULLED: "wpis anulowany, nie wywołuje skutków",
        EventState.WITHOUT_EFFECT: "bez skutku",
    },
    LEGAL_BASES["pl"],
    {
        "A7-3": "wycofania zgody w każdej chwili, bez wpływu na zgodność z prawem wcześniejszego przetwarzania",
        "A15": "dostępu do danych i otrzymania ich kopii",
        "A16": "sprostowania danych",
        "A17": "usunięcia danych",
        "A18": "ograniczenia przetwarzania",
        "A20": "przeniesienia danych",
        "A21": "wniesienia sprzeciwu, zawsze skutecznego wobec marketingu bezpośredniego",
        "A77": "wniesienia skargi do organu nadzorczego",
    },
    {
        "acted": "Co się stało",
        "person": "Kogo dotyczy",
        "contact": "Kontakt",
        "mandate": "W imieniu tej osoby działał przedstawiciel",
        "purpose": "Cel",
        "every_purpose": "Każdy cel, który opiera się na zgodzie albo służy marketingowi, w szczególności:",
        "channel": "Kanał",
        "every_channel": "każdy kanał",
        "when": "Kiedy",
        "received": "Zarejestrowano",
        "where": "Gdzie i jak",
        "explicit": "Zgoda wyraźna",
        "now": "Ostatni wpis na dzień wystawienia",
        "valid": "Obowiązuje do",
        "until_withdrawn": "do wycofania",
        "controllers": "Administrator danych",
        "dpo": "Kontakt w sprawach danych",
        "basis": "Podstawa prawna",
        "data": "Dane",
        "recipients": "Odbiorcy i podmioty przetwarzające",
        "none": "brak",
        "countries": "Państwa, w których dane są przechowywane",
        "safeguard": "Zabezpieczenie przekazania poza EOG",
        "retention": "Okres przechowywania",
        "text": "Treść, na którą wyrażono zgodę",
        "text_cited": "Treść {code}, wersja {version}, język {locale}. SHA-256: {sha256}",
        "text_missing": "Program ochrony danych z tego dnia nie zawiera treści o tym odcisku; "
        "treść musi okazać administrator.",
        "no_text": "Oświadczenie nie powołuje się na żadną treść zgody.",
        "history": "Przebieg",
        "withdrawal": "Jak wycofać zgodę",
        "withdraw": "Zgodę możesz wycofać i sprzeciw wnieść w każdej chwili, bez podawania przyczyny, równie łatwo, "
        "jak zgoda została wyrażona: {ways}.",
        "on_page": "na stronie {url}",
        "by_mail": "wiadomością na adres {email}",
        "by_letter": "listem na adres: {address}",
        "rights_head": "Twoje prawa",
        "rights": "Masz prawo do:",
        "complaint": "Skargę wnosi się do: {name}, {address}, {url}.",
        "verify": "Jak sprawdzić to potwierdzenie",
        "verify_text": "Potwierdzenie jest podpisane, a zdarzenie, o którym mówi, ma numer {index} w dzienniku "
        "{origin}. Każdy może to sprawdzić bez dostępu do naszych systemów i bez zaufania do nas: programem "
        "privacy-verify, który jest jednym plikiem, i kluczem dziennika, który administrator podaje inną drogą niż ten "
        "dokument (o jaki klucz pytać: {keys}):",
        "verify_changed": "Kto zmieni w pliku choćby jeden znak, tego program to wykaże.",
        "notice": "Klauzula informacyjna",
        "privacy_page": "Informacje o przetwarzaniu danych: {url}",
        "test": "DANE TESTOWE: to potwierdzenie nie dotyczy żadnej prawdziwej osoby.",
        "footer": "Potwierdzenie {id}",
        "pages": "strona {{}} z {{}}",
    },
)
_EN = Words(
    "en",
    {
        ActKind.REQUEST: "Receipt of a request for consent",
        ActKind.GIVE: "Consent receipt",
        ActKind.CONFIRM: "Consent receipt",
        ActKind.REFUSE: "Receipt of a refusal of consent",
        ActKind.WITHDRAW: "Receipt of a withdrawal of consent",
        ActKind.OBJECT: "Receipt of an objection",
        ActKind.LIFT_OBJECTION: "Receipt of the lifting of an objection",
        ActKind.INFORM: "Receipt of information given",
        ActKind.INVALIDATE: "Receipt of the invalidation of a consent",
        ActKind.ANNUL: "Receipt of the annulment of a record",
    },
    {
        EventState.REQUESTED: "waits for confirmation",
        EventState.GIVEN: "consent given",
        EventState.REFUSED: "consent refused",
        EventState.WITHDRAWN: "consent withdrawn",
        EventState.OBJECTED: "objected",
        EventState.OBJECTION_LIFTED: "objection lifted; this is no consent",
        EventState.INFORMED: "information given",
        EventState.INVALIDATED: "consent invalidated by the controller",
        EventState.ANNULLED: "record annulled, without effect",
        EventState.WITHOUT_EFFECT: "without effect",
    },
    LEGAL_BASES["en"],
    {
        "A7-3": "to withdraw consent at any time, without effect on the lawfulness of processing before it",
        "A15": "of access to the data, and to a copy of them",
        "A16": "to rectification",
        "A17": "to erasure",
        "A18": "to restriction of processing",
        "A20": "to data portability",
        "A21": "to object; an objection to direct marketing always has effect",
        "A77": "to complain to the supervisory authority",
    },
    {
        "acted": "What happened",
        "person": "About whom",
        "contact": "Contact",
        "mandate": "A representative acted for this person",
        "purpose": "Purpose",
        "every_purpose": "Every purpose that rests on consent or is marketing, namely:",
        "channel": "Channel",
        "every_channel": "every channel",
        "when": "When",
        "received": "Recorded",
        "where": "Where and how",
        "explicit": "Explicit consent",
        "now": "Last entry when this was made",
        "valid": "Valid until",
        "until_withdrawn": "until it is withdrawn",
        "controllers": "Controller",
        "dpo": "Contact for data protection",
        "basis": "Legal basis",
        "data": "Data",
        "recipients": "Recipients and processors",
        "none": "none",
        "countries": "Countries in which the data are stored",
        "safeguard": "Safeguard of the transfer outside the EEA",
        "retention": "Retention",
        "text": "The text that was agreed to",
        "text_cited": "Text {code}, version {version}, language {locale}. SHA-256: {sha256}",
        "text_missing": "The programme of that day holds no text with this digest; the controller must show it.",
        "no_text": "The act cites no consent text.",
        "history": "History",
        "withdrawal": "How to withdraw",
        "withdraw": "You may withdraw consent and object at any time, without giving a reason and as easily as consent "
        "was given: {ways}.",
        "on_page": "on the page {url}",
        "by_mail": "by a message to {email}",
        "by_letter": "by a letter to: {address}",
        "rights_head": "Your rights",
        "rights": "You have the right:",
        "complaint": "Complaints are made to: {name}, {address}, {url}.",
        "verify": "How to verify this receipt",
        "verify_text": "The receipt is signed, and the event that it speaks of has the number {index} in the log "
        "{origin}. Anybody can verify this without access to our systems and without trusting us: with the program "
        "privacy-verify, which is one file, and with the log's key, which the controller gives you by another way than "
        "this document (what to ask for: {keys}):",
        "verify_changed": "Whoever changes a single character of the file is found out by the program.",
        "notice": "Information notice",
        "privacy_page": "Information about the processing: {url}",
        "test": "TEST DATA: this receipt is about no real person.",
        "footer": "Receipt {id}",
        "pages": "page {{}} of {{}}",
    },
)
_HR = Words(
    "hr",
    {
        ActKind.REQUEST: "Potvrda o zahtjevu za privolu",
        ActKind.GIVE: "Potvrda o privoli",
        ActKind.CONFIRM: "Potvrda o privoli",
        ActKind.REFUSE: "Potvrda o odbijanju privole",
        ActKind.WITHDRAW: "Potvrda o povlačenju privole",
        ActKind.OBJECT: "Potvrda o prigovoru",
        ActKind.LIFT_OBJECTION: "Potvrda o povlačenju prigovora",
        ActKind.INFORM: "Potvrda o danim informacijama",
        ActKind.INVALIDATE: "Potvrda o poništenju privole",
        ActKind.ANNUL: "Potvrda o poništenju zapisa",
    },
    {
        EventState.REQUESTED: "čeka potvrdu",
        EventState.GIVEN: "privola dana",
        EventState.REFUSED: "privola odbijena",
        EventState.WITHDRAWN: "privola povučena",
        EventState.OBJECTED: "prigovor",
        EventState.OBJECTION_LIFTED: "prigovor povučen; to nije privola",
        EventState.INFORMED: "informacije dane",
        EventState.INVALIDATED: "privolu je poništio voditelj obrade",
        EventState.ANNULLED: "zapis poništen, bez učinka",
        EventState.WITHOUT_EFFECT: "bez učinka",
    },
    LEGAL_BASES["hr"],
    {
        "A7-3": "povući privolu u svakom trenutku, bez utjecaja na zakonitost ranije obrade",
        "A15": "na pristup podacima i njihovu kopiju",
        "A16": "na ispravak",
        "A17": "na brisanje",
        "A18": "na ograničenje obrade",
        "A20": "na prenosivost podataka",
        "A21": "na prigovor; prigovor na izravni marketing uvijek ima učinak",
        "A77": "na pritužbu nadzornom tijelu",
    },
    {
        "acted": "Što se dogodilo",
        "person": "Na koga se odnosi",
        "contact": "Kontakt",
        "mandate": "Za tu je osobu postupao zastupnik",
        "purpose": "Svrha",
        "every_purpose": "Svaka svrha koja se temelji na privoli ili služi marketingu, osobito:",
        "channel": "Kanal",
        "every_channel": "svaki kanal",
        "when": "Kada",
        "received": "Zabilježeno",
        "where": "Gdje i kako",
        "explicit": "Izričita privola",
        "now": "Posljednji zapis u trenutku izdavanja",
        "valid": "Vrijedi do",
        "until_withdrawn": "do povlačenja",
        "controllers": "Voditelj obrade",
        "dpo": "Kontakt za zaštitu podataka",
        "basis": "Pravna osnova",
        "data": "Podaci",
        "recipients": "Primatelji i izvršitelji obrade",
        "none": "nema",
        "countries": "Države u kojima se podaci čuvaju",
        "safeguard": "Zaštitna mjera za prijenos izvan EGP-a",
        "retention": "Razdoblje čuvanja",
        "text": "Tekst na koji je dana privola",
        "text_cited": "Tekst {code}, verzija {version}, jezik {locale}. SHA-256: {sha256}",
        "text_missing": "Program zaštite podataka toga dana ne sadrži tekst s tim sažetkom; mora ga pokazati voditelj "
        "obrade.",
        "no_text": "Radnja se ne poziva ni na jedan tekst privole.",
        "history": "Tijek",
        "withdrawal": "Kako povući privolu",
        "withdraw": "Privolu možete povući i prigovor uložiti u svakom trenutku, bez navođenja razloga i jednako lako "
        "kao što je privola dana: {ways}.",
        "on_page": "na stranici {url}",
        "by_mail": "porukom na {email}",
        "by_letter": "pismom na adresu: {address}",
        "rights_head": "Vaša prava",
        "rights": "Imate pravo:",
        "complaint": "Pritužba se podnosi: {name}, {address}, {url}.",
        "verify": "Kako provjeriti ovu potvrdu",
        "verify_text": "Potvrda je potpisana, a događaj o kojem govori ima broj {index} u dnevniku {origin}. Svatko to "
        "može provjeriti bez pristupa našim sustavima i bez povjerenja u nas: programom privacy-verify, koji je jedna "
        "datoteka, i ključem dnevnika, koji voditelj obrade daje drugim putem, a ne ovim dokumentom (o kojem ključu "
        "pitati: {keys}):",
        "verify_changed": "Tko u datoteci promijeni makar jedan znak, toga program otkriva.",
        "notice": "Obavijest o obradi",
        "privacy_page": "Informacije o obradi: {url}",
        "test": "TESTNI PODACI: ova se potvrda ne odnosi ni na jednu stvarnu osobu.",
        "footer": "Potvrda {id}",
        "pages": "stranica {{}} od {{}}",
    },
)
_WORDS = {one.locale: one for one in (_PL, _EN, _HR)}
