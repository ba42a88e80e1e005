"""My preferences: by which channel, about what and how often. They stand beside consent and give none."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from babel.support import LazyProxy
from flask import Response

from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.portal.blueprint import portal
from privacy.portal.choice_words import channel_name, purpose_name, said_in
from privacy.portal.gate import current_person
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.selfservice import service as selfservice
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactPreferences, Frequency

portal.says_after(
    {
        "preferred": lazy_gettext("Saved. This is what you like; what you agreed to has not changed."),
        "preferred-nothing": lazy_gettext("Saved. You have no preferences now; what you agreed to has not changed."),
    }
)
_FREQUENCIES: Mapping[Frequency, LazyProxy] = {
    Frequency.DAILY: lazy_gettext("at most once a day"),
    Frequency.WEEKLY: lazy_gettext("at most once a week"),
    Frequency.MONTHLY: lazy_gettext("at most once a month"),
    Frequency.QUARTERLY: lazy_gettext("at most once in three months"),
}


class _Wished(msgspec.Struct, forbid_unknown_fields=True):
    channel: str | None = None
    topic: list[str] = []
    frequency: Frequency | None = None


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


@portal.page("/preferences", guard=SIGNED_IN)
def preferences() -> Response:
    """What somebody likes."""
    return _page(NO_ERRORS)


def _again(errors: FormErrors) -> Response:
    return _page(errors)


@portal.form("/preferences", guard=SIGNED_IN, again=_again)
def set_preferences() -> Response:
    """Keep what somebody likes, in place of what they liked before."""
    given = read_form(_Wished)
    _keep(ContactPreferences(given.channel, tuple(given.topic), given.frequency))
    return done("portal.preferences", "preferred")


@portal.form("/preferences/none", guard=SIGNED_IN)
def drop_preferences() -> Response:
    """Take all of it back."""
    read_form(_Nothing)
    _keep(ContactPreferences())
    return done("portal.preferences", "preferred-nothing")


def _keep(wished: ContactPreferences) -> None:
    mine = current_person()
    assert mine.subject_id is not None  # The session is one person's.
    subjects.set_contact_preferences(
        mine.subject_id, wished, actor=mine.actor, programme=programmes.current(), source=selfservice.SYSTEM
    )


def _page(errors: FormErrors) -> Response:
    mine, programme = current_person(), programmes.current()
    assert mine.subject_id is not None  # The session is one person's.
    now = subjects.contact_preferences(mine.subject_id, programme=programme)
    return render(
        "portal/preferences.html",
        errors=errors,
        now=now,
        channels=[(code, channel_name(programme, code)) for code in subjects.wished_channels(programme)],
        topics=_topics(programme),
        frequencies=[(code.value, text) for code, text in _FREQUENCIES.items()],
    )


def _topics(programme: Programme) -> list[tuple[str, str, str]]:
    """Each topic with its name and what it belongs to."""
    return [
        (one.code, said_in(one.names), ", ".join(purpose_name(programme, purpose) for purpose in one.purposes))
        for one in subjects.topics_of(programme)
    ]
