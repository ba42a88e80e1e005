"""A dry run is tried with wordings that nobody has published yet: checked as `apply` would, and nothing is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import session, unit_of_work
from privacy.programme import service
from privacy.programme.errors import ProgrammeConflict, ProgrammeInvalid
from privacy.yaml_document import FileInvalid
from tests.programme.documents import HISTORICAL, SMALL, historical, line_of, small_with

DAY = date(2017, 1, 1)
NEWS_2 = SMALL[SMALL.index('  - code: news\n    version: "2"') : SMALL.index("notices:")]

pytestmark = pytest.mark.usefixtures("context", "frozen")


def _applied(text: str) -> service.Programme:
    with unit_of_work():
        service.apply(service.read(text), actor=OPERATOR, purpose_in_use=lambda _code: False)
    return service.current()


def _tried(programme: service.Programme, folder: Path, text: str) -> service.Programme:
    path = folder / "tried.yml"
    path.write_text(text)
    return service.tried_with(programme, path)


def test_the_wordings_are_there_to_try_and_nothing_is_written(tmp_path: Path) -> None:
    programme = _applied(SMALL)
    before = audit.actions_since(session(), None)
    tried = _tried(programme, tmp_path, HISTORICAL)
    found = tried.wording_standing_for("crm", "?", "www", DAY)
    assert found is not None
    assert (found.version, tried.number) == ("0.1", programme.number)
    assert set(tried.wordings) == {*programme.wordings, ("news", "0.1"), ("news", "0.2")}
    assert tried.purposes == programme.purposes
    assert service.current() is programme
    assert programme.wording_standing_for("crm", "?", "www", DAY) is None
    assert (service.current_number(), audit.actions_since(session(), None)) == (1, before)


def test_what_was_tried_is_what_is_applied(tmp_path: Path) -> None:
    tried = _tried(_applied(SMALL), tmp_path, HISTORICAL)
    applied = _applied(small_with(HISTORICAL))
    assert tried.wordings == applied.wordings
    assert _tried(applied, tmp_path, HISTORICAL).wordings == applied.wordings, "published meanwhile"


def test_new_versions_without_attestation_can_be_tried_too(tmp_path: Path) -> None:
    third = NEWS_2.replace('version: "2"', 'version: "3"').replace("2026-01-01", "2026-11-01")
    tried = _tried(_applied(SMALL), tmp_path, f"wordings:\n{third}")
    assert tried.wordings["news", "3"].texts == {"pl": "Zgadzam się na newsletter"}


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        (
            historical(("attested_by: Ewa Lis\n", "⇒attested_by:\n")),
            "wordings.news@0.2.historical.attested_by",
            "no text",
        ),
        (historical(("valid_until: 2018-05-24", "valid_until: 2018-06-24")), "wordings.news@0.2", "rows too"),
        (historical(('version: "0.2"', 'version: "0.1"')), "wordings.news@0.1", "declared twice"),
        (f"{HISTORICAL}  - ⇒old\n", "wordings[2]", "mapping is needed"),
        (f"{HISTORICAL}⇒purposes: []\n", "purposes", "Only wordings can be tried"),
        ("wordings:\n", "wordings", "no list of wordings"),
        ("# tried\n⇒wordings: old\n", "wordings", "no list of wordings"),
        ("- old\n", "wordings", "no list of wordings"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_field(tmp_path: Path, text: str, path: str, words: str) -> None:
    programme = _applied(SMALL)
    with pytest.raises(ProgrammeInvalid) as raised:
        _tried(programme, tmp_path, text.replace("⇒", ""))
    assert raised.value.detail.startswith("tried.yml has 1 mistake.")
    (problem,) = raised.value.problems
    assert problem.path.startswith(path)
    assert words in problem.wrong
    if "⇒" in text:
        assert problem.line == line_of(text, "⇒")


def test_rows_that_a_published_wording_stands_for_are_refused(tmp_path: Path) -> None:
    programme = _applied(small_with(HISTORICAL))
    again = HISTORICAL.replace('"0.', '"0.0').replace("code: news", "code: other")
    with pytest.raises(ProgrammeInvalid, match=r"wordings\.news@0\.1\.historical\.stands_for\[0\]: The entry on line"):
        _tried(programme, tmp_path, again)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    programme = _applied(SMALL)
    with pytest.raises(FileInvalid, match=r"^tried\.yml has 1 mistake"):
        _tried(programme, tmp_path, "wordings: [")
    with pytest.raises(FileInvalid, match=r"^missing\.yml has 1 mistake"):
        service.tried_with(programme, tmp_path / "missing.yml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"wordings:\n{NEWS_2.replace('Zgadzam', 'Nie zgadzam')}", "wordings.news@2 is published: texts cannot change"),
        (
            historical(("2026-11-20\n      scan", "2026-11-22\n      scan")),
            "wordings.news@0.2.historical.attested_on has not come yet",
        ),
        (
            HISTORICAL.replace("[newsletter]", "[newsletter, gone]"),
            "wordings.news@0.1.purposes: the programme has no gone. It has: newsletter, orders.",
        ),
    ],
)
def test_what_apply_would_refuse_is_refused_before(tmp_path: Path, text: str, words: str) -> None:
    programme = _applied(SMALL)
    with pytest.raises(ProgrammeConflict) as raised:
        _tried(programme, tmp_path, text)
    assert raised.value.detail.startswith("tried.yml: nothing was changed.")
    assert words in raised.value.detail


def test_apply_refuses_an_attestation_of_tomorrow() -> None:
    text = small_with(historical(("2026-11-20\n      scan", "2026-11-22\n      scan")))
    with pytest.raises(ProgrammeConflict, match="attested_on has not come yet"):
        _applied(text)
