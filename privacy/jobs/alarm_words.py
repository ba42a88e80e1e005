"""What alarms are, and what each says, in the languages of staff."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class AlarmCode(StrEnum):
    """What rings."""

    JOB_SILENT = "job-silent"  # no worker has seen to it for minutes
    JOB_FAILING = "job-failing"  # it failed several times, one after another
    CLOCK_SET_BACK = "clock-set-back"  # the job's last period has not begun yet
    LOG_STANDS = "log-stands"  # events wait to be sequenced or published
    NOT_WITNESSED = "not-witnessed"
    JOURNAL_BEHIND = "journal-behind"
    SINK_BEHIND = "sink-behind"
    BACKUP_OLD = "backup-old"
    CANARY_BROKEN = "canary-broken"
    REQUEST_DUE = "request-due"
    REQUEST_OVERDUE = "request-overdue"
    BREACH_DUE = "breach-due"
    BREACH_OVERDUE = "breach-overdue"
    HOLD_TO_REVIEW = "hold-to-review"
    UNANSWERED = "question-unanswered"  # what an alarm asks for cannot be found out


WORDS: Mapping[str, Mapping[AlarmCode, str]] = {
    "en": {
        AlarmCode.JOB_SILENT: "A job of the service is silent: no worker sees to it.",
        AlarmCode.JOB_FAILING: "A job of the service fails again and again.",
        AlarmCode.CLOCK_SET_BACK: "A clock was set back: a job waits until its time comes again.",
        AlarmCode.LOG_STANDS: "Events wait to be written into the audit log.",
        AlarmCode.NOT_WITNESSED: "The audit log lacks the signatures of its witnesses.",
        AlarmCode.JOURNAL_BEHIND: "The journal is behind the audit log: a restore would lack what is new.",
        AlarmCode.SINK_BEHIND: "The stream of the audit log is behind.",
        AlarmCode.BACKUP_OLD: "There is no backup that is new enough.",
        AlarmCode.CANARY_BROKEN: "Giving or withdrawing consent does not come out as it should.",
        AlarmCode.REQUEST_DUE: "A request of a person is due soon.",
        AlarmCode.REQUEST_OVERDUE: "A request of a person is late.",
        AlarmCode.BREACH_DUE: "A time limit of a data breach comes near.",
        AlarmCode.BREACH_OVERDUE: "A time limit of a data breach is over.",
        AlarmCode.HOLD_TO_REVIEW: "A legal hold is to be reviewed.",
        AlarmCode.UNANSWERED: "The service cannot find out whether a part of it is well.",
    },
    "pl": {
        AlarmCode.JOB_SILENT: "Zadanie usługi milczy: żaden proces się nim nie zajmuje.",
        AlarmCode.JOB_FAILING: "Zadanie usługi wciąż kończy się błędem.",
        AlarmCode.CLOCK_SET_BACK: "Zegar cofnięto: zadanie czeka, aż nadejdzie jego czas.",
        AlarmCode.LOG_STANDS: "Zdarzenia czekają na wpisanie do dziennika zdarzeń.",
        AlarmCode.NOT_WITNESSED: "Dziennikowi zdarzeń brakuje podpisów świadków.",
        AlarmCode.JOURNAL_BEHIND: "Zapis do odtworzenia jest opóźniony: po odtworzeniu brakowałoby nowych danych.",
        AlarmCode.SINK_BEHIND: "Strumień dziennika zdarzeń jest opóźniony.",
        AlarmCode.BACKUP_OLD: "Nie ma dość nowej kopii zapasowej.",
        AlarmCode.CANARY_BROKEN: "Udzielenie lub wycofanie zgody nie daje właściwego wyniku.",
        AlarmCode.REQUEST_DUE: "Zbliża się termin odpowiedzi na żądanie osoby.",
        AlarmCode.REQUEST_OVERDUE: "Minął termin odpowiedzi na żądanie osoby.",
        AlarmCode.BREACH_DUE: "Zbliża się termin związany z naruszeniem ochrony danych.",
        AlarmCode.BREACH_OVERDUE: "Minął termin związany z naruszeniem ochrony danych.",
        AlarmCode.HOLD_TO_REVIEW: "Wstrzymanie usunięcia danych wymaga przeglądu.",
        AlarmCode.UNANSWERED: "Usługa nie może ustalić, czy jej część działa.",
    },
    "hr": {
        AlarmCode.JOB_SILENT: "Zadatak usluge šuti: nijedan se proces njime ne bavi.",
        AlarmCode.JOB_FAILING: "Zadatak usluge uvijek iznova ne uspijeva.",
        AlarmCode.CLOCK_SET_BACK: "Sat je vraćen: zadatak čeka dok ponovno ne dođe njegovo vrijeme.",
        AlarmCode.LOG_STANDS: "Događaji čekaju upis u dnevnik događaja.",
        AlarmCode.NOT_WITNESSED: "Dnevniku događaja nedostaju potpisi svjedoka.",
        AlarmCode.JOURNAL_BEHIND: "Zapis za obnovu kasni: nakon obnove nedostajali bi novi podaci.",
        AlarmCode.SINK_BEHIND: "Tok dnevnika događaja kasni.",
        AlarmCode.BACKUP_OLD: "Nema dovoljno nove sigurnosne kopije.",
        AlarmCode.CANARY_BROKEN: "Davanje ili povlačenje privole ne daje ispravan ishod.",
        AlarmCode.REQUEST_DUE: "Bliži se rok za odgovor na zahtjev osobe.",
        AlarmCode.REQUEST_OVERDUE: "Istekao je rok za odgovor na zahtjev osobe.",
        AlarmCode.BREACH_DUE: "Bliži se rok povezan s povredom osobnih podataka.",
        AlarmCode.BREACH_OVERDUE: "Istekao je rok povezan s povredom osobnih podataka.",
        AlarmCode.HOLD_TO_REVIEW: "Zadržavanje brisanja podataka treba ponovno provjeriti.",
        AlarmCode.UNANSWERED: "Usluga ne može utvrditi radi li njezin dio ispravno.",
    },
}


def said(code: AlarmCode, locale: str) -> str:
    """What an alarm says in the nearest language that there is."""
    return WORDS.get(locale.partition("-")[0].lower(), WORDS["en"])[code]
