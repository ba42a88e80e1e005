"""What somebody answers to a form, as acts of consent. Knows no Flask.

Whoever fills in a form has proven nothing: a yes to e-mail waits for a code where the purpose or the form says so, and
no answer says anything about an address. A box that was left alone is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from privacy.authz.actors import Actor, Realm, a_person
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Cited, Source, WrongCode
from privacy.crypto import blind_index, canonical, keyring
from privacy.errors import InvalidInput
from privacy.pages.languages import gettext as _
from privacy.portal.collection.forms import AskedChannel, ShownForm, ShownPurpose
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, ContactName, Naming

#: The name of one showing of a form, which whoever shows it makes up.
Once = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,64}$")]
Box = tuple[ShownPurpose, AskedChannel]


@dataclass(frozen=True)
class Answers:
    """What came back."""

    #: As they were typed.
    contacts: Mapping[ContactKind, str] = field(repr=False)
    #: Yes or no for each box that was answered, by purpose and channel.
    choices: Mapping[tuple[str, str | None], bool]
    age_class: AgeClass | None
    #: Whether the browser sends Global Privacy Control.
    signal: bool
    #: What the form was called when it was shown: sent twice, it counts once.
    once: str


@dataclass(frozen=True)
class Taken:
    """What became of the answers, as far as they alone tell: nothing here depends on who is known."""

    #: Whether anything was recorded.
    recorded: bool
    #: Whether a yes waits for the code of a message.
    waits: bool
    #: Whether a yes could not be taken, because somebody so young cannot give it alone.
    too_young: bool

    @property
    def said(self) -> str:
        """The code of what is said."""
        if self.too_young:
            return "too-young"
        return "waits" if self.waits else "recorded" if self.recorded else "nothing"


def take(form: ShownForm, answers: Answers, programme: Programme, *, today: date) -> Taken:
    """Record the answers in the open unit of work; raises `InvalidInput` by field: a kind of contact, `age_class`."""
    yes = [box for box in form.boxes() if answers.choices.get(_key(box)) is True]
    no = [box for box in form.boxes() if answers.choices.get(_key(box)) is False]
    contacts = _contacts(programme, answers)
    _require(yes, contacts)
    if no and form.is_preference_centre:
        _require(no, contacts)
    if any(one.purpose.minimum_age for one, _channel in yes) and answers.age_class is None:
        raise InvalidInput.of("age_class", _("Choose how old you are."))
    allowed = [box for box in yes if not _too_young(form, box[0], answers, programme, today)]
    signalled = _signalled(form, answers)
    acts = [
        *_acts(form, allowed, contacts, answers, yes=True),
        *_acts(form, [*no, *signalled], contacts, answers, yes=False),
    ]
    if acts:
        consent.record_many(acts, actor=_actor(form, answers), programme=programme)
    return Taken(bool(acts), any(channel.confirmed for _one, channel in allowed), len(allowed) < len(yes))


def confirm(form: ShownForm, address: str, code: str, programme: Programme) -> bool:
    """Confirm by the code of a message what it was sent for, in the open unit of work; False where it is wrong.

    A wrong code counts against what it might have meant: the caller commits that. Raises `InvalidInput` by field.
    """
    name = _contact(programme, ContactKind.EMAIL, address)
    pending: list[UUID] = []
    actor = a_person(_id_of("confirm", form.point.code, code))
    for one in form.purposes:
        given = ActIn(
            naming=Naming(Realm.LIVE, contacts={ContactKind.EMAIL: name}),
            act=ActKind.CONFIRM,
            source=Source(form.point.system, form.point.point, "confirmed_code"),
            purpose=one.purpose.code,
            channels=[channel.code for channel in one.channels if channel.confirmed and channel.code],
            code=code,
        )
        if given.channels:
            try:
                consent.record(given, actor=actor, programme=programme)
            except WrongCode as error:
                pending += error.pending
            else:
                return True
    if pending:
        consent.count_wrong_code(tuple(pending))
    return False


def _key(box: Box) -> tuple[str, str | None]:
    return box[0].purpose.code, box[1].code


def _contacts(programme: Programme, answers: Answers) -> dict[ContactKind, ContactName]:
    return {kind: _contact(programme, kind, value) for kind, value in answers.contacts.items()}


def _contact(programme: Programme, kind: ContactKind, value: str) -> ContactName:
    try:
        return subjects.contact_name(programme, Realm.LIVE, kind, value)
    except InvalidInput:
        raise InvalidInput.of(kind.value, _WRONG[kind]()) from None


_WRONG = {
    ContactKind.EMAIL: lambda: _("Write an e-mail address like anna@example.com."),
    ContactKind.PHONE: lambda: _("Write a phone number with all its digits."),
}
_MISSING = {
    ContactKind.EMAIL: lambda: _("Write the e-mail address that your answer is about."),
    ContactKind.PHONE: lambda: _("Write the phone number that your answer is about."),
}


def _require(boxes: list[Box], contacts: Mapping[ContactKind, ContactName]) -> None:
    """Raise `InvalidInput` for each kind of contact that these boxes are about and that was not given."""
    wanted = dict.fromkeys(channel.contact for _one, channel in boxes if channel.contact)
    missing = [kind for kind in wanted if kind not in contacts]
    if boxes and not wanted and not contacts:
        missing = [ContactKind.EMAIL]
    if missing:
        raise InvalidInput(errors={kind.value: [_MISSING[kind]()] for kind in missing})


def _too_young(form: ShownForm, one: ShownPurpose, answers: Answers, programme: Programme, today: date) -> bool:
    if one.purpose.minimum_age is None or answers.age_class is None:
        return False
    least = programme.minimum_age(form.setting, today, rule=one.purpose.minimum_age)
    return answers.age_class.lowest_age < least


def _signalled(form: ShownForm, answers: Answers) -> list[Box]:
    """What the browser's signal says no to, and nobody answered by hand: a tick on this very form outweighs it."""
    if not answers.signal:
        return []
    return [box for box in form.boxes() if box[0].told_by_signal and _key(box) not in answers.choices]


def _acts(
    form: ShownForm, boxes: list[Box], contacts: Mapping[ContactKind, ContactName], answers: Answers, *, yes: bool
) -> Iterator[ActIn]:
    """An act for each box: on the contact of its channel, or on all that were given where it has none."""
    for one, channel in boxes:
        about = {kind: name for kind, name in contacts.items() if channel.contact in {kind, None}}
        if about:
            yield _act(form, one, channel, about, answers, yes=yes)


def _act(
    form: ShownForm,
    one: ShownPurpose,
    channel: AskedChannel,
    about: Mapping[ContactKind, ContactName],
    answers: Answers,
    *,
    yes: bool,
) -> ActIn:
    point, text = form.point, one.wording
    no = ActKind.WITHDRAW if form.is_preference_centre else ActKind.REFUSE
    said = (ActKind.REQUEST if channel.confirmed else ActKind.GIVE) if yes else no
    by_signal = not yes and (one.purpose.code, channel.code) not in answers.choices
    method = "preference_centre" if form.is_preference_centre else "kiosk" if point.kiosk else "web_form"
    return ActIn(
        naming=Naming(Realm.LIVE, contacts=about),
        act=said,
        source=Source(point.system, point.point, "gpc" if by_signal else method, setting=form.setting),
        purpose=one.purpose.code,
        channels=[channel.code] if channel.code else None,
        wording=Cited(text.code, text.version, text.locale),
        notice=Cited(form.notice.code, form.notice.version, form.notice.locale),
        text_sha256=text.sha256,
        explicit=yes and one.purpose.explicit,
        age_class=answers.age_class if yes else None,
        once=_once(form, about, answers, said),
        evidence={"form": point.code, "notice_sha256": form.notice.sha256, **({"gpc": "1"} if answers.signal else {})},
    )


def _once(form: ShownForm, about: Mapping[ContactKind, ContactName], answers: Answers, said: ActKind) -> str:
    """The act's own name: the same answers from the same showing of the form are the same acts."""
    who = sorted((kind.value, name.normal.key) for kind, name in about.items())
    content = {"form": form.digest, "once": answers.once, "act": said.value, "about": [list(pair) for pair in who]}
    return blind_index.of_repeat(keyring.installed(), b"collected " + canonical.encode(content)).hex()


def _actor(form: ShownForm, answers: Answers) -> Actor:
    """Whoever filled in this showing of the form, of whom nothing more is known."""
    return a_person(_id_of("form", form.point.code, answers.once))


def _id_of(*parts: str) -> UUID:
    digest = blind_index.of_repeat(keyring.installed(), b"collected by " + canonical.encode(list(parts)))
    return UUID(bytes=digest[:16])
