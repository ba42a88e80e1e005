"""The steps of a request as pages offer them: what each does, what it asks for, who may, and where its page is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from babel.support import LazyProxy
from flask import url_for

from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType
from privacy.errors import Conflict, InvalidInput
from privacy.pages.catalogue import translations
from privacy.pages.languages import LOCALES, lazy_gettext

#: Answered with a package: nothing in the systems changes.
HANDED_OUT = frozenset({CaseType.ACCESS, CaseType.PORTABILITY})


@dataclass(frozen=True)
class Step:
    """One step, as its page explains it."""

    title: LazyProxy
    #: What happens with it, before it does.
    about: LazyProxy
    #: What is asked for; None where it may be left empty.
    asks: LazyProxy | None = None
    #: Whether it ends or undoes something.
    grave: bool = False


_WHY = lazy_gettext("Why")
STEPS: Mapping[str, Step] = {
    "ask-identity": Step(
        lazy_gettext("Ask for proof of identity"),
        lazy_gettext(
            "The person gets a letter that says how to show who they are: by signing in, by a code, or another way."
        ),
    ),
    "doubt-identity": Step(
        lazy_gettext("Take the identification back"),
        lazy_gettext("Whoever asks has to be shown anew. What stood for the person because of this request ends."),
        _WHY,
        grave=True,
    ),
    "give-up-identity": Step(
        lazy_gettext("Close it: nobody can tell whose data are meant"),
        lazy_gettext("The request ends (Art. 11(2)). Whoever asks gets a letter with your reason and the remedies."),
        lazy_gettext("Why nobody can tell; the letter says it"),
        grave=True,
    ),
    "ask-clarification": Step(
        lazy_gettext("Ask the person something"),
        lazy_gettext("Your question goes out by letter and stands on the person's pages. The time goes on running."),
        lazy_gettext("Your question; the letter says it"),
    ),
    "clarify": Step(
        lazy_gettext("Record the person's answer"),
        lazy_gettext("For an answer that came by letter, by phone or at the counter."),
    ),
    "disapprove": Step(
        lazy_gettext("Send it back to be decided anew"),
        lazy_gettext("What was granted counts no more. Nothing has been done yet, and the request is decided again."),
        _WHY,
    ),
    "extend": Step(
        lazy_gettext("Extend by two months"),
        lazy_gettext("Once only, because of how complex it is or how many there are (Art. 12(3)). A letter tells why."),
        lazy_gettext("Why it takes longer; the letter says it"),
    ),
    "suspend": Step(
        lazy_gettext("Stop the clock"),
        lazy_gettext("It is recorded that the time stands. The day that is worked to stays; both days are shown."),
        _WHY,
    ),
    "resume": Step(
        lazy_gettext("Let the clock run again"), lazy_gettext("It is recorded that the time runs from now on.")
    ),
    "execute-again": Step(
        lazy_gettext("Let the execution go on"),
        lazy_gettext("The systems are asked on. What is done is not done twice."),
    ),
    "finish-review": Step(
        lazy_gettext("Finish the review"),
        lazy_gettext(
            "The package is made with what was kept, and without what was left out. Then the answer goes out."
        ),
    ),
    "tell-of-lifting": Step(
        lazy_gettext("Tell that the restriction will end"),
        lazy_gettext("The person is told first (Art. 18(3)). The restriction can be ended eight days after that."),
        lazy_gettext("Why it ends; the letter says it"),
    ),
    "lift-restriction": Step(
        lazy_gettext("End the restriction"),
        lazy_gettext("Processing goes on as before, here and in every system that was told to stop."),
        grave=True,
    ),
    "reopen": Step(
        lazy_gettext("Open it anew"),
        lazy_gettext("The request begins again at its receipt: who asks, the decision, the execution."),
        _WHY,
        grave=True,
    ),
    "note": Step(
        lazy_gettext("Write a note"),
        lazy_gettext("It is sealed, and shown to those who handle requests."),
        lazy_gettext("What you want to note"),
    ),
    "withdraw": Step(
        lazy_gettext("Record that the person takes it back"),
        lazy_gettext("The request ends and nothing is carried out. The person gets a confirmation by letter."),
        lazy_gettext("How the person said so"),
        grave=True,
    ),
    "approve": Step(
        lazy_gettext("Agree as the second person"),
        lazy_gettext("What another has granted begins. It is one signature under what stands above."),
    ),
    "answer": Step(
        lazy_gettext("Send the answer now"),
        lazy_gettext("The answer goes out at once, instead of when the worker comes to it. The request ends."),
    ),
    "join": Step(
        lazy_gettext("Join with an earlier request"),
        lazy_gettext(
            "This request ends; the earlier one of the same person, which asks the same, is answered for both."
        ),
        grave=True,
    ),
    "identify": Step(
        lazy_gettext("Say who it is"),
        lazy_gettext("What somebody wrote about themselves is a claim. Once you say who it is, it stands in the log."),
    ),
    "grant": Step(lazy_gettext("Grant, whole or in part"), lazy_gettext("What you do not refuse is granted.")),
    "refuse": Step(
        lazy_gettext("Refuse as a whole"),
        lazy_gettext("A letter names the grounds of the law, the facts and the remedies (Art. 12(4))."),
        grave=True,
    ),
}
_NEEDS: Mapping[str, Permission] = {
    "identify": Permission.REQUESTS_IDENTIFY,
    "grant": Permission.REQUESTS_DECIDE,
    "refuse": Permission.REQUESTS_DECIDE,
    "answer": Permission.REQUESTS_DECIDE,
    "approve": Permission.APPROVALS_GIVE,
    "withdraw": Permission.REQUESTS_WRITE,
}
#: Steps with a page of their own; the others share one.
OWN_PAGES = frozenset({*_NEEDS, "join"})
#: Those that bring the request on come first, by what they are about.
_SECTIONS: Sequence[tuple[LazyProxy, Sequence[str]]] = (
    (lazy_gettext("Bring it on"), ("identify", "grant", "approve", "execute-again", "finish-review", "answer")),
    (lazy_gettext("Ask and write"), ("ask-identity", "ask-clarification", "clarify", "note")),
    (lazy_gettext("The time"), ("extend", "suspend", "resume")),
    (lazy_gettext("The end of the restriction"), ("tell-of-lifting", "lift-restriction")),
    (
        lazy_gettext("Turn it back or end it"),
        ("refuse", "disapprove", "doubt-identity", "give-up-identity", "join", "withdraw", "reopen"),
    ),
)


def possible(row: Any, actor: Actor) -> frozenset[str]:
    """The steps that this member of staff could take now."""
    allowed = actor.permissions
    return frozenset(
        name for name in dsar.possible(row, actor=actor) if _NEEDS.get(name, Permission.REQUESTS_HANDLE) in allowed
    )


def sections(row: Any, actor: Actor) -> list[tuple[LazyProxy, list[tuple[str, LazyProxy, bool]]]]:
    """The same in groups: where each step's page is, what it is called, and whether it ends or undoes something."""
    offered, found = possible(row, actor), []
    for title, names in _SECTIONS:
        steps = [(_page(name, row), STEPS[name].title, STEPS[name].grave) for name in names if name in offered]
        if steps:
            found.append((title, steps))
    return found


@contextmanager
def plainly() -> Iterator[None]:
    """What a service refuses because of how the request stands is said on the page of the form, which stays."""
    try:
        yield
    except Conflict as error:
        known = translations(LOCALES[0]).ugettext(error.detail) != error.detail
        raise InvalidInput(error.detail if known else type(error).title()) from None


def _page(name: str, row: Any) -> str:
    if name in OWN_PAGES:
        return url_for(f"console.requests_{name}", request_id=row.id)
    return url_for("console.requests_step", request_id=row.id, step=name)
