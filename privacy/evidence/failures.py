"""What can keep evidence from being handed out."""

from __future__ import annotations

from privacy.errors import Conflict, InvalidInput


class SeveralPeople(InvalidInput):
    """That names several people, and evidence about one of them is nobody else's business."""

    code = "several-people"


class ForeignDecision(InvalidInput):
    """A decision that was presented is not one of this service about this person."""

    code = "foreign-decision"


class PersonChanges(Conflict):
    """The person's records changed again and again while they were read; try again."""

    code = "person-changes"


class PlaceTaken(InvalidInput):
    """There is something at that place already, and evidence replaces nothing."""

    code = "place-taken"


class PlaceOpen(InvalidInput):
    """Others can read that place, and what would be written there is personal data."""

    code = "place-open"


class PeopleErased(Conflict):
    """People were erased while everything was exported, and what stood of them may not leave; try again."""

    code = "people-erased"
