"""What can go wrong with requests."""

from __future__ import annotations

from privacy.errors import Conflict, NotAuthenticated, NotFound, TooManyRequests


class RequestNotFound(NotFound):
    """There is no such request."""

    code = "request-not-found"


class StepNotFound(NotFound):
    """A request knows no step of that name."""

    code = "request-step-not-found"


class LetterNotFound(NotFound):
    """There is no such letter of this request."""

    code = "letter-not-found"


class RequestChanged(Conflict):
    """The request went on meanwhile: look at it as it is now, and decide again."""

    code = "request-changed"


class RequestEnded(Conflict):
    """The request has ended."""

    code = "request-ended"


class TooLateToExtend(Conflict):
    """An extension is told to the person before the first month ends (Art. 12(3)); that day is over."""

    code = "too-late-to-extend"


class ExtendedAlready(Conflict):
    """The time of this request was extended before; the law knows one extension."""

    code = "extended-already"


class NotExtendable(Conflict):
    """The time of such a case cannot be extended."""

    code = "not-extendable"


class SuspendedAlready(Conflict):
    """The clock of this request is suspended already."""

    code = "suspended-already"


class NotSuspended(Conflict):
    """The clock of this request runs."""

    code = "not-suspended"


class AnswerNotReady(Conflict):
    """The package that answers the request is not made yet; the worker makes it."""

    code = "answer-not-ready"


class NotJoinable(Conflict):
    """These two requests cannot be joined: they must ask the same for the same person, and both be open."""

    code = "not-joinable"


class NotToldYet(Conflict):
    """A restriction ends only after the person was told (Art. 18(3)); they were not told yet."""

    code = "not-told-yet"


class NotRestricted(Conflict):
    """No restriction of this request holds."""

    code = "not-restricted"


class TaskNotFound(NotFound):
    """The request has no such task."""

    code = "request-task-not-found"


class NotForAPerson(Conflict):
    """The task waits for nobody's decision of that kind."""

    code = "request-task-not-for-a-person"


class NoPackage(NotFound):
    """There is no package to fetch: none was made, its time is over, or the request goes on."""

    code = "no-package"


class TooManyDownloads(Conflict):
    """The package was fetched as often as it may be; ask the controller for another copy."""

    code = "too-many-downloads"


class WrongRequestCode(NotAuthenticated):
    """The code is wrong, used or too old; ask for another one."""

    code = "wrong-request-code"


class NotThatPerson(Conflict):
    """The account that signed in is not that of the person whom the request is about."""

    code = "not-that-person"


class TooManyOwnRequests(TooManyRequests):
    """You have sent very much today. Try again tomorrow, or call us; nothing that you sent before is lost."""

    code = "too-many-own-requests"


class SecondPersonNeeded(Conflict):
    """Another person than the one who proposed it must agree."""

    code = "second-person-needed"
