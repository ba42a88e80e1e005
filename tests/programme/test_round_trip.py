"""What is written reads back to the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.reader import Document, read, write
from tests.programme.documents import EXAMPLE, SMALL


def test_the_example_survives_a_round_trip() -> None:
    document = read(EXAMPLE.read_bytes())
    assert read(write(document)) == document
    assert Document.stored(document.canonical) == document
    assert read(write(document)).sha256 == document.sha256


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
