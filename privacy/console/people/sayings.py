"""What a person's file says: standings, kinds of contacts and accounts, languages."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError
from babel.support import LazyProxy

from privacy.pages.languages import lazy_gettext, locale
from privacy.programme.types import ContactKind, Programme
from privacy.subjects.service import AgeClass, Standing

STANDINGS: Mapping[Standing, LazyProxy] = {
    Standing.DECEASED: lazy_gettext("Has died"),
    Standing.RESTRICTED: lazy_gettext("Processing is restricted (Art. 18)"),
    Standing.ERASURE_PENDING: lazy_gettext("Is about to be erased"),
}
AGES: Mapping[str, LazyProxy] = {
    AgeClass.UNDER_13.value: lazy_gettext("under 13"),
    AgeClass.FROM_13.value: lazy_gettext("13 to 15"),
    AgeClass.FROM_16.value: lazy_gettext("16 or 17"),
    AgeClass.ADULT.value: lazy_gettext("18 or more"),
}
TEXT_KINDS: Mapping[str, LazyProxy] = {
    "wording": lazy_gettext("Wording of a consent"),
    "notice": lazy_gettext("Notice (Art. 13, 14)"),
}
#: Why a contact is on the suppression list.
CAUSES: Mapping[str, LazyProxy] = {
    "hard_bounce": lazy_gettext("Messages cannot be delivered"),
    "complaint": lazy_gettext("Marked as unwanted"),
    "reassigned": lazy_gettext("Belongs to somebody else now"),
    "company": lazy_gettext("Address of a company"),
    "list": lazy_gettext("Came with a list of exclusions"),
    "erased": lazy_gettext("Its holder was erased"),
}
_ENDED: Mapping[str, LazyProxy] = {
    "retired": lazy_gettext("Not used any more"),
    "reassigned": CAUSES["reassigned"],
}
YES, NO = lazy_gettext("Yes"), lazy_gettext("No")
ALLOWED, NOT_ALLOWED = lazy_gettext("Allowed"), lazy_gettext("Not allowed")


def identifier(programme: Programme, code: str) -> str:
    """What a type of account is called; its code where the programme has it no more."""
    known = programme.identifier_types.get(code)
    return _said(known.names) if known else code


def contact(programme: Programme, kind: str) -> str:
    """What a kind of contact is called."""
    names = programme.contact_kinds.get(ContactKind(kind))
    return _said(names) if names else kind


def ended(why: str | None) -> str:
    """Why a contact is held no more."""
    return "" if why is None else str(_ENDED.get(why, why))


def language(code: str | None) -> str:
    """A language in the language of the page."""
    if code is None:
        return ""
    try:
        return Locale.parse(code, sep="-").get_display_name(locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def _said(names: Mapping[str, str]) -> str:
    return names.get(locale()) or next(iter(names.values()))
