"""Make the pictures of docs/pages.md anew, from a demo: `python -m tests.browser.pictures`."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_first_hour import Demo, come_in
from tests.cli.running import Service
from tests.rules.source import ROOT

FOLDER = ROOT / "docs" / "pictures"
#: File, address, size. Languages and light differ so that each is seen somewhere.
PORTAL = (
    ("portal-choices", "/portal/?lang=pl", WIDE),
    ("portal-choices-telephone", "/portal/?lang=pl", NARROW),
    ("portal-requests", "/portal/requests/new?lang=en", NARROW),
    ("portal-preferences", "/portal/preferences?lang=hr", NARROW),
)
CONSOLE = (
    ("console-today", "/console/?lang=pl", WIDE),
    ("console-requests", "/console/requests?lang=pl", WIDE),
    ("console-reports", "/console/reports?lang=en", WIDE),
    ("console-programme", "/console/programme?lang=hr", WIDE),
)


def main() -> None:
    """Start a demo, look at each page, and keep what is seen."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        os.environ["PRIVACY_DATA_DIR"] = str(Path(place) / "var")
        service = Service(Path(place))
        found = os.environ.get("PRIVACY_TESTS_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            service.start("--demo")
            demo = Demo(service, Path(place) / "var", browser)
            anna = demo.page()
            come_in(demo, anna)
            _keep(anna, PORTAL)
            _keep(demo.signed_in("ewa"), CONSOLE)
        finally:
            browser.close()
            service.kill_everything()


def _keep(page: Page, shots: tuple[tuple[str, str, tuple[int, int]], ...]) -> None:
    for name, address, (width, height) in shots:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
