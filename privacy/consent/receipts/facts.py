"""What a receipt says, whatever its form. Values only: gathered in `gathering`, told by one module for each form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privacy.consent.acts import ActKind
from privacy.consent.receipts.states import EventState, EventType
from privacy.programme.types import Programme, Purpose


@dataclass(frozen=True)
class CitedText:
    """A wording or notice that the act cites."""

    code: str
    version: str | None
    #: BCP 47; None where nobody said.
    locale: str | None
    sha256: str | None
    #: Word for word; None where the programme does not hold the text that was shown.
    text: str | None


@dataclass(frozen=True)
class Event:
    """One act of the record's history."""

    #: The client's own id of the act.
    id: str
    kind: ActKind
    state: EventState
    type: EventType
    #: When it happened, as far as was claimed; microseconds.
    at: int
    received_at: int
    #: When a consent given by it expires; None where it does not, or gave none.
    valid_until: int | None
    #: Whether the person (or who acts for the person) did it, and not the controller.
    by_person: bool
    method: str | None
    no_effect: str | None


@dataclass(frozen=True)
class Party:
    """Who has a part in the processing (27560, 6.3.6)."""

    id: str
    name: str
    #: In one line; of a recipient that is not named one by one only the country is known.
    address: str
    country: str
    #: `controller`, `processor`, `recipient` or `authority`.
    role: str
    #: `named`, or `category` where recipients are named by their kind.
    type: str
    #: Whom to turn to: a person, an office or an address.
    contact: str
    email: str | None = None
    phone: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Processing:
    """One purpose, with who serves it and where."""

    purpose: Purpose
    #: Ids of parties.
    controllers: tuple[str, ...]
    recipients: tuple[str, ...]
    #: Countries of the controllers and of the processors that serve the purpose: the data are there.
    countries: tuple[str, ...]
    #: What makes transfers outside the EEA lawful (Art. 46), by party.
    safeguards: Mapping[str, str]
    impact_assessment: str | None


@dataclass(frozen=True)
class ReceiptFacts:
    """All that a receipt may say."""

    #: The client's own ids: of the receipt, of the act, of the person.
    receipt_id: str
    record_id: str
    subject_ref: str
    #: When this receipt was made, in microseconds.
    made_at: int
    #: As of the receipt of the act.
    programme: Programme
    #: A channel's code; None where the act named none.
    channel: str | None
    #: Whether the act named no purpose, and so means each of `processing`.
    any_purpose: bool
    #: Masked, by its kind; None where the act named none or it was erased.
    contact: Mapping[str, str] | None
    act: Event
    #: The acts that have a say on the same purpose, channel and contact, oldest first; the act itself among them.
    history: tuple[Event, ...]
    processing: tuple[Processing, ...]
    parties: Mapping[str, Party]
    wording: CitedText | None
    notice: CitedText | None
    #: System, collection point, method.
    source: tuple[str, str | None, str | None]
    proof: str
    mandate: str | None
    #: Where people see and change what they agreed to, and where they are informed.
    preferences_url: str | None
    privacy_url: str
    #: Whether it is about the made-up people that test keys see.
    test: bool

    @property
    def language(self) -> str:
        """The language of what was shown, or the first of the programme."""
        spoken = self.wording.locale if self.wording else None
        return spoken or self.programme.jurisdiction.locales[0]

    @property
    def main_controller(self) -> Party:
        """The first controller, to whom people turn first."""
        return self.parties[self.processing[0].controllers[0]]

    @property
    def authority(self) -> Party:
        """The supervisory authority (Art. 77)."""
        return next(party for party in self.parties.values() if party.role == "authority")

    @property
    def special(self) -> bool:
        """Whether special categories of data are processed (Art. 9)."""
        categories = self.programme.data_categories
        return any(categories[code].special for one in self.processing for code in one.purpose.data_categories)
