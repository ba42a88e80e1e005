"""What can go wrong when people come in to their own pages."""

from __future__ import annotations

from privacy.errors import InvalidInput, NotFound, TooManyRequests


class TooManyAskings(TooManyRequests):
    """Very many codes were asked for from your network. Try again in an hour, or call us."""

    code = "too-many-askings"


class SessionNotFound(NotFound):
    """You have no such session."""

    code = "person-session-not-found"


class SignOnNotOffered(NotFound):
    """No sign-on is set up here. Come in by a code to your e-mail address or phone."""

    code = "sign-on-not-offered"


class NothingTicked(InvalidInput):
    """Tick what you agree to, or choose "I do not agree"."""

    code = "nothing-ticked"


class TextChanged(InvalidInput):
    """The text changed while you read. Here is the new one: please read it, and decide again."""

    code = "text-changed"


class Unproven(InvalidInput):
    """You can agree only for an address or a number that you have proven to be yours. Prove it first."""

    code = "contact-unproven"


class TooYoung(InvalidInput):
    """At your age a parent or guardian has to agree for you."""

    code = "too-young"
