"""The words of the waterfall: what each step is called, and what it means in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privacy.consent.importing import waterfall_texts_hr as hr
from privacy.consent.importing.waterfall import NOT_A_CODE, OTHERS, By, Step

_FALLBACK_LOCALE = "en"


@dataclass(frozen=True)
class StepText:
    """A step in one language."""

    title: str
    sentence: str


@dataclass(frozen=True)
class Words:
    """One language."""

    locale: str
    steps: Mapping[Step, StepText]
    #: The heads of the tables.
    tables: Mapping[By, str]
    phrases: Mapping[str, str]
    thousands: str
    decimal: str

    def phrase(self, name: str, **values: str) -> str:
        """A fixed text with values in its places."""
        return self.phrases[name].format(**values)

    def number(self, value: int) -> str:
        """10,000,000 as this language writes it."""
        return f"{value:,}".replace(",", self.thousands)

    def share(self, part: int, whole: int) -> str:
        """A percentage to one digit. What is there is never 0, and what is missing never leaves 100."""
        if not whole:
            return "–"
        tenths = round(1000 * part / whole)
        if part and not tenths:
            return f"< 0{self.decimal}1%"
        if part != whole and tenths == 1000:
            return f"> 99{self.decimal}9%"
        return f"{tenths // 10}{self.decimal}{tenths % 10}%"

    def label(self, value: str) -> str:
        """The label of a group of entries."""
        return self.phrases.get(value, value)


def words(locale: str) -> Words:
    """The nearest language that there is: the same, else English."""
    return _WORDS.get(locale.partition("-")[0].lower(), _WORDS[_FALLBACK_LOCALE])


_ENGLISH = {
    Step.BROKEN: ("Cannot be read", "The row is damaged or incomplete; the rejects file says how to mend it."),
    Step.SAYS_NOTHING: ("Says nothing", "The row holds no answer on any purpose and channel."),
    Step.REFUSED: ("Refused", "The person was asked and said no."),
    Step.WITHDRAWN: ("Withdrawn", "The row itself, or a later statement, withdraws the consent."),
    Step.OBJECTED: ("Objected", "The person objected to this use of their data (Art. 21 GDPR)."),
    Step.NO_DATE: ("No date", "Nobody knows when consent was given, so nobody knows to which text."),
    Step.FUTURE_DATE: ("Date in the future", "The consent is dated later than the day on which we received it."),
    Step.PAIR_UNKNOWN: ("Purpose not on this channel", "The programme has no such purpose on such a channel."),
    Step.NO_WORDING: ("No wording", "Nothing says which text the person agreed to."),
    Step.WORDING_UNKNOWN: (
        "Wording unknown",
        "The row names a text that the programme lacks; it can be added as a historical wording.",
    ),
    Step.WORDING_OUT_OF_PERIOD: ("Wording out of its period", "The text was not in force on the date of the row."),
    Step.WORDING_OTHER_PURPOSE: ("Wording of another purpose", "The text does not ask for consent to this purpose."),
    Step.PROOF_TOO_WEAK: ("Proof too weak", "The purpose demands stronger proof than this source gives."),
    Step.MINOR: ("Minor", "The person was too young to consent alone, and no parent did."),
    Step.UNCONFIRMED: ("Unconfirmed", "The purpose demands double opt-in, and the confirmation is missing."),
    Step.EXPIRED: ("Expired", "The consent was given too long ago to be valid still."),
    Step.SUPERSEDED: ("Fresh consent needed", "A newer wording demands that consent be given anew."),
    Step.IDENTIFIERS_DISAGREE: (
        "Identifiers disagree",
        "The identifiers of the row belong to different people; it waits for review.",
    ),
    Step.CONTACT_UNKNOWN: ("Contact unknown", "No address or number is known that the consent could cover."),
    Step.SHARED_CONTACT: ("Shared contact", "Another person who has the same address or number stands in the way."),
    Step.SUPPRESSED: ("Suppressed", "The address or number is on the suppression list."),
    Step.STANDING: (
        "Restricted, deceased or being erased",
        "The person died, restricted the processing, or is about to be erased.",
    ),
    Step.NO_RECORD: ("No consent on record", "After the import nothing recorded allows this contact."),
    Step.MAY_CONTACT: ("May contact", "The person may be contacted for this purpose by this channel."),
}
_POLISH = {
    Step.BROKEN: (
        "Nie do odczytania",
        "Wiersz jest uszkodzony lub niepełny; plik odrzuconych wierszy mówi, jak go poprawić.",
    ),
    Step.SAYS_NOTHING: ("Nic nie mówi", "W wierszu nie ma odpowiedzi co do żadnego celu i kanału."),
    Step.REFUSED: ("Odmowa", "Osobę zapytano o zgodę i odmówiła."),
    Step.WITHDRAWN: ("Zgoda wycofana", "Sam wiersz albo późniejsze oświadczenie wycofuje zgodę."),
    Step.OBJECTED: ("Sprzeciw", "Osoba wniosła sprzeciw wobec takiego użycia jej danych (art. 21 RODO)."),
    Step.NO_DATE: ("Brak daty", "Nie wiadomo, kiedy wyrażono zgodę, a więc i na jaką treść."),
    Step.FUTURE_DATE: ("Data z przyszłości", "Zgoda nosi datę późniejszą niż dzień, w którym ją otrzymaliśmy."),
    Step.PAIR_UNKNOWN: ("Cel bez tego kanału", "W programie nie ma takiego celu na takim kanale."),
    Step.NO_WORDING: ("Brak treści zgody", "Nic nie wskazuje, na jaką treść osoba się zgodziła."),
    Step.WORDING_UNKNOWN: (
        "Nieznana treść zgody",
        "Wiersz wskazuje treść, której nie ma w programie; można ją dodać jako treść historyczną.",
    ),
    Step.WORDING_OUT_OF_PERIOD: ("Treść poza swoim okresem", "Treść nie obowiązywała w dniu podanym w wierszu."),
    Step.WORDING_OTHER_PURPOSE: ("Treść o innym celu", "Treść nie pyta o zgodę na ten cel."),
    Step.PROOF_TOO_WEAK: ("Zbyt słaby dowód", "Cel wymaga mocniejszego dowodu, niż daje to źródło."),
    Step.MINOR: ("Osoba małoletnia", "Osoba była zbyt młoda, by sama wyrazić zgodę, a rodzic jej nie wyraził."),
    Step.UNCONFIRMED: (
        "Brak potwierdzenia",
        "Cel wymaga potwierdzenia zgody (double opt-in), a potwierdzenia nie ma.",
    ),
    Step.EXPIRED: ("Zgoda wygasła", "Zgodę wyrażono zbyt dawno, by nadal była ważna."),
    Step.SUPERSEDED: ("Potrzebna nowa zgoda", "Nowsza treść wymaga ponownego wyrażenia zgody."),
    Step.IDENTIFIERS_DISAGREE: (
        "Sprzeczne identyfikatory",
        "Identyfikatory z wiersza należą do różnych osób; wiersz czeka na wyjaśnienie.",
    ),
    Step.CONTACT_UNKNOWN: ("Nieznany kontakt", "Nie jest znany adres ani numer, którego zgoda mogłaby dotyczyć."),
    Step.SHARED_CONTACT: ("Wspólny kontakt", "Na przeszkodzie stoi inna osoba, która ma ten sam adres lub numer."),
    Step.SUPPRESSED: ("Na liście wykluczeń", "Adres lub numer jest na liście wykluczeń."),
    Step.STANDING: (
        "Ograniczenie, zgon lub usuwanie",
        "Osoba zmarła, ograniczyła przetwarzanie albo jej dane są właśnie usuwane.",
    ),
    Step.NO_RECORD: ("Brak zgody w zapisach", "Po imporcie żaden zapis nie pozwala na ten kontakt."),
    Step.MAY_CONTACT: ("Można się kontaktować", "Z osobą wolno się kontaktować w tym celu tym kanałem."),
}


def _steps(texts: Mapping[Step, tuple[str, str]]) -> dict[Step, StepText]:
    return {step: StepText(*texts[step]) for step in Step}


_WORDS = {
    "en": Words(
        locale="en",
        steps=_steps(_ENGLISH),
        tables={
            By.SOURCE: "By source",
            By.WORDING: "By wording",
            By.YEAR: "By year",
            By.PAIR: "By purpose and channel",
        },
        phrases={
            "": "not stated",
            OTHERS: "others",
            NOT_A_CODE: "not a code",
            "title": "How an import becomes “may contact”",
            "dry_run": "Dry run: nothing was written",
            "import": "Import",
            "profile": "Profile:",
            "files": "Files:",
            "files_more": "and {more} more",
            "programme": "Programme:",
            "programme_version": "version {version}, as of {at}",
            "rows": "Rows:",
            "rows_are": "{rows}, of which unreadable: {broken}, saying nothing: {nothing}, with entries: {said} "
            "({entries} entries)",
            "entry": "An entry is what one row says on one purpose and channel; a row that says nothing counts as one. "
            "Each falls at the first step that stops it.",
            "all": "All entries",
            "entries": "Entries",
            "share": "Share",
            "permissions": "Permissions",
            "permissions_are": "{before} before, {after} after: {gained} gained, {lost} lost",
            "permission": "A permission is one person or contact that may be contacted for one purpose by one channel. "
            "Entries that end here: {entries}; permissions: {keys}; entries that repeat another: {repeats}.",
            "step": "Step",
            "rest": "{count} more, added up",
            "pages": "page {{}} of {{}}",
        },
        thousands=",",
        decimal=".",
    ),
    "pl": Words(
        locale="pl",
        steps=_steps(_POLISH),
        tables={By.SOURCE: "Według źródła", By.WORDING: "Według treści zgody", By.YEAR: "Według roku"}
        | {By.PAIR: "Według celu i kanału"},
        phrases={
            "": "nie podano",
            OTHERS: "inne",
            NOT_A_CODE: "to nie kod",
            "title": "Ile zgód z importu pozwala na kontakt",
            "dry_run": "Próba: niczego nie zapisano",
            "import": "Import",
            "profile": "Profil:",
            "files": "Pliki:",
            "files_more": "i jeszcze {more}",
            "programme": "Program:",
            "programme_version": "wersja {version}, stan na {at}",
            "rows": "Wiersze:",
            "rows_are": "{rows}, w tym nie do odczytania: {broken}, bez odpowiedzi: {nothing}, z wpisami: {said} "
            "(wpisów: {entries})",
            "entry": "Wpis to to, co jeden wiersz mówi o jednym celu i kanale; wiersz, który nic nie mówi, liczy się "
            "jako jeden wpis. Każdy odpada na pierwszym kroku, który go zatrzymuje.",
            "all": "Wszystkie wpisy",
            "entries": "Wpisy",
            "share": "Udział",
            "permissions": "Pozwolenia na kontakt",
            "permissions_are": "przed: {before}, po: {after}; zyskane: {gained}, utracone: {lost}",
            "permission": "Pozwolenie to jedna osoba lub kontakt, jeden cel i jeden kanał. Wpisy, które pozwalają na "
            "kontakt: {entries}; pozwolenia: {keys}; wpisy powtarzające inny: {repeats}.",
            "step": "Krok",
            "rest": "pozostałe łącznie: {count}",
            "pages": "strona {{}} z {{}}",
        },
        thousands="\u00a0",
        decimal=",",
    ),
    "hr": Words(
        locale="hr",
        steps=_steps(hr.STEPS),
        tables=hr.TABLES,
        phrases=hr.PHRASES,
        thousands=".",
        decimal=",",
    ),
}
