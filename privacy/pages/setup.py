"""Put pages on an application: how they look, their languages, their files."""

from __future__ import annotations

from flask import Blueprint, Flask

from privacy.pages import languages
from privacy.pages.assets import asset, pages_assets
from privacy.pages.look import EXTENSION, Look, look
from privacy.pages.reading_aids import large_print


def install(app: Flask, appearance: Look) -> None:
    """Install what the blueprints of pages need; before they are registered."""
    app.extensions[EXTENSION] = appearance
    languages.install(app)
    app.jinja_env.globals.update(asset=asset, look=look, large_print=large_print)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(pages_assets())
    app.register_blueprint(Blueprint("pages", __name__, template_folder="templates"))
