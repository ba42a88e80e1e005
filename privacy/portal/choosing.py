"""My choices: what somebody agreed to, changed with one click, and everything stopped with one."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from babel.support import LazyProxy
from flask import Response, request, url_for

from privacy.consent.service import ActKind, WrongCode, count_wrong_code, not_chosen
from privacy.errors import InvalidInput, NotFound
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.portal.blueprint import portal
from privacy.portal.changed import changes_of
from privacy.portal.choice_cards import card_of, cards_of
from privacy.portal.choice_words import channel_name, said_in
from privacy.portal.gate import current_person, person_or_shared
from privacy.programme import service as programmes
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import NothingTicked, PersonSession, TextChanged, TooYoung, Unproven, Whose

portal.says_after(
    {
        "agreed": lazy_gettext("Saved. You agreed, and it takes effect at once."),
        "confirm-next": lazy_gettext(
            "One step is left: we have sent a message to your address. Type the code from it below. "
            "Until then we send you nothing."
        ),
        "confirmed": lazy_gettext("Saved. Your consent is confirmed, and it takes effect at once."),
        "declined": lazy_gettext("Saved. You did not agree, and we will not ask you about it for some time."),
        "withdrawn": lazy_gettext("Saved. Your consent is withdrawn, and it takes effect at once."),
        "objected": lazy_gettext("Saved. Your objection takes effect at once."),
        "lifted": lazy_gettext("Saved. Your objection is taken back."),
        "stopped": lazy_gettext("Done. From this moment nobody may send you advertising on our behalf."),
        "stopped-here": lazy_gettext("Done. From this moment no advertising may come here."),
    }
)
_REFUSED: dict[type[InvalidInput], tuple[str, LazyProxy]] = {
    NothingTicked: ("place", lazy_gettext("Tick what you agree to, or choose “I do not agree”.")),
    TextChanged: (
        "body",
        lazy_gettext("The text changed while you were reading. Here is the new one: please read it and decide again."),
    ),
    Unproven: (
        "place",
        lazy_gettext("You can agree only for an address or number that you have proven here to be yours."),
    ),
    TooYoung: ("body", lazy_gettext("At your age a parent or guardian has to agree for you.")),
}
_WRONG_CODE = lazy_gettext("This is not the code from the newest message, or it is no longer good.")


class _Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """Which choice; `child`: whose, where it is not one's own."""

    purpose: str
    place: str | None = None
    child: UUID | None = None


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    answer: Literal["yes", "no"]
    shown: str
    place: list[str] = []
    child: UUID | None = None


class _Code(msgspec.Struct, forbid_unknown_fields=True):
    code: str = ""
    child: UUID | None = None


class _Whose(msgspec.Struct, forbid_unknown_fields=True):
    child: UUID | None = None


class _Here(msgspec.Struct, forbid_unknown_fields=True):
    channel: str | None = None


@portal.page("/", guard=SIGNED_IN)
def choices() -> Response:
    """Everything that somebody can say yes or no to."""
    mine = person_or_shared()
    if mine.subject_id is None:
        return _shared_page(mine)
    return _page(selfservice.of_oneself(mine))


@portal.page("/children/<uuid:child>", guard=SIGNED_IN)
def choices_of_child(child: UUID) -> Response:
    """The same for a child for whom somebody speaks."""
    return _page(selfservice.of_child(current_person(), child))


@portal.page("/choices/<purpose>", guard=SIGNED_IN)
def choices_agree(purpose: str) -> Response:
    """The text of a consent, with boxes to tick."""
    return _asking(purpose, selfservice.of_oneself(current_person()))


@portal.page("/children/<uuid:child>/choices/<purpose>", guard=SIGNED_IN)
def choices_agree_for_child(child: UUID, purpose: str) -> Response:
    """The same for a child for whom somebody speaks."""
    return _asking(purpose, selfservice.of_child(current_person(), child))


def _asked_again(purpose: str, errors: FormErrors) -> Response:
    try:
        child = UUID(errors.value("child")) if errors.value("child") else None
    except ValueError:
        raise NotFound from None
    return _asking(purpose, _whose(child), errors)


@portal.form("/choices/<purpose>/answer", guard=SIGNED_IN, again=_asked_again)
def answer_choice(purpose: str) -> Response:
    """Agree to what was ticked, or say no."""
    given = read_form(_Answer)
    whose = _whose(given.child)
    try:
        if given.answer == "no":
            selfservice.decline(whose, purpose, given.shown, locale())
            return _back(whose, "declined")
        act = selfservice.agree(whose, purpose, given.place, given.shown, locale())
    except InvalidInput as error:
        raise _of_the_page(error) from None
    return _back(whose, "confirm-next" if act is ActKind.REQUEST else "agreed")


@portal.form("/choices/<purpose>/confirm", guard=SIGNED_IN)
def confirm_choice(purpose: str) -> Response:
    """Confirm by the code of a message. A wrong one is counted, so this answers and raises nothing."""
    given = read_form(_Code)
    whose = _whose(given.child)
    try:
        selfservice.confirm(whose, purpose, given.code)
    except WrongCode as wrong:
        count_wrong_code(wrong.pending)
        errors = FormErrors({f"code-{purpose}": [str(_WRONG_CODE)]})
        return _page(whose, errors, 422)
    return _back(whose, "confirmed")


@portal.form("/choices/withdraw", guard=SIGNED_IN)
def withdraw_choice() -> Response:
    """Withdraw a consent in one place, or wherever a purpose has one."""
    given = read_form(_Chosen)
    whose = _whose(given.child)
    selfservice.withdraw(whose, given.purpose, given.place)
    return _back(whose, "withdrawn")


@portal.form("/choices/object", guard=SIGNED_IN)
def object_to_choice() -> Response:
    """Object to a purpose that rests on an interest of the controller."""
    given = read_form(_Chosen)
    whose = _whose(given.child)
    selfservice.object_to(whose, given.purpose)
    return _back(whose, "objected")


@portal.form("/choices/lift", guard=SIGNED_IN)
def lift_objection() -> Response:
    """Take such an objection back."""
    given = read_form(_Chosen)
    whose = _whose(given.child)
    selfservice.lift_objection(whose, given.purpose)
    return _back(whose, "lifted")


@portal.form("/choices/stop", guard=SIGNED_IN)
def stop_advertising() -> Response:
    """No more advertising."""
    whose = _whose(read_form(_Whose).child)
    selfservice.stop_advertising(whose)
    return _back(whose, "stopped")


@portal.form("/choices/stop-here", guard=SIGNED_IN)
def stop_messages_here() -> Response:
    """No more advertising to a mailbox or number that may be several people's."""
    selfservice.stop_messages(person_or_shared(), read_form(_Here).channel)
    return done("portal.choices", "stopped-here")


def _whose(child: UUID | None) -> Whose:
    mine = current_person()
    return selfservice.of_child(mine, child) if child else selfservice.of_oneself(mine)


def _back(whose: Whose, said: str) -> Response:
    if whose.of_a_child:
        return done("portal.choices_of_child", said, child=whose.subject_id)
    return done("portal.choices", said)


def _page(whose: Whose, errors: FormErrors = NO_ERRORS, status: int = 200) -> Response:
    programme = programmes.current()
    cards = cards_of(whose, selfservice.choices(whose), locale())
    goes_on = [] if whose.of_a_child else not_chosen(programme)
    return render(
        "portal/choices.html",
        status,
        person=whose,
        errors=errors,
        marketing=[one for one in cards if one.marketing],
        others=[one for one in cards if one.by_consent and not one.marketing],
        interests=[one for one in cards if not one.by_consent and not one.marketing],
        goes_on=[(said_in(one.names), said_in(one.descriptions), one.legal_basis.value) for one in goes_on],
        stays=[said_in(one.names) for one in not_chosen(programme)],
        children=[] if whose.of_a_child else selfservice.children(whose.mine),
        changes=[] if whose.of_a_child else changes_of(whose.mine, programme),
    )


def _shared_page(mine: PersonSession) -> Response:
    programme = programmes.current()
    channels = [(code, channel_name(programme, code)) for code in selfservice.channels_of(mine, programme)]
    kinds = {one.kind.value for one in mine.proven}
    return render("portal/shared.html", channels=channels, kinds=kinds)


def _asking(purpose: str, whose: Whose, errors: FormErrors = NO_ERRORS) -> Response:
    programme = programmes.current()
    about = selfservice.choices_about(whose, purpose)
    offer = selfservice.offer(purpose, locale())
    if offer is None:
        raise NotFound
    card = card_of(whose, programme.purpose(purpose), about, programme, locale())
    child = whose.subject_id if whose.of_a_child else None
    return render(
        "portal/agree.html",
        person=whose,
        card=card,
        offer=offer,
        errors=errors,
        here=request.path if request.method == "GET" else None,
        back=url_for("portal.choices_of_child", child=child) if child else url_for("portal.choices"),
    )


def _of_the_page(error: InvalidInput) -> InvalidInput:
    """What is said of a refusal on the page itself."""
    if type(error) not in _REFUSED:
        return error
    field, text = _REFUSED[type(error)]
    return InvalidInput(errors={field: [str(text)]})
