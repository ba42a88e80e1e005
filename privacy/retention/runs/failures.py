"""What can go wrong with disposal runs."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound


class RunNotFound(NotFound):
    """There is no such disposal run."""

    code = "disposal-run-not-found"


class PartNotFound(NotFound):
    """The disposal run has no such part."""

    code = "disposal-part-not-found"


class RunChanged(Conflict):
    """The disposal run went on meanwhile: look at it as it is now, and decide again."""

    code = "disposal-run-changed"


class OtherPreview(Conflict):
    """What was looked at is not what is counted now: look at the newest preview, and decide again."""

    code = "disposal-run-other-preview"


class NotByHand(Conflict):
    """Nobody needs to say anything about this part of the run."""

    code = "disposal-part-not-by-hand"


class NothingToReview(Conflict):
    """No rows of this part of the run wait for a person to look at them, or the run goes on already."""

    code = "disposal-part-nothing-to-review"


class BatchOnItsWay(Conflict):
    """What became of the last batch is not known yet: wait until a worker has looked in its system, and try again."""

    code = "disposal-batch-on-its-way"


class NoCertificateYet(Conflict):
    """The run has not ended: there is no certificate yet."""

    code = "disposal-run-not-ended"
