"""The inspection binder: events drawn by lot from the log of a period, each with the proof that it stands there.

The inspector names the seed; seed, population and rule are stated, so that anybody draws the same numbers again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

from privacy.audit import service as audit
from privacy.authz.permissions import Permission
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.reports.document import Document, Moment, Paragraph, TableOf, Value
from privacy.reports.log_integrity import checkpoint, of_period
from privacy.reports.report import Context, Option, Report
from privacy.reports.words import Said, Texts

_SAMPLE, _MOST = 25, 500
_LONGEST_SEED = 200
#: What eight bytes can say.
_RANGE = 1 << 64

TITLES = Said(
    "Teczka kontrolna: próba dowodów", "Inspection binder: a sample of proofs", "Mapa za nadzor: uzorak dokaza"
)
ABOUT = Said(
    "Zdarzenia wylosowane z dziennika za okres, każde z dowodem; losowanie może powtórzyć każdy.",
    "Events drawn by lot from the log of a period, each with its proof; anybody can draw them again.",
    "Događaji izvučeni ždrijebom iz dnevnika za razdoblje, svaki s dokazom; izvlačenje može ponoviti svatko.",
)
TEXTS: Texts = {
    "draw": Said("Losowanie", "The draw", "Izvlačenje"),
    "seed": Said("Ziarno", "Seed", "Sjeme"),
    "population": Said(
        "Populacja (zdarzenia okresu)", "Population (events of the period)", "Populacija (događaji razdoblja)"
    ),
    "lowest": Said("Najniższy numer", "Lowest number", "Najniži broj"),
    "highest": Said("Najwyższy numer", "Highest number", "Najviši broj"),
    "sample": Said("Próba", "Sample", "Uzorak"),
    "origin": Said("Dziennik", "Log", "Dnevnik"),
    "size": Said("Punkt kontrolny (liczba zdarzeń)", "Checkpoint (events)", "Kontrolna točka (broj događaja)"),
    "root": Said("Korzeń drzewa (base64)", "Root of the tree (base64)", "Korijen stabla (base64)"),
    "rule": Said(
        "Reguła: dla k = 0, 1, 2, … oblicz SHA-256 tekstu „ziarno:k” (UTF-8) i weź pierwszych 8 bajtów jako liczbę x "
        "(najstarszy bajt pierwszy). Jeśli x jest nie mniejsze niż największa wielokrotność populacji "
        "nieprzekraczająca "
        "2^64, pomiń ją. Wylosowany jest numer: najniższy numer + (x modulo populacja); numer już wylosowany pomiń. "
        "Zakończ, gdy próba jest pełna.",
        "Rule: for k = 0, 1, 2, … take the SHA-256 of the text “seed:k” (UTF-8) and its first 8 bytes as a number x "
        "(most significant byte first). Leave x out where it is not less than the largest multiple of the population "
        "that is not above 2^64. Drawn is the number: lowest number + (x modulo population); leave out a number that "
        "was "
        "drawn before. End when the sample is full.",
        "Pravilo: za k = 0, 1, 2, … izračunaj SHA-256 teksta „sjeme:k” (UTF-8) i uzmi prvih 8 bajtova kao broj x "
        "(najznačajniji bajt prvi). Izostavi x ako nije manji od najvećeg višekratnika populacije koji ne prelazi "
        "2^64. "
        "Izvučen je broj: najniži broj + (x modulo populacija); izostavi već izvučeni broj. Završi kada je uzorak pun.",
    ),
    "check": Said(
        "Każdy dowód sprawdza program privacy-verify z kluczem dziennika: pliki proof-NUMER.json są w postaci JSON "
        "tego "
        "sprawozdania. Treść zdarzeń nie jest tu ujawniona; udostępnia się ją do wskazanego zdarzenia.",
        "privacy-verify checks each proof with the key of the log: the files proof-NUMBER.json are in the JSON form of "
        "this report. What the events say is not disclosed here; it is shown for a named event.",
        "privacy-verify provjerava svaki dokaz ključem dnevnika: datoteke proof-BROJ.json nalaze se u obliku JSON ovog "
        "izvješća. Sadržaj događaja ovdje nije otkriven; pokazuje se za navedeni događaj.",
    ),
    "events": Said("Wylosowane zdarzenia", "Events drawn", "Izvučeni događaji"),
    "k": Said("k", "k", "k"),
    "index": Said("Numer", "Number", "Broj"),
    "event": Said("Zdarzenie", "Event", "Događaj"),
    "at": Said("Wpisano", "Entered", "Upisano"),
    "action": Said("Rodzaj", "Kind", "Vrsta"),
    "object": Said("Przedmiot", "Object", "Predmet"),
    "nothing": Said("W okresie nie ma zdarzeń.", "The period has no events.", "U razdoblju nema događaja."),
    "option_seed": Said(
        "Ziarno, najlepiej od kontrolującego; domyślnie korzeń punktu kontrolnego",
        "The seed, best named by the inspector; by default the root of the checkpoint",
        "Sjeme, najbolje da ga navede inspektor; zadano korijen kontrolne točke",
    ),
    "option_sample": Said(
        "Ile zdarzeń wylosować; domyślnie 25",
        "How many events to draw; 25 by default",
        "Koliko događaja izvući; zadano 25",
    ),
    "option_size": Said(
        "Liczba zdarzeń punktu kontrolnego; domyślnie najnowszy",
        "Number of events of the checkpoint; the newest by default",
        "Broj događaja kontrolne točke; zadano najnovija",
    ),
}


def make(context: Context) -> Document:
    """The binder of a period."""
    words = context.words
    published = checkpoint(context)
    root = base64.b64encode(published.root).decode()
    low, high = of_period(context, published.size)
    seed = context.option("seed") or root
    if len(seed) > _LONGEST_SEED:
        raise InvalidInput.of("seed", f"Give at most {_LONGEST_SEED} characters.")
    wanted = context.whole("sample", default=_SAMPLE, least=1, most=_MOST)
    drawn = list(draw(seed, low, high - low, wanted))
    told: dict[str, Value] = {
        "seed": seed,
        "population": high - low,
        "lowest": low if high > low else None,
        "highest": high - 1 if high > low else None,
        "sample": len(drawn),
        "origin": audit.origin(),
        "size": published.size,
        "root": root,
    }
    attached = {"checkpoint.txt": published.note}
    rows: list[tuple[Value, ...]] = []
    for k, index in drawn:
        (leaf,) = audit.sequenced_leaves(index, 1)
        proof = audit.inclusion_proof(leaf.event_id, size=published.size, disclosed=False)
        end_read()
        attached[f"proof-{index}.json"] = json.dumps(proof, indent=1, sort_keys=True) + "\n"
        rows.append((index, str(leaf.event_id), Moment(leaf.sequenced_at), leaf.action, leaf.object_type, k))
    columns = words.columns("index", "event", "at", "action", "object", figures=("k",))
    return Document(
        (
            words.facts("draw", told, words.say("draw")),
            Paragraph(words.say("rule")),
            Paragraph(words.say("check")),
            TableOf("events", columns, rows, words.say("events"), words.say("nothing")),
        ),
        logged={"log_size": str(published.size), "sample": str(len(drawn))},
        attached=attached,
    )


def draw(seed: str, low: int, population: int, wanted: int) -> Iterator[tuple[int, int]]:
    """The numbers drawn, each with the k that drew it, in the order of the draw; the rule stands in the report."""
    if population <= 0:
        return
    limit = _RANGE - _RANGE % population
    seen: set[int] = set()
    k = 0
    while len(seen) < min(wanted, population):
        x = int.from_bytes(hashlib.sha256(f"{seed}:{k}".encode()).digest()[:8], "big")
        number = low + x % population
        if x < limit and number not in seen:
            seen.add(number)
            yield k, number
        k += 1


REPORT = Report(
    name="inspection_binder",
    permission=Permission.AUDIT_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    options=(
        Option("seed", TEXTS["option_seed"]),
        Option("sample", TEXTS["option_sample"]),
        Option("size", TEXTS["option_size"]),
    ),
)
