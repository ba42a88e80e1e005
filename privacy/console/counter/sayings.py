"""What the pages of the counter say: reasons, refusals, and the words that are read to the customer in her language."""

from __future__ import annotations

from privacy.console.counter.lines import Line
from privacy.console.counter.visits import LookFor
from privacy.pages.languages import filled, lazy_gettext, locale, speak
from privacy.pages.languages import gettext as _
from privacy.programme.service import Offer
from privacy.programme.types import Programme

REASONS = [
    (LookFor.AT_THE_COUNTER.value, lazy_gettext("The customer stands before me")),
    (LookFor.ON_THE_PHONE.value, lazy_gettext("The customer is on the phone")),
    (LookFor.WROTE_TO_US.value, lazy_gettext("The customer has written to us")),
    (LookFor.COMPLAINT.value, lazy_gettext("The customer complains")),
]
REFUSALS = {
    "malformed": lazy_gettext("This has not the form of what you chose. Look at it again."),
    "unknown": lazy_gettext("We know nobody by this. The customer may use the consent form herself."),
    "several": lazy_gettext("Several people use this. Ask for the customer number or the card."),
    "code": lazy_gettext("This is not the code, or it is no longer good. Send a new one."),
}


def kind_names(programme: Programme, language: str) -> list[tuple[str, str]]:
    """What a customer may be looked for by, in the language of the page."""
    spoken_in = language if language in programme.jurisdiction.locales else programme.jurisdiction.locales[0]
    accounts = [(code, kind.names[spoken_in]) for code, kind in programme.identifier_types.items() if kind.links]
    contacts = [
        (kind.value, names[spoken_in]) for kind, names in programme.contact_kinds.items() if kind != "postal_address"
    ]
    return [*accounts, *contacts]


def spoken(programme: Programme, line: Line, offer: Offer) -> list[str]:
    """What to read to the customer, paragraph by paragraph, in the language of the wording."""
    before, language = locale(), offer.locale
    speak(language)
    try:
        names = ", ".join(programme.controllers[code].name for code in line.purpose.controllers)
        opening = filled(
            "%(controllers)s asks for your consent. You are free to say no, and nothing else depends on it.",
            controllers=names,
        )
        closing = _("You may change your mind at any time, as easily as you answer now. Do you agree, yes or no?")
    finally:
        speak(before)
    described = line.purpose.descriptions.get(language, "")
    wording = [paragraph for paragraph in offer.text.split("\n") if paragraph.strip()]
    return [opening, *([described] if described else []), *wording, closing]
