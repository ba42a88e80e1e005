"""Wherever a request wishes to go next, it goes to a page of ours or to none (OWASP ASVS 5.0, 3.7.2)."""

from __future__ import annotations

import pytest

from privacy.pages.redirects import safe_path

AWAY = (
    *("//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "http:/evil.example"),
    *("/\\evil.example", "\\\\evil.example", "/portal\\..\\evil", "/portal/../console", "/portal/..%2fconsole"),
    *(
        "%2f%2fevil.example",
        "/portal//evil.example",
        "/portal/@evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
    ),
    *("/portal/\tx", "/portal/\nx", "/portal/\r\nLocation: https://evil.example", " /portal/x", "/portal/x y"),
    *("/portal?x=1", "/portal#x", "/portal/<script>", "/portal/é", "/console/x", "/portalx", "portal/x", "", "/"),
    *("/portal/" + "a" * 300, "//portal/x", "/portal/%00", "/portal/x;y", "/portal/:80"),
)


@pytest.mark.parametrize("wished", AWAY)
def test_elsewhere_is_nowhere(wished: str) -> None:
    assert safe_path(wished, below="/portal") is None


@pytest.mark.parametrize("wished", ["/portal/", "/portal/requests/018f2f1e-0000", "/portal/a.b_c~d"])
def test_a_page_of_ours_is_kept(wished: str) -> None:
    assert safe_path(wished, below="/portal/") == wished


def test_nothing_wished_is_nothing() -> None:
    assert safe_path(None, below="/portal") is None


def test_the_top_itself_is_ours() -> None:
    assert safe_path("/portal", below="/portal") == "/portal"
