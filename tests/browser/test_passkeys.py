"""Passkeys in a real Chromium, with a device that its debugger plays: added, and used for what they are good for."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from privacy.pages import look
from tests.access.sign_in.desk import PASSWORD, Colleague
from tests.browser.conftest import NARROW, WIDE, Site, axe_finds, spills
from tests.console.office import hired


@pytest.fixture
def ewa(site: Site) -> Colleague:
    """A colleague, at a site with a name: a number has no passkeys."""
    url = site.url.replace("127.0.0.1", "localhost")
    site.app.extensions[look.EXTENSION] = replace(site.app.extensions[look.EXTENSION], base_url=url)
    return hired(site.app)


@pytest.fixture
def window(browser: Browser, site: Site, ewa: Colleague) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]},
        locale="en",
        base_url=site.url.replace("127.0.0.1", "localhost"),
    )
    context.add_cookies([{"name": "staff", "value": ewa.first.token, "url": f"{look_of(site)}/"}])
    yield context
    context.close()


def look_of(site: Site) -> str:
    """Where the site says that it is."""
    found: look.Look = site.app.extensions[look.EXTENSION]
    return found.base_url


def a_device(page: Page, *, verified: bool = True) -> tuple[CDPSession, str]:
    """A device that finds its passkeys by itself, and whether it knows its owner."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return debugger, made["authenticatorId"]


def test_a_passkey_is_added_and_opens_every_door(window: BrowserContext, ewa: Colleague, site: Site) -> None:
    page = window.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    debugger, device = a_device(page)

    page.goto("/console/account")
    page.get_by_label("What you call the passkey").fill("My key ring")
    page.get_by_role("button", name="Add a passkey").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The passkey is added")
    expect(page.get_by_text("Passkey: My key ring")).to_be_visible()
    [kept] = debugger.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert kept["isResidentCredential"]
    assert kept["rpId"] == "localhost"
    # The same device does not take a second one.
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-told]")).to_contain_text("gave no passkey")

    page.get_by_role("button", name="Sign out").click()
    page.goto("/console/sign-in?next=/console/account")
    assert axe_finds(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("by passkey")).to_be_visible()
    assert axe_finds(page) == []

    with time_machine.travel(time.time() + 301, tick=True):
        page.get_by_role("button", name="Make new codes").click()
        page.get_by_role("button", name="Use a passkey instead").click()
        expect(page).to_have_url(re.compile(r"/console/$"))
        page.goto("/console/account")
        page.get_by_role("button", name="Make new codes").click()
        expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto("/console/account")
    page.get_by_role("button", name="Sign out").click()

    page.get_by_label("Account name").fill(ewa.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page).to_have_url(re.compile(r"/console/$"))
    page.goto("/console/account")
    expect(page.get_by_role("heading", name="My account: ewa")).to_be_visible()
    # It looks for an icon of the site; anything else is a script's complaint, or the policy's.
    assert [one for one in said if not one.startswith("Failed to load resource")] == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert spills(page) == []


def test_a_device_that_does_not_know_its_owner_opens_nothing(window: BrowserContext, ewa: Colleague) -> None:
    page = window.new_page()
    debugger, device = a_device(page)
    page.goto("/console/account")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Passkey: Passkey")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    debugger.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-told]")).to_contain_text("gave no passkey")
    page.goto("/console/account")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert ewa.name not in page.content()


@pytest.mark.usefixtures("ewa")
def test_without_scripts_there_is_no_button_for_it(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="pl", base_url=look_of(site), java_script_enabled=False)
    page = context.new_page()
    page.goto("/console/sign-in")
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    expect(page.get_by_label("Hasło")).to_be_visible()
    context.close()
