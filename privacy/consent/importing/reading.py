"""Read the files of an export onto the pile; what cannot be taken goes to the rejects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from privacy.authz.actors import Actor
from privacy.consent.importing import people
from privacy.consent.importing.files import File, Origin
from privacy.consent.importing.meaning import Complaint, Meaning, Reading, Statement, in_order
from privacy.consent.importing.people import Person
from privacy.consent.importing.pile import Pile, RowSaid
from privacy.consent.importing.profile import Kind, Profile, Said
from privacy.consent.importing.rejects import Reject, Why
from privacy.consent.importing.rows import Broken, Readable, Row
from privacy.programme.types import Programme
from privacy.subjects.service import Naming

LONGEST_FIELD = 32_768
_PROGRESS_EVERY = 1_000


class Reader:
    """Puts the rows of files on the pile."""

    def __init__(
        self,
        profile: Profile,
        options: Mapping[str, str | None],
        *,
        actor: Actor,
        programme: Programme,
        pile: Pile,
        reject: Callable[[Reject], None],
        silent: Callable[[Origin, bool], None],
    ) -> None:
        """`silent` hears of rows that leave nothing on the pile, and whether they are broken."""
        self._profile = profile
        self._options = options
        self._actor = actor
        self._programme = programme
        self._pile = pile
        self._reject = reject
        self._silent = silent
        self._readings: dict[int, Reading] = {}
        self._columns: dict[int, tuple[str, ...]] = {}
        self._files: dict[str, int] = {}

    @property
    def files(self) -> list[str]:
        """The names of the files by their numbers on the pile."""
        return list(self._files)

    def read(self, file: File, on_bytes: Callable[[int], None]) -> int:
        """Read one file and return how many rows it had; `on_bytes` hears now and then how far it got."""
        rows = 0
        with file.source.open() as stream:
            counted = _Counted(stream)
            for rows, (origin, row) in enumerate(file.rows(counted), start=1):
                self._row(origin, row)
                if rows % _PROGRESS_EVERY == 0:
                    on_bytes(counted.bytes)
        on_bytes(counted.bytes)
        return rows

    def _row(self, origin: Origin, row: Row | Broken) -> None:
        if isinstance(row, Broken):
            self._reject(Reject.of(origin.file, origin.line, [("", row.why)], row.raw, origin.header))
            self._silent(origin, True)
            return
        meaning, person = self.understood(origin.kind, row)
        if meaning.complaints:
            wrong = [(complaint.column, complaint.why) for complaint in meaning.complaints]
            self._reject(Reject.of(origin.file, origin.line, wrong, row.raw, origin.header))
        if person.naming is None or not (meaning.statements or meaning.dropped):
            self._silent(origin, bool(meaning.complaints))
            return
        said = RowSaid(
            names=tuple(sorted(person.names.items())),
            statements=in_order(meaning.statements),
            dropped=tuple((statement, why.name) for statement, why in meaning.dropped),
            file=self._files.setdefault(origin.file, len(self._files)),
            line=origin.line,
        )
        self._pile.add(_indexes(person.naming), said)

    def understood(self, kind: Kind, row: Row) -> tuple[Meaning, Person]:
        """What a row says and of whom; what it cannot say of them is taken out."""
        reading, columns = self._of(kind)
        if dirty := [Complaint(c, why) for c in columns if (why := _dirt(row.values[c]))]:
            return Meaning(complaints=dirty), Person()
        person = people.person_of(row.values, self._profile, kind, self._programme, self._actor)
        if person.naming is None:
            return Meaning(complaints=person.complaints), person
        meaning = reading.meaning(row.values)
        meaning.complaints[:0] = person.complaints
        self._check_pairs(meaning)
        if person.unreadable:
            self._keep_only_sure(meaning, person)
        return meaning, person

    def _of(self, kind: Kind) -> tuple[Reading, tuple[str, ...]]:
        key = id(kind)
        if key not in self._readings:
            self._readings[key] = Reading(self._profile, kind, self._options, self._programme.zone)
            self._columns[key] = self._profile.columns_of(kind)
        return self._readings[key], self._columns[key]

    def _check_pairs(self, meaning: Meaning) -> None:
        """What names nothing that could be kept, and consents that don't say for what: reported, and not taken."""
        kept: list[Statement] = []
        for statement in meaning.statements:
            wrong = self._wrong_pair(statement)
            if wrong is None:
                kept.append(statement)
            else:
                meaning.complaints.append(wrong)
                meaning.dropped.append((statement, wrong.why))
        meaning.statements = kept

    def _wrong_pair(self, statement: Statement) -> Complaint | None:
        purpose, channel = statement.purpose, statement.channel
        if channel is not None and channel not in self._programme.channels:
            return Complaint("channel", Why.UNKNOWN_CHANNEL)
        if statement.is_event:
            return None
        if purpose is None:
            return Complaint("purpose", Why.NO_PURPOSE) if Said(statement.said).allows else None
        if purpose not in self._programme.purposes:
            return Complaint("purpose", Why.UNKNOWN_PURPOSE)
        if channel is None and self._programme.purpose(purpose).channels and Said(statement.said).allows:
            return Complaint("channel", Why.NO_CHANNEL)
        return None

    def _keep_only_sure(self, meaning: Meaning, person: Person) -> None:
        """Where a name cannot be read, no consent is taken that might be on it; a "no" counts for all it may mean."""
        kinds = {kind.value for kind in self._programme.contact_kinds}
        unsure_account = bool(person.unreadable - kinds)

        def unsure(statement: Statement) -> bool:
            channel = self._programme.channels.get(statement.channel or "")
            on = channel.contact_kind.value if channel and channel.contact_kind else None
            return unsure_account or on in person.unreadable

        lost = [s for s in meaning.statements if not _says_no(s) and unsure(s)]
        meaning.dropped += [(s, Why.BAD_IDENTIFIER) for s in lost]
        meaning.statements = [s for s in meaning.statements if s not in lost]


def _says_no(statement: Statement) -> bool:
    return not Said(statement.said).allows


def _dirt(text: str) -> Why | None:
    """What makes a field unreadable; in a column that nobody reads it does no harm."""
    if len(text) > LONGEST_FIELD:
        return Why.TOO_LONG
    if "\0" in text:
        return Why.NUL
    if not text.isascii() and any("\udc80" <= sign <= "\udcff" or sign == "\ufffd" for sign in text):
        return Why.ENCODING
    return None


def _indexes(naming: Naming) -> Sequence[bytes]:
    accounts: Iterable[bytes] = (account.index for account in naming.accounts)
    return [*accounts, *(contact.index for contact in naming.contacts.values())]


class _Counted:
    """A stream that counts what was read of it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.bytes = 0

    def readline(self, size: int = -1, /) -> bytes:
        """As the stream's."""
        data = self._stream.readline(size)
        self.bytes += len(data)
        return data
