"""My proof: everything that was said, the texts as they were shown, receipts to keep, and who asked about me."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from uuid import UUID

from flask import Response

from privacy.consent import service as consent
from privacy.consent.service import ActView, ReceiptForm
from privacy.errors import NotFound
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.languages import locale
from privacy.pages.look import look
from privacy.pages.rendering import download, render
from privacy.portal.act_words import Told, told
from privacy.portal.blueprint import portal
from privacy.portal.choice_words import channel_name, purpose_name
from privacy.portal.gate import current_person
from privacy.programme import service as programmes
from privacy.programme.texts import TextVersion

_FORMS = {"pdf": ReceiptForm.PDF, "json": ReceiptForm.ISO_27560}


@portal.page("/proof", guard=SIGNED_IN)
def proof() -> Response:
    """The history of everything that was said, the newest first."""
    acts = [_told(one) for one in _own_acts()]
    years = [(year, list(some)) for year, some in groupby(acts, key=lambda one: one.year)]
    return render("portal/proof.html", years=years)


@portal.page("/proof/acts/<uuid:act_id>", guard=SIGNED_IN)
def proof_act(act_id: UUID) -> Response:
    """One act, with the texts exactly as they were shown."""
    act = _own_act(act_id)
    programme = programmes.current()
    return render(
        "portal/act.html",
        act=_told(act),
        wording=_text(programme.wording, act.wording, act.locale),
        wording_version=act.wording,
        notice=_text(programme.notice, act.notice, act.locale),
        notice_version=act.notice,
        sha256=act.text_sha256,
    )


@portal.page("/proof/acts/<uuid:act_id>/receipt.<ending>", guard=SIGNED_IN)
def proof_receipt(act_id: UUID, ending: str) -> Response:
    """The receipt of a consent, to keep."""
    act = _own_act(act_id)
    if ending not in _FORMS:
        raise NotFound
    made = consent.receipt_of(
        act.id, _FORMS[ending], actor=current_person().actor, locales=[locale()], base_url=look().base_url
    )
    day = _told(act).day
    return download(made.content, made.form.value, f"receipt-{act.purpose}-{day}.{ending}")


@portal.page("/asked", guard=SIGNED_IN)
def proof_asked() -> Response:
    """Which systems asked about the person, for what, with what answer, by day."""
    mine, programme = current_person(), programmes.current()
    found = consent.who_asked(_subject(), actor=mine.actor)
    days = [
        (
            date.fromisoformat(day),
            [
                (
                    one.name,
                    purpose_name(programme, one.purpose),
                    channel_name(programme, one.channel) if one.channel else None,
                    one.allowed,
                    one.times,
                )
                for one in some
            ],
        )
        for day, some in groupby(found, key=lambda one: one.day)
    ]
    return render("portal/asked.html", days=days)


def _subject() -> UUID:
    subject_id = current_person().subject_id
    if subject_id is None:  # `current_person` raises before that.
        raise NotFound
    return subject_id


def _own_acts() -> list[ActView]:
    return consent.history(_subject(), actor=current_person().actor)


def _own_act(act_id: UUID) -> ActView:
    """One of the person's own; somebody else's and one that never was look the same."""
    for act in _own_acts():
        if act.id == act_id:
            return act
    raise NotFound


def _told(act: ActView) -> Told:
    return told(act, programmes.current())


def _text(
    find: Callable[[str, str], TextVersion | None], cited: tuple[str, str | None] | None, language: str | None
) -> tuple[str, str] | None:
    """The text in the language in which it was shown, with that language; None where there is but a scan, or none."""
    text = find(cited[0], cited[1]) if cited and cited[1] else None
    if text is None or not text.texts:
        return None
    spoken = language if language in text.texts else next(iter(text.texts))
    return text.text(str(spoken)), str(spoken)
