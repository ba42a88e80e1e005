"""Look for personal data and secrets wherever they must not be, in every common encoding."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

_PERSONAL = ("Email Address", "First Name", "Last Name", "Phone Number", "OPTIN_IP", "CONFIRM_IP")
_SHORTEST = 8
_PAGE = 8192
#: What lies between long runs of zeros.
_FILLED = re.compile(rb"[^\0]+(?:\0{1,15}[^\0]+)*")


def canaries(folder: Path) -> set[str]:
    """Every e-mail, phone (its nine digits), IP address, and name of eight letters or more."""
    found: set[str] = set()
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                found |= {text for column in _PERSONAL for text in _texts(column, (row[column] or "").strip())}
    return found


def _texts(column: str, value: str) -> Iterable[str]:
    match column:
        case "Phone Number":
            digits = re.sub(r"\D", "", value)[-9:]
            return {digits} if len(digits) == 9 else ()
        case "First Name" | "Last Name":
            return {value} if sum(sign.isalpha() for sign in value) >= 8 else ()
        case _:
            return {value, value.lower()} if len(value) >= _SHORTEST else ()


def encodings(text: str) -> Iterator[bytes]:
    """The text as UTF-8, UTF-16, hexadecimal, base64 at its three offsets, in URLs and in JSON."""
    plain = text.encode()
    yield from (plain, text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode(), quote(text, safe="").encode())
    yield json.dumps(text)[1:-1].encode()
    yield from _base64(plain)


class Hunt:
    """Looks for many texts and secrets at once: only where their first bytes occur are the whole ones compared."""

    def __init__(self, texts: Iterable[str], secrets: Iterable[bytes] = ()) -> None:
        self._starts: dict[bytes, set[bytes]] = defaultdict(set)
        for coded in [*(one for text in texts for one in encodings(text)), *(c for s in secrets for c in written(s))]:
            self._starts[coded[:_SHORTEST]].add(coded)
        assert all(len(start) == _SHORTEST for start in self._starts)
        self._longest = max(len(coded) for those in self._starts.values() for coded in those)
        #: What was found in a page, by its digest.
        self._pages: dict[bytes, set[bytes]] = {}

    def find(self, data: bytes) -> set[bytes]:
        """The encoded texts that occur."""
        found: set[bytes] = set()
        for start in range(0, len(data), _PAGE):
            # Databases are copies of each other for the most part: no page is looked through twice.
            page = data[start : start + _PAGE + self._longest - 1]
            number = hashlib.blake2b(page, digest_size=16).digest()
            if number not in self._pages:
                self._pages[number] = self._found_in(page)
            found |= self._pages[number]
        return found

    def _found_in(self, page: bytes) -> set[bytes]:
        starts = self._starts
        found = set()
        for part in _FILLED.finditer(page):  # Files of databases are empty for the most part.
            # UTF-16 with the high byte first begins with the zero before.
            for place in range(max(part.start() - 1, 0), part.end()):
                if (start := page[place : place + _SHORTEST]) in starts:
                    found |= {coded for coded in starts[start] if page.startswith(coded, place)}
        return found


def written(secret: bytes) -> Iterator[bytes]:
    """A secret as it is, in hexadecimal, and in base64 at its three offsets."""
    yield from (secret, secret.hex().encode(), secret.hex().upper().encode())
    yield from _base64(secret)


def _base64(plain: bytes) -> Iterator[bytes]:
    for altchars in (b"+/", b"-_"):
        for offset in range(3):
            # The first and last characters also depend on what stands beside the text.
            coded = base64.b64encode(b"\0" * offset + plain, altchars).rstrip(b"=")
            whole = (offset + len(plain)) // 3 * 4
            yield coded[(0, 2, 3)[offset] : whole]


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written_out(url: str) -> None:
    """Have a PostgreSQL server write what it holds in memory to its files."""
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def tables_of(url: str) -> dict[str, bytes]:
    """Every table of a PostgreSQL database, its bytes as they are."""
    found = {}
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT binary)'.encode()) as copied:
                found[name] = b"".join(bytes(part) for part in copied)
    return found
