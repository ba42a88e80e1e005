"""What can be wrong with a request before anybody looks at what it asks."""

from __future__ import annotations

from privacy.errors import InvalidInput, Malformed, PrivacyError, TooManyRequests


class MethodNotAllowed(Malformed):
    """The method is not one that this address knows."""

    code = "method-not-allowed"


class NotAcceptable(Malformed):
    """None of the media types in Accept can be given."""

    code = "not-acceptable"


class ContentTooLarge(Malformed):
    """The body is larger than this address takes."""

    code = "content-too-large"


class UnsupportedMediaType(Malformed):
    """The body has a media type that this address does not take."""

    code = "unsupported-media-type"


class IdempotencyKeyMalformed(Malformed):
    """The Idempotency-Key is not a quoted string or a token of 1 to 255 characters."""

    code = "idempotency-key-malformed"


class IdempotencyMismatch(InvalidInput):
    """The Idempotency-Key was used for another request."""

    code = "idempotency-mismatch"


class QuotaExceeded(TooManyRequests):
    """The key has used up its requests for now; Retry-After says when there are more."""

    code = "quota-exceeded"


class RouteUnguarded(PrivacyError):
    """The address has no rule that says who may use it, so nobody may."""

    code = "route-unguarded"
