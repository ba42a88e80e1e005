"""Pages as a browser meets them: guards, forms that only a page of ours sends, errors that are pages too."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import msgspec
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.db import db
from privacy.errors import InvalidInput, NotAuthenticated, NotFound
from privacy.pages import cookies
from privacy.pages.blueprint import FRESH, OPEN, SIGNED_IN, Guard, PageBlueprint, StepUpNeeded
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import day_text, gettext, lazy_gettext, locale, moment_text, ngettext, number_text
from privacy.pages.look import EXTENSION
from privacy.pages.rendering import done, download, render

_TOKEN = re.compile(r"\b[0-9a-f]{32,}\b")


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """A form."""

    name: str
    times: int = 1
    boxes: list[str] = msgspec.field(default_factory=list)
    agreed: bool = False


def _gate(guard: Guard) -> None:
    if guard.fresh:
        raise StepUpNeeded
    if guard.signed_in:
        raise NotAuthenticated


def trial(wishes: list[Wish]) -> PageBlueprint:  # noqa: C901  # one view after the other
    """A room of pages with one of each kind."""
    pages = PageBlueprint(
        "trial", __name__, url_prefix="/trial", gate=_gate, entry="trial.enter", step_up="trial.again"
    )

    @pages.page("/enter", guard=OPEN)
    def enter(errors: FormErrors = NO_ERRORS) -> Response:
        return render("trial/error.html", error=InvalidInput("nothing"), errors=errors)

    @pages.page("/again", guard=OPEN)
    def again() -> Response:
        return render("trial/error.html", error=InvalidInput("nothing"))

    @pages.page("/inside/<uuid:page_id>", guard=SIGNED_IN)
    def inside(page_id: UUID) -> Response:
        raise AssertionError(f"nobody is signed in: {page_id}")

    @pages.page("/matters", guard=FRESH)
    def matters() -> Response:
        raise AssertionError("nobody has proven anything")

    @pages.page("/gone", guard=OPEN)
    def gone() -> Response:
        raise NotFound("There is nothing.")

    @pages.page("/broken", guard=OPEN)
    def broken() -> Response:
        raise RuntimeError("a fault")

    @pages.page("/file", guard=OPEN)
    def file() -> Response:
        return download(b"x", "application/pdf", 'zażółć "gęślą"\r\nX: jaźń/../a.pdf')

    @pages.page("/texts", guard=OPEN)
    def texts() -> Response:
        day = 1_795_000_000_000_000
        said = [locale(), gettext("Leave"), day_text(day), moment_text(day), number_text(12345.5)]
        said += [ngettext("One thing needs another look", "%(num)s things need another look", n) for n in (1, 3, 5)]
        return Response("\n".join(said))

    @pages.form("/wish", guard=OPEN, again=enter)
    def wish() -> Response:
        read = read_form(Wish)
        access.create_client(read.name, ["consents:check"], actor=OPERATOR)
        if read.name == "wrong":
            raise InvalidInput.of("name", "This name is taken.")
        wishes.append(read)
        cookies.new_visitor()
        return done("trial.enter", "wished")

    pages.says_after({"wished": lazy_gettext("Saved.")})
    return pages


@pytest.fixture
def wishes() -> list[Wish]:
    """What the form took."""
    return []


@pytest.fixture
def browser(app: Flask, in_force: None, wishes: list[Wish]) -> FlaskClient:
    """A browser that looks at the trial room."""
    app.register_blueprint(trial(wishes))
    return app.test_client()


def token(page: TestResponse) -> str:
    """The token of a page's form."""
    found = _TOKEN.search(page.text)
    assert found
    return found[0]


def clients(app: Flask) -> set[str]:
    """The names of the clients that were made."""
    with app.app_context():
        found = {one.name for one in access.list_clients()}
        db.session.remove()
    return found


def send(browser: FlaskClient, fields: dict[str, object], **headers: str) -> TestResponse:
    """Send the form from a page that this browser has just opened."""
    whole = {"csrf": token(browser.get("/trial/enter"))} | fields
    return browser.post("/trial/wish", data=whole, headers={name.replace("_", "-"): v for name, v in headers.items()})


def test_a_form_does_one_thing_and_says_so(browser: FlaskClient, app: Flask, wishes: list[Wish]) -> None:
    answer = send(browser, {"name": "  A\u0301nna\u202e ", "times": "2", "boxes": ["a", "b"], "agreed": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/trial/enter?said=wished")
    assert wishes == [Wish("\u00c1nna", 2, ["a", "b"], True)]
    assert clients(app) == {"\u00c1nna"}
    assert "Saved." in browser.get("/trial/enter?said=wished&lang=en").text
    assert "Saved." not in browser.get("/trial/enter?said=<script>").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "wrong"}, "This name is taken."),
        ({"name": " "}, "This field is required."),
        ({"name": "a", "times": "many"}, "many"),
        ({"name": "a", "other": ""}, None),
        ({"name": "a" * 20_001}, "This is too long."),
    ],
)
def test_what_cannot_be_taken_is_shown_again_and_changes_nothing(
    browser: FlaskClient, app: Flask, wishes: list[Wish], fields: dict[str, object], said: str | None
) -> None:
    browser.get("/trial/enter?lang=en")
    answer = send(browser, fields)
    assert answer.status_code == 422
    assert said is None or (said in answer.text) == (said != "many")  # What was typed stands in its own field alone.
    assert wishes == []
    assert clients(app) == set()


def test_what_is_wrong_is_said_in_the_readers_language_or_at_least_where(app: Flask) -> None:
    known, own, unknown = "This field is required.", "To pole trzeba wypełnić.", "Only a service says this."
    with app.test_request_context("/docs?lang=pl", method="POST"):
        errors = FormErrors.of(InvalidInput(errors={"a": [known], "b": [own], "c": [unknown]}))
        assert (errors.text("a"), errors.text("b")) == (own, own)
        assert errors.text("c") == "Sprawdź jeszcze raz to pole."
        assert FormErrors({"code": [unknown]}).text("code") == unknown  # A page says its own as it wants it.
    with app.test_request_context("/docs?lang=en", method="POST"):
        assert FormErrors.of(InvalidInput.of("c", unknown)).text("c") == unknown


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_a_form_sent_from_elsewhere_changes_nothing(browser: FlaskClient, app: Flask, headers: dict[str, str]) -> None:
    answer = send(browser, {"name": "a"}, **headers)
    assert (answer.status_code, clients(app)) == (403, set())
    assert send(browser, {"name": "a"}, Sec_Fetch_Site="same-origin", Origin="http://localhost").status_code == 303


def test_a_token_is_of_one_browser_and_of_one_sign_in(browser: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    mine, theirs = token(browser.get("/trial/enter")), token(other.get("/trial/enter"))
    assert mine != theirs
    for given in (theirs, "", mine[:-1], "ą"):
        assert browser.post("/trial/wish", data={"csrf": given, "name": "a"}).status_code == 403
    assert browser.post("/trial/wish", data=f"csrf={mine}", content_type="text/plain").status_code == 403
    assert browser.post("/trial/wish", data={"csrf": mine, "name": "a"}).status_code == 303
    assert browser.post("/trial/wish", data={"csrf": mine, "name": "b"}).status_code == 403  # It signed in since.
    assert clients(app) == {"a"}


def test_cookies_belong_to_this_host_alone(browser: FlaskClient, app: Flask) -> None:
    [plain] = browser.get("/trial/enter").headers.getlist("Set-Cookie")
    assert plain.startswith("visitor=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(plain.split("; "))
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], base_url="https://privacy.example.com")
    [secure] = app.test_client().get("/trial/enter").headers.getlist("Set-Cookie")
    assert secure.startswith("__Host-visitor=")
    assert "Secure" in secure.split("; ")
    assert "Domain" not in secure


def test_a_page_may_load_nothing_from_elsewhere(browser: FlaskClient) -> None:
    answer = browser.get("/trial/enter")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_whoever_has_not_signed_in_is_led_to_where_that_is_done(browser: FlaskClient) -> None:
    page = "/trial/inside/018f2f1e-0000-7000-8000-000000000000"
    answer = browser.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/trial/enter?next={page}")
    assert browser.get("/trial/matters").headers["Location"] == "/trial/again?next=/trial/matters"


@pytest.mark.parametrize(("path", "status"), [("gone", 404), ("nowhere/at/all", 404), ("wish", 405)])
def test_errors_are_pages(browser: FlaskClient, path: str, status: int) -> None:
    answer = browser.get(f"/trial/{path}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_fault_says_nothing_of_itself(browser: FlaskClient, app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = browser.get("/trial/broken")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "a fault" not in answer.text


def test_a_download_has_a_safe_name(browser: FlaskClient) -> None:
    header = browser.get("/trial/file").headers["Content-Disposition"]
    assert header.startswith("attachment; filename=\"zazoc _gesla___X_ jazn_.._a.pdf\"; filename*=UTF-8''za%C5%BC")
    assert "/" not in header


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["en", "Leave", "18 November 2026", "18 November 2026, 12:06", "12,345.5"]),
        ("hr", ["hr", "Izlaz", "18. studenoga 2026.", "18. studenoga 2026. u 12:06", "12.345,5"]),
        ("pl", ["pl", "Wyjdź", "18 listopada 2026 r.", "18 listopada 2026 r., godz. 12:06", "12\u00a0345,5"]),
    ],
)
def test_a_page_speaks_the_language_that_was_chosen(browser: FlaskClient, language: str, lines: list[str]) -> None:
    assert browser.get(f"/trial/texts?lang={language}").text.splitlines()[:5] == lines
    assert browser.get("/trial/texts", headers={"Accept-Language": "de"}).text.splitlines()[:5] == lines  # Kept.
    plural = browser.get("/trial/texts").text.splitlines()[5:]
    assert len(set(plural)) == {"en": 2, "hr": 2, "pl": 3}[language]  # Before numbers stand in them.


def test_without_a_choice_the_browser_is_asked_and_polish_comes_first(browser: FlaskClient, app: Flask) -> None:
    def first(wished: str) -> str:
        return app.test_client().get("/trial/texts", headers={"Accept-Language": wished}).text.split("\n")[0]

    assert [first("hr-HR, en;q=0.5"), first("de, en;q=0.8"), first("de"), first("")] == ["hr", "en", "pl", "pl"]


def test_a_view_without_a_guard_cannot_be_registered() -> None:
    pages = trial([])
    with pytest.raises(TypeError):
        pages.page("/open")  # type: ignore[call-arg]  # that is the point
