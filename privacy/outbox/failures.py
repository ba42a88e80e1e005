"""What can go wrong with messages."""

from __future__ import annotations

from privacy.errors import Conflict, InvalidInput, NotFound


class DeliveryInvalid(InvalidInput):
    """The settings of delivery cannot be used."""

    code = "delivery-invalid"


class MessageNotFound(NotFound):
    """There is no such message."""

    code = "message-not-found"


class NotToBePosted(Conflict):
    """The message is no letter on paper that waits to be posted."""

    code = "message-not-to-be-posted"


class NotToBeTriedAgain(Conflict):
    """The message was sent, is on its way, or is worth nothing any more: it is not tried again."""

    code = "message-not-to-be-tried-again"
