"""The looks of an installation: what cannot be read or trusted is refused at the start, the rest is on every page."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin

from config import Config
from privacy.app import appearance_of
from privacy.pages import contrast, theme
from privacy.pages.look import EXTENSION
from privacy.pages.theme import GROUNDS, ThemeInvalid
from tests.callers import Service
from tests.rules.source import PACKAGE

SECRET = "taken at 52.4 N, 16.9 E"


def a_picture(kind: str = "PNG", size: tuple[int, int] = (240, 80)) -> bytes:
    made, picture = io.BytesIO(), Image.new("RGB", size, (11, 92, 120))
    more: dict[str, Any] = {}
    if kind == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", SECRET)
    elif kind == "JPEG":
        more["comment"] = SECRET
    picture.save(made, kind, **more)
    return made.getvalue()


def a_theme(folder: Path, **content: Any) -> Path:
    file = folder / "theme.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return file


def with_logo(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return a_theme(folder, logo={"file": name})


def test_contrast_is_that_of_the_recommendation() -> None:
    assert contrast.ratio(contrast.BLACK, contrast.WHITE) == 21
    assert round(contrast.ratio(contrast.read("#767676"), contrast.WHITE), 2) == 4.54
    assert round(contrast.ratio(contrast.read("#777777"), contrast.WHITE), 2) == 4.48


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    sheet = (PACKAGE / "pages" / "assets" / "style.css").read_text("utf-8")
    found = [tuple(map(contrast.read, pair)) for pair in re.findall(r"--paper: (#\w{6}); --soft: (#\w{6})", sheet)]
    assert found == [GROUNDS["light"], GROUNDS["dark"]]


@pytest.mark.parametrize(("name", "colour"), [("light", "#ff9900"), ("light", "#fefefe"), ("dark", "#0b5c78")])
def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(
    tmp_path: Path, name: str, colour: str
) -> None:
    with pytest.raises(ThemeInvalid) as refused:
        theme.read(a_theme(tmp_path, accent={name: colour}))
    assert f"accent.{name}: {colour}" in str(refused.value.detail)
    fits = re.findall(r"nearest that fits is (#\w{6})", str(refused.value.detail))[0]
    assert theme.read(a_theme(tmp_path, accent={name: fits})).accents == {name: fits}


@pytest.mark.parametrize(
    "content",
    [
        {"colour": "#000000"},
        {"accent": {"light": "red"}},
        {"accent": {"light": "#000;} body{display:none"}},
        {"help": {"phone": "<script>"}},
        {"name": {"de": "Laden"}},
        {"name": ["a", "list"]},
        {"logo": {"file": "nothing.png"}},
    ],
)
def test_what_the_file_may_not_say_is_refused(tmp_path: Path, content: dict[str, Any]) -> None:
    with pytest.raises(ThemeInvalid, match="PRIVACY_THEME"):
        theme.read(a_theme(tmp_path, **content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("logo.png", a_picture("JPEG")),
        ("logo.jpg", a_picture("PNG")),
        ("logo.png", a_picture()[:60]),
        ("logo.png", a_picture(size=(4_001, 1))),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 600_000),
        ("logo.gif", b"GIF89a"),
    ],
)
def test_a_logo_that_is_no_picture_or_too_large_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(ThemeInvalid, match="logo"):
        theme.read(with_logo(tmp_path, name, content))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_of_a_logo_the_picture_is_served_and_nothing_else(tmp_path: Path, kind: str) -> None:
    read = theme.read(with_logo(tmp_path, f"logo.{kind}", a_picture(kind.upper()) + b"<script>alert(1)</script>"))
    assert read.logo is not None
    assert (read.logo.width, read.logo.height) == (120, 40)
    served = read.assets[read.logo.asset]
    assert served.media_type == f"image/{kind}"
    assert SECRET.encode() not in served.content
    assert b"<script>" not in served.content


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_page_has_the_name_the_logo_the_colours_and_the_helpline(
    service: Service, client: FlaskClient, tmp_path: Path
) -> None:
    (tmp_path / "logo.png").write_bytes(a_picture())
    file = a_theme(
        tmp_path,
        name={"pl": "Sklepy <Jarzębina>", "en": "Jarzębina shops"},
        logo={"file": "logo.png"},
        accent={"light": "#7a1f5c", "dark": "#f2a6d6"},
        help={"phone": "+48 61 222 33 44", "hours": {"pl": "pn.–pt. 8–18", "en": "Mon–Fri 8–18"}},
    )
    service.app.extensions[EXTENSION] = appearance_of(Config.for_tests(theme=str(file)))
    for path in ("/portal/enter", "/portal/help", "/console/sign-in", "/collect/newsletter"):
        page = client.get(path, headers={"Accept-Language": "pl"}).text
        assert "Sklepy &lt;Jarzębina&gt;" in page, path
        assert 'href="tel:+48612223344"' in page, path
        assert "pn.–pt. 8–18" in page, path
        addresses = re.findall(r'(?:href|src)="(/assets/\w+/theme/[\w.]+)"', page)
        assert len(addresses) == 2, path
    sheet, picture = (client.get(address) for address in addresses)
    assert "--accent: #7a1f5c; --on-accent: #ffffff;" in sheet.text
    assert "--accent: #f2a6d6; --on-accent: #000000;" in sheet.text
    assert (sheet.content_type, picture.content_type) == ("text/css; charset=utf-8", "image/png")
    assert "style=" not in page
    embedded = client.get("/embed/1/collect.css").text
    assert "var(--privacy-accent, #7a1f5c)" in embedded
    assert client.get(addresses[0].replace("style.css", "..%2Ftheme.yml")).status_code == 404
