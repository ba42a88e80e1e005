"""Pages in a real Chromium: a server on this machine, a browser, and a check by axe. Without a Chromium these skip."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import db
from tests.callers import Service
from tests.databases import Database, UnderProgramme
from tests.selfservice.visitors import ANNA, Visitor, come_in, known

#: Where a Chromium may be; `PRIVACY_TESTS_CHROMIUM` names another.
_PLACES = ("chromium", "chromium-browser", "google-chrome")
#: An old telephone, and a desk.
NARROW, WIDE = (360, 740), (1440, 900)


@pytest.fixture
def database(tmp_path: Path, ring: Keyring, _sqlite_under_programme: UnderProgramme) -> Iterator[Database]:
    """What a browser sees does not depend on the database: one kind is enough."""
    keyring.install(ring)
    template = _sqlite_under_programme.now()
    made = template.copy_to(tmp_path)
    yield made
    template.drop(made)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    wished = os.environ.get("PRIVACY_TESTS_CHROMIUM")
    found = wished or next(filter(None, map(shutil.which, _PLACES)), None)
    if found is None:
        pytest.skip("There is no Chromium here: install one, or name it in PRIVACY_TESTS_CHROMIUM.")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield made
        made.close()


@dataclass(frozen=True)
class Site:
    """The service, served on this machine."""

    app: Flask
    url: str

    def sign(self, context: BrowserContext, visitor: Visitor) -> None:
        """Give a browser the session of a visitor."""
        token = visitor.cookie("person")
        assert token
        context.add_cookies([{"name": "person", "value": token, "url": self.url}])


@pytest.fixture
def site(service: Service) -> Iterator[Site]:
    """A server on a free port."""
    server = make_server("127.0.0.1", 0, service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(service.app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def anna(service: Service) -> Visitor:
    """Anna, whom we have known for a month, has come in by her e-mail address."""
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    return come_in(service.app, ANNA["email"])


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site, anna: Visitor) -> Iterator[Opener]:
    """Opens a page of the portal as Anna, in a window of that size."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str, size: tuple[int, int] = WIDE, *, language: str = "pl", dark: bool = False, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            base_url=site.url,
        )
        contexts.append(context)
        site.sign(context, anna)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def axe_finds(page: Page) -> list[str]:
    """What axe-core finds wrong with a page: the rule, and where."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']][:3]}"
        for one in found.response["violations"]
    ]


def spills(page: Page) -> list[str]:
    """What is wider than the window, so that one would have to scroll sideways (WCAG 1.4.10)."""
    found: list[str] = page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            return [...document.querySelectorAll("body *")]
                .filter((one) => one.getBoundingClientRect().right > wide + 1)
                .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5);
        }"""
    )
    return found
