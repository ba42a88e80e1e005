"""The page of a package in a real browser, from the unpacked archive: it has its style, loads nothing, runs nothing."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from privacy.audit import service as audit
from privacy.dsar.execution.results import FoundTable
from privacy.dsar.package.archive import files_of
from privacy.programme.types import Programme
from tests.dsar.made_packages import an_account, found
from tests.programme.test_types import example

__all__ = ["example"]
_BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(_BROWSER is None, reason="no Chromium on this machine: apt-get install chromium")

#: The ground of the heads of tables, which only the style sheet gives.
_STYLED = (0xF3, 0xF5, 0xF8)
_LANGUAGES = ("pl", "en", "hr")
_MARK = "it-has-run"
#: The whole page, also where it is narrow.
_HEIGHT = 7000


class _Web:
    """What else there is: a server that writes down whoever asks."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Asked(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_told: object) -> None:
                """Nothing on the terminal."""

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def web() -> Iterator[_Web]:
    made = _Web()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def opened(page: Path, profile: Path, *, width: int = 1280) -> tuple[str, Image.Image]:
    """The page as the browser has it in the end, and as it looks."""
    picture = profile.parent / f"{width}.png"
    assert _BROWSER is not None
    command = [
        _BROWSER,
        *("--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # It refuses to be root inside one.
        *(f"--user-data-dir={profile}", f"--window-size={width},{_HEIGHT}", "--virtual-time-budget=2000"),
        *(f"--screenshot={picture}", "--dump-dom", page.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    with Image.open(picture) as image:
        return done.stdout.decode(), image.convert("RGB")


def unpacked(files: dict[str, bytes], folder: Path) -> Path:
    """The page of an archive, once it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(audit.zipped({}, files))) as archive:
        archive.extractall(folder)
    return folder / "index.html"


def hostile(url: str) -> FoundTable:
    """Rows that ask for things, and would leave their mark, wherever they were taken for more than text."""
    run = f"document.documentElement.id='{_MARK}';fetch('{url}/fetch')"
    rows = (
        f"<script>{run}</script>",
        f'"><img src="{url}/img" onerror="{run}">',
        f"</td></tr></table></main><script>{run}</script>",
        f'<link rel="stylesheet" href="{url}/css"><style>@import "{url}/import";</style>',
        f'<iframe src="{url}/frame"></iframe><meta http-equiv="refresh" content="0;url={url}/away">',
        f'<svg onload="{run}"></svg><base href="{url}/">',
    )
    return FoundTable("shop", "shop", "cart", tuple({"id": n, "a<b onclick=x": one} for n, one in enumerate(rows)))


@pytest.mark.parametrize("locale", _LANGUAGES)
def test_the_page_has_its_style_and_nothing_in_it_runs_or_loads(
    example: Programme, locale: str, tmp_path: Path, web: _Web
) -> None:
    account = an_account(example, locale, found=found(hostile(web.url)))
    page = unpacked(files_of(account), tmp_path / "package")
    for width in (1280, 390):
        seen, picture = opened(page, tmp_path / "profile", width=width)
        assert account.title in seen
        assert _MARK not in seen.partition("<body>")[0]
        for tag in ("<script", "<img", "<iframe", "<svg", "<base", '<meta http-equiv="refresh"'):
            assert tag not in seen
        assert _STYLED in {colour for _, colour in picture.getcolors(1 << 24) or []}
        # Nothing hangs over the edge: what is wider than the window moves in a frame of its own.
        assert {picture.getpixel((width - 1, height)) for height in range(0, _HEIGHT, 10)} == {(255, 255, 255)}
    assert web.asked == []


def test_the_test_would_see_a_page_that_loads_and_runs(tmp_path: Path, web: _Web) -> None:
    run = f"document.documentElement.id='{_MARK}'"
    page = tmp_path / "index.html"
    page.write_text(f'<!doctype html><title>x</title><body><img src="{web.url}/img"><script>{run}</script>', "utf-8")
    seen, picture = opened(page, tmp_path / "profile")
    assert _MARK in seen.partition("<body>")[0]
    assert "/img" in web.asked
    assert _STYLED not in {colour for _, colour in picture.getcolors(1 << 24) or []}
