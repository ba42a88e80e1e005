"""The programme on pages: read as people read it, planned, applied exactly as it was seen, and found again."""

from __future__ import annotations

import html
import io
import re

import pytest
from werkzeug.test import TestResponse

from privacy.db import db
from privacy.programme import service as programmes
from tests.callers import Service
from tests.console.office import Browser, hired

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
_TEXTAREA = re.compile(r"<textarea[^>]*>\n(.*?)</textarea>", re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def boss(service: Service) -> Browser:
    """Who decides for the controller."""
    return inside(service, "jan", "controller")


def inside(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app, name, role), later=1)
    return browser


def text_of(browser: Browser, section: str = "") -> str:
    """What stands in the editor."""
    found = _TEXTAREA.search(browser.look(f"/programme/edit?section={section}").text)
    assert found
    return html.unescape(found[1])


def planned(browser: Browser, text: str, section: str = "", **more: object) -> TestResponse:
    return browser.send("/programme/plan", at=f"/programme/edit?section={section}", section=section, text=text, **more)


def apply(browser: Browser, plan: TestResponse, **changes: str) -> TestResponse:
    """Send what the page of the plan holds."""
    fields = dict(_HIDDEN.findall(plan.text)) | changes
    fields.pop("csrf")
    return browser.send("/programme/apply", at="/programme/edit", **fields)


def number(service: Service) -> int:
    with service.app.app_context():
        found = programmes.current_number()
        db.session.remove()
    return found


def test_the_programme_reads_in_words(service: Service, boss: Browser) -> None:
    page = boss.look("/programme").text
    assert "Purposes" in page
    assert 'href="/console/programme/edit"' in page
    for section in programmes.SECTIONS:
        assert boss.look(f"/programme/sections/{section}").status_code == 200, section
    purpose = boss.look("/programme/sections/purposes/offers").text
    assert "<dt>Legal basis (Art. 6)</dt><dd>" in purpose
    assert re.search(r"Consent is valid for</dt><dd>\s*<span>3 years</span>", purpose)
    assert 'href="/console/programme/sections/controllers/sklepy">Jarzębina Sklepy' in purpose
    wording = boss.look("/programme/sections/wordings/klauzula@3.0").text
    assert "<dt>Polish</dt>" in wording
    assert "In force from" in wording
    rows = boss.look("/programme/sections/wordings?state=in_force&as=csv").data.decode("utf-8-sig")
    assert rows.splitlines()[0].startswith("Name,Code,Version,In force from")
    for missing in ("nothing", "purposes/nothing", "dpo/nothing"):
        assert boss.look(f"/programme/sections/{missing}").status_code == 404
    assert boss.look("/programme/versions/99").status_code == 404


def test_a_section_is_edited_planned_and_applied_as_it_was_seen(service: Service, boss: Browser) -> None:
    before = number(service)
    text = text_of(boss, "brands")
    assert text.startswith("brands:")
    changed = text.replace("name: Klub Jarzębina", "name: <script>alert(1)</script>")
    changed += "- code: nowa\n  name: =cmd()\n  controller: sklepy\n  url: null\n"
    plan = planned(boss, changed, "brands")
    assert plan.status_code == 200
    assert "brands.nowa" in plan.text
    assert "brands.klub_jarzebina" in plan.text
    assert "<script>alert" not in plan.text
    assert "1 addition" in plan.text
    assert number(service) == before  # A plan writes nothing.
    assert apply(boss, plan).location == "/console/programme?said=programme-applied"
    with service.app.app_context():
        assert programmes.current().brands["nowa"].name == "=cmd()"
        db.session.remove()
    assert number(service) == before + 1
    assert "brands.nowa" in boss.look(f"/programme/versions/{before + 1}").text
    rows = boss.look("/programme/sections/brands?as=csv").data.decode("utf-8-sig")
    assert "'=cmd()" in rows
    exported = boss.look(f"/programme/versions/{before + 1}/file")
    with service.app.app_context():
        assert programmes.read(exported.data).content == programmes.document(before + 1)
        db.session.remove()
    # The same text once more differs in nothing.
    assert "Nothing differs" in planned(boss, changed, "brands").text


def test_a_plan_that_is_too_old_is_not_applied(service: Service, boss: Browser) -> None:
    other = inside(service, "ola", "controller")
    text = text_of(boss, "brands")
    mine = planned(boss, text.replace("name: Klub Jarzębina", "name: Klub A"), "brands")
    theirs = planned(other, text.replace("name: Klub Jarzębina", "name: Klub B"), "brands")
    assert apply(other, theirs).status_code == 303
    there = number(service)
    late = apply(boss, mine)
    assert late.status_code == 409
    assert "applied another programme meanwhile" in late.text
    assert "Klub B" in late.text  # The plan as it would be now.
    assert number(service) == there
    # Nor one that says that it was another text, or whose text is none.
    fresh = planned(boss, text_of(boss, "brands").replace("Klub B", "Klub C"), "brands")
    assert apply(boss, fresh, digest="0" * 64).status_code == 409
    assert apply(boss, fresh, packed="eJz=").status_code == 409
    assert apply(boss, fresh, number="x").status_code == 409
    assert number(service) == there


def test_mistakes_are_named_by_line_and_field_and_refusals_stop_the_plan(service: Service, boss: Browser) -> None:
    text = text_of(boss, "channels")
    wrong = planned(boss, text + "- code: Bad Code\n", "channels")
    assert wrong.status_code == 422
    line = text.count("\n") + 1
    assert re.search(rf'data-head="Line">{line}</td>', wrong.text)
    assert "Bad Code" in html.unescape(_TEXTAREA.search(wrong.text)[1])  # type: ignore[index]
    assert planned(boss, "controllers: []\n", "channels").status_code == 422
    assert planned(boss, "", "channels").status_code == 422
    assert boss.look("/programme/edit?section=nothing").status_code == 404
    edited = planned(boss, text_of(boss, "wordings").replace("\n- code: klauzula", "\n- code: klauzulb", 1), "wordings")
    assert "This is not possible" in edited.text
    assert "Apply exactly this" not in edited.text


def test_a_file_counts_in_place_of_the_text(service: Service, boss: Browser) -> None:
    whole = text_of(boss).replace("name: Klub Jarzębina", "name: Klub Plikowy")
    token = dict(_HIDDEN.findall(boss.look("/programme/edit").text))["csrf"]

    def sent(content: bytes) -> TestResponse:
        fields = {"csrf": token, "section": "", "text": "ignored", "file": (io.BytesIO(content), "programme.yml")}
        return boss.web.post("/console/programme/plan", data=fields, headers={"Accept-Language": "en"})

    plan = sent(whole.encode())
    assert "brands.klub_jarzebina" in plan.text
    assert apply(boss, plan).status_code == 303
    assert sent(b"\xff\xfe").status_code == 422
    assert sent(b"a: &a [1]\nb: *a\n" * 2).status_code == 422


def test_only_who_decides_applies(service: Service, boss: Browser) -> None:
    plan = planned(boss, text_of(boss, "brands").replace("Klub Jarzębina", "Klub X"), "brands")
    before = number(service)
    for role in ("dpo", "privacy_office", "administrator"):
        somebody = inside(service, role.replace("_", ""), role)
        assert somebody.look("/programme").status_code == 200
        assert "/programme/edit" not in somebody.look("/programme").text
        assert somebody.look("/programme/edit").status_code == 403
        fields = dict(_HIDDEN.findall(plan.text))
        fields.pop("csrf")
        assert somebody.send("/programme/apply", at="/account", **fields).status_code == 403
    assert number(service) == before
