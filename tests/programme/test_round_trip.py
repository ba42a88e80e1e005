"""What is written reads back to the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.programme import service
from privacy.programme.reader import Document, read, write
from tests.programme.documents import EXAMPLE, HISTORICAL, SMALL, small_with


def test_the_example_survives_a_round_trip() -> None:
    document = read(EXAMPLE.read_bytes())
    assert read(write(document)) == document
    assert Document.stored(document.canonical) == document
    assert read(write(document)).sha256 == document.sha256


@pytest.mark.usefixtures("context")
def test_historical_wordings_come_out_of_the_database_as_they_went_in() -> None:
    document = read(small_with(HISTORICAL))
    with unit_of_work():
        service.apply(document, actor=OPERATOR, purpose_in_use=lambda _code: False)
    exported = service.export()
    assert read(exported) == document
    assert "attested_by: Ewa Lis, inspektor ochrony danych" in exported
    assert service.plan(read(exported)).changes == ()
    found = service.current().wording_standing_for("crm", "?", "www", date(2017, 1, 1))
    assert found is not None
    assert (found.version, found.texts) == ("0.1", {"de": "Ich stimme zu"})


_SMALL = read(SMALL)
_WORDS = st.one_of(
    st.sampled_from(
        ["NO", "on", "true", "~", "null", "1.0", "0007113339", "+48", "1e3", "# x", "- x", "a: b", "'", '"', "y"]
    ),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    st.text("ab :#-\n\t'\"|>&*!%@`{}[],?", min_size=1).filter(str.strip),
)


@given(words=_WORDS)
def test_any_text_survives_a_round_trip(words: str) -> None:
    content = {**_SMALL.content, "retention_rules": [{**_SMALL.content["retention_rules"][0], "statute": words}]}
    assert read(write(Document(content))).content["retention_rules"][0]["statute"] == words
