"""What can be asked for on the portal: each right in plain words, what it needs, what happens and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.support import LazyProxy

from privacy.dsar.service import CaseType
from privacy.pages.languages import lazy_gettext, locale
from privacy.portal.request_words import TITLES
from privacy.programme.types import LegalBasis, Programme, PurposeClass

#: An objection to every purpose of direct marketing at once.
ALL_MARKETING = "marketing"


@dataclass(frozen=True)
class Topic:
    """One thing to ask for."""

    #: How it stands in an address.
    code: str
    case_type: CaseType
    title: LazyProxy
    #: In a sentence, for the page where one chooses.
    short: LazyProxy
    #: What happens and when, in the order in which it does.
    happens: Sequence[LazyProxy]
    #: Whether the person proves themselves once more before.
    step_up: bool = False
    #: What of the person is corrected; empty where it is something else, or no correction.
    corrected: str = ""
    #: Whether there is nothing to go by without the person's own words.
    needs_words: bool = False


_MONTH = lazy_gettext("We answer within one month. If it is complicated we may need two more, and then tell you why.")
_FREE = lazy_gettext("It costs you nothing.")
_CONFIRM = lazy_gettext("We confirm it at once to all addresses and numbers of yours that we know.")
_PACKAGE = lazy_gettext("When it is ready you download it here, after you have shown once more that it is you.")
_CORRECTED = (
    _CONFIRM,
    lazy_gettext("Until it is decided we keep the data and do not use them."),
    lazy_gettext("We correct them in all our systems, and tell everybody to whom we gave them."),
    _MONTH,
    _FREE,
)


def _correction(code: str, title: LazyProxy, *, step_up: bool = False) -> Topic:
    other = code == "other"
    return Topic(
        f"correct-{code.replace('_', '-')}",
        CaseType.RECTIFICATION,
        title,
        title,
        _CORRECTED,
        step_up=step_up,
        corrected="" if other else code,
        needs_words=other,
    )


#: What can be wrong; whoever changes where we write to proves themselves once more.
CORRECTIONS: Sequence[Topic] = (
    _correction("name", lazy_gettext("My name is wrong")),
    _correction("email", lazy_gettext("My e-mail address is wrong"), step_up=True),
    _correction("phone", lazy_gettext("My phone number is wrong"), step_up=True),
    _correction("address", lazy_gettext("My postal address is wrong"), step_up=True),
    _correction("other", lazy_gettext("Something else is wrong or missing")),
)
CORRECTION = "correction"

TOPICS: Sequence[Topic] = (
    Topic(
        "access",
        CaseType.ACCESS,
        TITLES[CaseType.ACCESS],
        lazy_gettext("What do you know about me, why, and who else has it? You get a copy of everything."),
        (
            _CONFIRM,
            lazy_gettext("We search all our systems for your data."),
            _PACKAGE,
            _MONTH,
            _FREE,
        ),
        step_up=True,
    ),
    Topic(
        CORRECTION,
        CaseType.RECTIFICATION,
        TITLES[CaseType.RECTIFICATION],
        lazy_gettext("Something that you know about me is wrong or incomplete."),
        _CORRECTED,
    ),
    Topic(
        "portability",
        CaseType.PORTABILITY,
        TITLES[CaseType.PORTABILITY],
        lazy_gettext("I want what I gave you as a file that another company can read."),
        (
            _CONFIRM,
            lazy_gettext("You get the data that you gave us and that we process by your consent or a contract."),
            _PACKAGE,
            _MONTH,
            _FREE,
        ),
        step_up=True,
    ),
    Topic(
        "erasure",
        CaseType.ERASURE,
        TITLES[CaseType.ERASURE],
        lazy_gettext("I want you to delete what you have about me."),
        (
            _CONFIRM,
            lazy_gettext("Advertising stops at once."),
            lazy_gettext("When we have granted it we write to you, and you have some days to stop it."),
            lazy_gettext(
                "Some data the law makes us keep, such as invoices for the tax office or what is needed for a claim "
                "(Art. 17(3) GDPR). Our answer says which, why and until when."
            ),
            lazy_gettext("What is erased cannot be brought back. Points and accounts are lost with it."),
            _MONTH,
            _FREE,
        ),
        step_up=True,
    ),
    Topic(
        "restriction",
        CaseType.RESTRICTION,
        TITLES[CaseType.RESTRICTION],
        lazy_gettext("I want you to keep my data but not to use them for now."),
        (
            _CONFIRM,
            lazy_gettext("At once we keep your data and do not use them, but for claims or to protect somebody."),
            lazy_gettext("Before the restriction ends we tell you."),
            _MONTH,
            _FREE,
        ),
    ),
    Topic(
        "objection",
        CaseType.OBJECTION,
        TITLES[CaseType.OBJECTION],
        lazy_gettext("I do not want my data to be used for something, such as advertising."),
        (
            lazy_gettext("Advertising stops at once, and you need to give no reason."),
            lazy_gettext(
                "To other uses you object because of your situation. We weigh it; until then we keep the data and do "
                "not use them."
            ),
            _CONFIRM,
            _MONTH,
            _FREE,
        ),
    ),
)
_BY_CODE: Mapping[str, Topic] = {one.code: one for one in (*TOPICS, *CORRECTIONS)}

#: Art. 18(1), by the code of the form.
RESTRICTED_WHY: Mapping[str, LazyProxy] = {
    "accuracy": lazy_gettext("The data are wrong, and you are to check them"),
    "unlawful": lazy_gettext("You may not process them, but I do not want them to be erased"),
    "claims": lazy_gettext("You need them no more, but I need them for a claim"),
    "objection": lazy_gettext("I have objected, and you are still weighing it"),
}


def topic_of(code: str) -> Topic | None:
    """What a code means; None where it means nothing."""
    return _BY_CODE.get(code)


@dataclass(frozen=True)
class Purpose:
    """A use that can be objected to."""

    code: str
    name: str
    description: str


def to_object_to(programme: Programme) -> list[Purpose]:
    """The uses beside advertising that rest on a legitimate interest or a public task (Art. 21(1))."""
    bases = {LegalBasis.LEGITIMATE_INTERESTS, LegalBasis.PUBLIC_TASK}
    return [
        Purpose(code, _named(one.names), _named(one.descriptions))
        for code, one in programme.purposes.items()
        if one.legal_basis in bases and one.purpose_class is not PurposeClass.MARKETING
    ]


def objected(chosen: Sequence[str], programme: Programme) -> tuple[str, ...] | None:
    """The purposes of what was ticked; None where something is none of those on the form."""
    weighed = {one.code for one in to_object_to(programme)}
    if set(chosen) - weighed - {ALL_MARKETING}:
        return None
    of_marketing = [code for code, one in programme.purposes.items() if one.purpose_class is PurposeClass.MARKETING]
    marketing = of_marketing if ALL_MARKETING in chosen else []
    return tuple(dict.fromkeys((*marketing, *(code for code in chosen if code in weighed))))


def _named(names: Mapping[str, str]) -> str:
    return names.get(locale()) or next(iter(names.values()), "")
