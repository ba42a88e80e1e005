"""The newcomer's hour of the README: `privacy up --demo`, a browser, and every step that its page names."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from privacy.audit import privacy_verify
from privacy.cli.demo_mailbox import mails_in
from tests.access.sign_in.desk import code_of
from tests.cli.running import Service, eventually

pytestmark = pytest.mark.timeout(400)
ANNA, PHONE = "anna.nowak@example.com", "+48600100200"
OFFERS = {"subject": {"email": ANNA}, "purpose": "offers", "channel": "email"}
_CODE = re.compile(r"\b[0-9]{4} ?[0-9]{4}\b")


@dataclass
class Demo:
    """A running demo, as a newcomer has it in front of them."""

    service: Service
    folder: Path
    browser: Browser

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.service.port}"

    def page(self) -> Page:
        """A window of its own, in English."""
        page = self.browser.new_context(locale="en", base_url=self.url, accept_downloads=True).new_page()
        page.set_default_timeout(10_000)
        return page

    def code_after(self, seen: int, to: str) -> str:
        """The code in the first message to somebody behind so many."""
        found: list[str] = []

        def came() -> bool:
            for mail in list(mails_in(self.folder / "demo" / "mail"))[seen:]:
                code = _CODE.search(mail.get_content())
                if to in str(mail["To"]) and code:
                    found.append(code[0].replace(" ", ""))
            return bool(found)

        eventually(came)
        return found[-1]

    def messages(self) -> int:
        return len(list(mails_in(self.folder / "demo" / "mail")))

    def allowed(self) -> bool:
        """Whether the shop may send Anna an offer."""
        return bool(self.service.post("/api/v1/consents/check", OFFERS)[1]["allowed"])

    def signed_in(self, name: str) -> Page:
        """The console, as one of the demo's colleagues."""
        kept = json.loads((self.folder / "demo" / "colleagues.json").read_text())
        [who] = [one for one in kept if one["name"] == name]
        page = self.page()
        page.goto("/console/")
        page.get_by_label("Account name").fill(name)
        page.locator("input[name=password]").fill(who["password"])
        page.locator("main form button").first.click()
        page.locator("input[name=code]").fill(code_of(bytes.fromhex(who["secret"]), later=1))
        page.locator("main form button").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")
        return page


@pytest.fixture
def demo(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """`privacy up --demo` in an empty folder."""
    for name in [name for name in os.environ if name.startswith("PRIVACY_") and not name.startswith("PRIVACY_TEST")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(tmp_path / "var"))
    service = Service(tmp_path)
    service.start("--demo")
    yield Demo(service, tmp_path / "var", browser)
    service.kill_everything()


def come_in(demo: Demo, page: Page) -> None:
    """As Anna, by a code to her mailbox."""
    seen = demo.messages()
    page.goto("/portal/")
    page.locator("main input[type=text], main input[type=email]").first.fill(ANNA)
    page.locator("main form button").first.click()
    page.locator("input[name=code]").fill(demo.code_after(seen, ANNA))
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My choices")


def prove_again(demo: Demo, page: Page) -> None:
    """By a code to her telephone."""
    seen = demo.messages()
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill(demo.code_after(seen, PHONE))
    page.locator("main form button").first.click()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Look at the page anew until it holds."""

    def looked() -> bool:
        page.reload()
        return holds()

    eventually(looked)


def test_a_newcomer_clicks_through_everything(demo: Demo) -> None:
    anna = demo.page()
    come_in(demo, anna)
    _change_a_choice(demo, anna)
    ewa = demo.signed_in("ewa")
    _ask_and_be_answered(demo, anna, ewa)
    _open_the_drill(ewa)
    _take_the_pack(demo, ewa)


def _change_a_choice(demo: Demo, anna: Page) -> None:
    assert demo.allowed()
    anna.get_by_role("button", name="Withdraw", exact=True).first.click()
    expect(anna.get_by_role("status").first).to_contain_text("takes effect at once")
    assert not demo.allowed()


def _ask_and_be_answered(demo: Demo, anna: Page, ewa: Page) -> None:
    anna.goto("/portal/requests/new/access")
    prove_again(demo, anna)
    anna.get_by_label("Jarzębina Sklepy sp. z o.o.").check()
    anna.get_by_role("button", name="Go on").click()
    anna.get_by_role("button", name="Send my request").click()
    request = re.search(r"20\d\d/\d{6}", anna.get_by_role("heading", level=1).inner_text())
    number = request[0] if request else _number_in(anna)
    mine = anna.url.partition("?")[0]

    ewa.goto("/console/requests")
    ewa.get_by_role("link", name=number).click()
    there = ewa.url
    ewa.get_by_role("link", name="Grant, whole or in part").click()
    ewa.get_by_role("button", name="Grant it").click()
    ewa.get_by_role("link", name="Paper files").first.click()
    found = ewa.get_by_label("What was looked at or done, and how that is known")
    until(ewa, lambda: found.count() > 0)
    found.fill("Both folders; nothing is there.")
    ewa.get_by_role("button", name="File it").click()
    review = ewa.get_by_role("link", name="Look at what in the package is about somebody else too")
    until(ewa, lambda: review.count() > 0)
    review.click()
    ewa.get_by_role("button", name="Show the values").click()
    for box in ewa.locator("input[name=items]").all():
        box.check()
    ewa.get_by_label("Why these are handed out or left out").fill("She is the recipient herself.")
    ewa.get_by_role("button", name="Hand out what is ticked").click()
    ewa.goto(f"{there}/steps/finish-review")
    ewa.locator("main form button").last.click()

    anna.goto(mine)
    package = anna.get_by_role("link", name="Download").or_(anna.get_by_role("button", name="Download"))
    until(anna, lambda: package.count() > 0)
    package.first.click()
    if "/prove-again" in anna.url:
        prove_again(demo, anna)
        anna.goto(mine)
        package.first.click()
    with anna.expect_download() as download:
        anna.get_by_role("button", name=re.compile("ownload")).first.click()
    assert download.value.path().read_bytes()[:2] == b"PK"


def _number_in(page: Page) -> str:
    found = re.search(r"20\d\d/\d{6}", page.locator("main").inner_text())
    assert found
    return found[0]


def _open_the_drill(ewa: Page) -> None:
    ewa.goto("/console/breaches/drill")
    ewa.get_by_role("button", name="Start the drill").click()
    expect(ewa.locator("main")).to_contain_text("a rehearsal: nothing of it leaves this service")
    ewa.get_by_role("link", name="Write down since when the controller is aware").first.click()
    ewa.locator("main form button").last.click()
    expect(ewa.locator("main")).to_contain_text("Art. 33")


def _take_the_pack(demo: Demo, ewa: Page) -> None:
    ewa.goto("/console/reports/accountability_pack")
    ewa.get_by_role("button", name="Make it").click()
    ready = ewa.get_by_role("button", name=re.compile("ownload")).or_(
        ewa.get_by_role("link", name=re.compile("ownload"))
    )
    until(ewa, lambda: ready.count() > 0)
    with ewa.expect_download() as download:
        ready.first.click()
    keys = ewa.request.get("/.well-known/privacy-keys.json").json()
    key = demo.folder.parent / "log.key"
    key.write_text(keys["keys"][0]["key"])
    pack = demo.folder.parent / "pack.zip"
    download.value.save_as(pack)
    verifier = [sys.executable, "-I", privacy_verify.__file__]
    done = subprocess.run([*verifier, str(pack), "--key", str(key)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
