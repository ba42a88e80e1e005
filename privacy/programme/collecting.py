"""Where consents are collected by forms of this service: its own pages, and forms inside the pages of other sites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from privacy.programme.vocabulary import ContactKind

#: By these a form knows whom it is about: nobody is reached by post through it, and it knows no account.
FORM_CONTACTS = (ContactKind.EMAIL, ContactKind.PHONE)


class CollectionKind(StrEnum):
    """What a form is for."""

    CONSENT_FORM = "consent_form"  # asks for consents, once
    PREFERENCE_CENTRE = "preference_centre"  # a yes or a no to each, as often as somebody likes


@dataclass(frozen=True)
class AskedPurpose:
    """A purpose that a form asks about."""

    purpose: str
    #: Empty where the purpose contacts nobody.
    channels: tuple[str, ...]
    #: Code of the wording that is shown for it, in the version of the day.
    wording: str


@dataclass(frozen=True)
class CollectionPoint:
    """One form: what it asks for, and where it may stand."""

    code: str
    kind: CollectionKind
    #: The source system and the place in it that its acts name.
    system: str
    point: str
    purposes: tuple[AskedPurpose, ...]
    #: Code of the notice that is shown (Art. 13), in the version of the day.
    notice: str
    #: Sites into whose pages the form may be built, such as `https://shop.example.com`.
    origins: tuple[str, ...] = ()
    #: Where somebody goes who is finished.
    back_url: str | None = None
    #: Whether it stands on a screen that many people use one after another.
    kiosk: bool = False
    #: Whether each consent to e-mail waits for the code of a message, though its purpose demands no double opt-in.
    confirm_email: bool = False
