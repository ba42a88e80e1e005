"""The statement on the integrity of the log: its state, what of it is of the period, and its root derived anew."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping

from privacy.audit import service as audit
from privacy.audit.service import LogBroken, Published
from privacy.authz.permissions import Permission
from privacy.db import end_read
from privacy.reports.document import Document, Moment, Paragraph, TableOf, Value
from privacy.reports.report import Context, Option, Report
from privacy.reports.words import Said, Texts

#: Above this many a count of events by what they say is left out: it would take minutes.
_MOST_COUNTED = 200_000
#: Above this many leaves the root is derived anew only where that is asked for.
_MOST_DERIVED = 200_000
_AT_ONCE = 500

TITLES = Said(
    "Oświadczenie o integralności dziennika zdarzeń",
    "Statement on the integrity of the log",
    "Izjava o cjelovitosti dnevnika",
)
ABOUT = Said(
    "Stan dziennika z podpisanym punktem kontrolnym i dowodem, że dziennik tylko przyrastał (art. 5 ust. 2 RODO).",
    "The state of the log with its signed checkpoint and the proof that it only grew (GDPR Art. 5(2)).",
    "Stanje dnevnika s potpisanom kontrolnom točkom i dokazom da je dnevnik samo rastao (čl. 5. st. 2. GDPR-a).",
)
TEXTS: Texts = {
    "log": Said("Dziennik", "The log", "Dnevnik"),
    "origin": Said("Nazwa dziennika", "Name of the log", "Naziv dnevnika"),
    "size": Said("Liczba zdarzeń", "Events", "Broj događaja"),
    "root": Said(
        "Korzeń drzewa (SHA-256, base64)", "Root of the tree (SHA-256, base64)", "Korijen stabla (SHA-256, base64)"
    ),
    "published": Said("Opublikowano", "Published", "Objavljeno"),
    "witnesses": Said("Świadkowie", "Witnesses", "Svjedoci"),
    "derived": Said(
        "Korzeń wyliczony ponownie i zgodny", "Root derived anew, and the same", "Korijen ponovno izračunat i isti"
    ),
    "period_events": Said("Zdarzenia okresu", "Events of the period", "Događaji razdoblja"),
    "first": Said("Pierwsze zdarzenie okresu", "First event of the period", "Prvi događaj razdoblja"),
    "last": Said("Ostatnie zdarzenie okresu", "Last event of the period", "Zadnji događaj razdoblja"),
    "before": Said(
        "Punkt kontrolny sprzed okresu (liczba zdarzeń)",
        "Checkpoint before the period (events)",
        "Kontrolna točka prije razdoblja (broj događaja)",
    ),
    "keys": Said("Klucze dziennika", "Keys of the log", "Ključevi dnevnika"),
    "number": Said("Numer", "Number", "Broj"),
    "key": Said("Klucz", "Key", "Ključ"),
    "from_event": Said("Od zdarzenia", "From event", "Od događaja"),
    "actions": Said("Zdarzenia okresu według rodzaju", "Events of the period by kind", "Događaji razdoblja po vrsti"),
    "action": Said("Zdarzenie", "Event", "Događaj"),
    "events": Said("Liczba", "Count", "Broj"),
    "erased": Said("treść usunięta zgodnie z prawem", "content lawfully erased", "sadržaj zakonito izbrisan"),
    "not_counted": Said(
        "Zdarzeń okresu jest zbyt wiele, aby je tu zliczyć według rodzaju.",
        "There are too many events in the period to count them by kind here.",
        "U razdoblju je previše događaja da bi se ovdje brojili po vrsti.",
    ),
    "how": Said(
        "Każdy może sprawdzić to oświadczenie bez nas: program privacy-verify sprawdza podpis punktu kontrolnego, a "
        "plik "
        "consistency.json dowodzi, że dziennik sprzed okresu jest początkiem dzisiejszego. To samo oświadczenie "
        "powstanie "
        "ponownie, jeśli podać liczbę zdarzeń {size}.",
        "Anybody can check this statement without us: privacy-verify checks the signature of the checkpoint, and the "
        "file "
        "consistency.json proves that the log before the period is the beginning of this one. The same statement is "
        "made again where the number of events, {size}, is given.",
        "Svatko može provjeriti ovu izjavu bez nas: privacy-verify provjerava potpis kontrolne točke, a datoteka "
        "consistency.json dokazuje da je dnevnik prije razdoblja početak sadašnjeg. Ista izjava ponovno nastaje ako se "
        "navede broj događaja {size}.",
    ),
    "option_size": Said(
        "Liczba zdarzeń punktu kontrolnego; domyślnie najnowszy",
        "Number of events of the checkpoint; the newest by default",
        "Broj događaja kontrolne točke; zadano najnovija",
    ),
    "option_derive": Said(
        "Czy wyliczyć korzeń ponownie; domyślnie tak, jeśli zdarzeń jest mniej niż 200 000",
        "Whether to derive the root anew; by default where there are fewer than 200,000 events",
        "Treba li ponovno izračunati korijen; zadano ako je događaja manje od 200.000",
    ),
    "option_yes": Said("tak", "yes", "da"),
    "option_no": Said("nie", "no", "ne"),
}


def make(context: Context) -> Document:
    """The statement of a published state of the log."""
    words = context.words
    published = checkpoint(context)
    low, high = of_period(context, published.size)
    before = audit.published_size(low)
    derived = _derived(published, context)
    told: dict[str, Value] = {
        "origin": audit.origin(),
        "size": published.size,
        "root": base64.b64encode(published.root).decode(),
        "published": Moment(published.published_at),
        "witnesses": tuple(published.witnesses),
        "derived": derived,
        "period_events": high - low,
        "first": low if high > low else None,
        "last": high - 1 if high > low else None,
        "before": before,
    }
    attached = {"checkpoint.txt": published.note}
    if before:
        attached["consistency.json"] = json.dumps(audit.consistency_proof(before, published.size), indent=1) + "\n"
    keys = [
        (key.number, str(key.verifier), key.index)
        for key in audit.log_keys()
        if key.index is not None and key.index < published.size
    ]
    end_read()
    return Document(
        (
            words.facts("log", told, words.say("log")),
            Paragraph(words.say("how", size=published.size)),
            TableOf("keys", words.columns("number", "key", figures=("from_event",)), keys, words.say("keys")),
            _actions(low, high, context),
        ),
        logged={"log_size": str(published.size)},
        attached=attached,
    )


def checkpoint(context: Context) -> Published:
    """The state of the log that is told: the newest one that is published, or that of as many events as were named."""
    newest = audit.newest_checkpoint()
    size = context.whole("size", default=newest.size, least=1, most=newest.size)
    return newest if size == newest.size else audit.checkpoint_of(size)


def of_period(context: Context, size: int) -> tuple[int, int]:
    """The leaves that were sequenced in the period: the first, and the first behind them."""
    found = audit.leaves_before(context.since, size), audit.leaves_before(context.until, size)
    end_read()
    return found


def _derived(published: Published, context: Context) -> bool | None:
    """Whether the leaves give the root that was signed; None where that was not looked at."""
    wanted = context.option("derive") or ("yes" if published.size < _MOST_DERIVED else "no")
    if wanted == "no":
        return None
    tree = audit.Frontier()
    try:
        for leaf in audit.leaves(published.size):
            tree.append(audit.leaf_hash(leaf))
    except LogBroken:
        return False
    return tree.root() == published.root


def _actions(low: int, high: int, context: Context) -> TableOf:
    words = context.words
    columns = words.columns("action", figures=("events",))
    if high - low > _MOST_COUNTED:
        return TableOf("actions", columns, (), words.say("actions"), words.say("not_counted"))
    counts = Counter(_said(low, high))
    rows = [(action or words.say("erased"), count) for action, count in _sorted(counts)]
    return TableOf("actions", columns, rows, words.say("actions"))


def _sorted(counts: Mapping[str | None, int]) -> list[tuple[str | None, int]]:
    return sorted(counts.items(), key=lambda one: (one[0] is None, one[0] or ""))


def _said(low: int, high: int) -> Iterator[str | None]:
    while low < high:
        some = audit.sequenced_leaves(low, min(_AT_ONCE, high - low))
        end_read()
        yield from (leaf.action for leaf in some)
        low = some[-1].n + 1 if some else high


REPORT = Report(
    name="log_integrity",
    permission=Permission.AUDIT_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    options=(
        Option("size", TEXTS["option_size"]),
        Option("derive", TEXTS["option_derive"], choices={"yes": TEXTS["option_yes"], "no": TEXTS["option_no"]}),
    ),
)
