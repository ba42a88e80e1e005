"""The sentences of the form inside other pages, in the reader's language: the same as on the page of our own."""

from __future__ import annotations

from privacy.pages.languages import filled
from privacy.pages.languages import gettext as _
from privacy.portal.collection.forms import ShownForm
from privacy.subjects.service import AgeClass


def ages() -> list[tuple[str, str]]:
    """What somebody may choose instead of a date of birth."""
    return [
        (AgeClass.UNDER_13.value, _("under 13")),
        (AgeClass.FROM_13.value, _("13 to 15")),
        (AgeClass.FROM_16.value, _("16 or 17")),
        (AgeClass.ADULT.value, _("18 or more")),
    ]


def intro(asked: ShownForm) -> str:
    """Who asks, and that the answer is free and may be taken back (Art. 7(3))."""
    who = ", ".join(controller.name for controller in asked.controllers)
    return filled(
        "Here %(controllers)s asks for your consent. You decide freely, each question for itself, and may change your "
        "mind at any time as easily as you answer now.",
        controllers=who,
    )


def sentences(asked: ShownForm) -> dict[str, object]:
    """Every sentence that the script shows, by the name that it knows it by."""
    return {
        "intro": intro(asked),
        "signal": _(
            "Your browser asks us not to sell or share your data and not to track you (Global Privacy Control). "
            "We take that as your “no” wherever it says so below. If you choose “yes” there, your choice here counts."
        ),
        "signalled": _("Your browser has said “no” to this."),
        "kiosk": _("This screen clears itself when nobody has touched it for a minute."),
        "agree": _("I agree"),
        "yes": _("Yes"),
        "no": _("No"),
        "age": _("How old are you?"),
        "age_hint": _("Needed only if you agree to something. We do not ask for your date of birth."),
        "ages": [{"code": code, "name": name} for code, name in ages()],
        "email": _("Your e-mail address"),
        "phone": _("Your phone number"),
        "notice": _("How your data are processed"),
        "save": _("Save my choices") if asked.is_preference_centre else _("I agree to what I ticked"),
        "refuse": "" if asked.is_preference_centre else _("I agree to nothing"),
        "code": _("The code from the e-mail"),
        "confirm": _("Confirm"),
        "failed": _("This did not work. Please try again in a few minutes."),
    }
