"""The floors: bare Flask routes, one with an indexed lookup by the raw driver, and an application that does nothing."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import psycopg
from flask import Flask, render_template_string, request

LOOKUP = {
    "sqlite": "SELECT mask FROM bench_floor WHERE key = ?",
    "postgresql": "SELECT mask FROM bench_floor WHERE key = %s",
}
_local = threading.local()


def _connection() -> Any:
    """This thread's connection, in autocommit: no BEGIN and no ROLLBACK around the question."""
    if not hasattr(_local, "connection"):
        if os.environ["BENCH_FLOOR_KIND"] == "sqlite":
            _local.connection = sqlite3.connect(os.environ["BENCH_FLOOR_URL"], isolation_level=None)
        else:
            _local.connection = psycopg.connect(os.environ["BENCH_FLOOR_URL"], autocommit=True, prepare_threshold=0)
    return _local.connection


app = Flask(__name__)


@app.get("/ready")
def ready() -> str:
    """Whether it serves."""
    return "yes"


@app.post("/check")
def check() -> dict[str, bool]:
    """One indexed lookup."""
    key = request.get_json()["key"]
    row = _connection().execute(LOOKUP[os.environ["BENCH_FLOOR_KIND"]], (key,)).fetchone()
    return {"allowed": bool(row and row[0] & 1)}


_PAGE = (
    "<!DOCTYPE html><title>{{ title }}</title><h1>{{ title }}</h1>"
    "<ul>{% for one in lines %}<li>{{ one }}{% endfor %}</ul>"
)


@app.get("/page")
def page() -> str:
    """A page of twenty lines that asks no database."""
    return render_template_string(_PAGE, title="Page", lines=range(20))


def nothing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An application that reads the body and answers with two bytes."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
