"""Collection points of a programme: what is refused before anybody sees a form, and what an older programme means."""

from __future__ import annotations

import pytest

from privacy.programme.build import build
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read, write
from privacy.programme.types import CollectionKind, Programme
from tests.programme.documents import EXAMPLE, SMALL

TEXT = EXAMPLE.read_text("utf-8")
NEWSLETTER = "{ purpose: newsletter, channels: [email], wording: newsletter }"


def _built(text: str) -> Programme:
    document = read(text)
    return build(document.content, number=1, applied_at=0, sha256=document.sha256)


def test_a_programme_from_before_there_were_any_has_none_and_keeps_its_hash() -> None:
    assert _built(SMALL).collection_points == {}
    assert "collection_points" not in read(SMALL).content


def test_a_point_is_read_with_what_it_leaves_out_and_written_back() -> None:
    point = _built(TEXT).collection_points["newsletter"]
    assert (point.kind, point.kiosk, point.confirm_email) == (CollectionKind.CONSENT_FORM, False, False)
    assert point.origins == ("https://jarzebina.example",)
    assert read(write(read(TEXT))) == read(TEXT)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("{ purpose: order_service, channels: [email], wording: newsletter }", "does not rest on consent"),
        ("{ purpose: newsletter, channels: [sms], wording: newsletter }", "does not use this channel"),
        ("{ purpose: offers, channels: [push], wording: klauzula }", "no account"),
        ("{ purpose: offers, channels: [email], wording: newsletter }", "speaks of offers"),
        ("{ purpose: offers, wording: klauzula }", "channels are missing"),
        ("{ purpose: newsletter, channels: [email], wording: none }", "none"),
        ("{ purpose: none, channels: [email], wording: newsletter }", "none"),
        (f"{NEWSLETTER}\n      - {NEWSLETTER}", "asked about twice"),
    ],
)
def test_a_point_that_cannot_be_asked_is_refused(changed: str, said: str) -> None:
    with pytest.raises(ProgrammeInvalid, match=said):
        read(TEXT.replace(NEWSLETTER, changed))


@pytest.mark.parametrize(
    "origin",
    [
        "http://shop.example.com",
        "https://shop.example.com/",
        "https://Shop.example.com",
        "*",
        "null",
        "https://*.example",
    ],
)
def test_only_the_origin_of_a_site_over_https_is_one(origin: str) -> None:
    with pytest.raises(ProgrammeInvalid, match="is no origin"):
        read(TEXT.replace('origins: ["https://jarzebina.example"]', f'origins: ["{origin}"]', 1))


def test_double_opt_in_on_a_form_goes_by_e_mail() -> None:
    more = TEXT.replace(
        "channels: [email]\n    names: { pl: Newsletter", "channels: [email, sms]\n    names: { pl: Newsletter"
    )
    with pytest.raises(ProgrammeInvalid, match="whose code goes by e-mail"):
        read(more.replace(NEWSLETTER, "{ purpose: newsletter, channels: [sms], wording: newsletter }"))


def test_the_way_back_is_over_https() -> None:
    with pytest.raises(ProgrammeInvalid, match="https"):
        read(TEXT.replace("back_url: https://jarzebina.example/", "back_url: http://jarzebina.example/", 1))
