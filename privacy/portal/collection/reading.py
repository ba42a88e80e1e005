"""What both doors of a form read and say: the form of today, and the sentences about what became of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.support import LazyProxy

from privacy import clock
from privacy.pages.languages import lazy_gettext
from privacy.portal.collection.forms import ShownForm, shown
from privacy.programme import service as programmes
from privacy.programme.types import Programme

#: What became of the answers (`Taken.said`); nothing here depends on who is known.
SAID: Mapping[str, LazyProxy] = {
    "recorded": lazy_gettext("Thank you. Your answer is recorded."),
    "waits": lazy_gettext(
        "Thank you. One step is left: we have sent a code to your e-mail address. "
        "Your consent counts once you type it in."
    ),
    "nothing": lazy_gettext("Thank you. You agreed to nothing, and nothing was recorded."),
    "too-young": lazy_gettext(
        "At your age a parent or guardian has to agree to this, so we did not record it. "
        "Ask them to get in touch with us."
    ),
    "confirmed": lazy_gettext("Thank you. Your consent is confirmed and counts from now on."),
}
CHANGED = lazy_gettext("The texts changed while this form was open. Please read them and answer again.")
WRONG_CODE = lazy_gettext(
    "This is not the code, or it is no longer good. Use the newest message, or send the form again."
)


def today(programme: Programme) -> date:
    """The day where the programme counts its days."""
    return clock.now().astimezone(programme.zone).date()


def form_of_today(code: str, language: str) -> tuple[ShownForm, Programme]:
    """The form as it is shown now; raises `NoSuchForm`."""
    programme = programmes.current()
    return shown(programme, code, language, today(programme)), programme
