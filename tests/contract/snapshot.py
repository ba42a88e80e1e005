"""The API description as it was agreed. Changed on purpose only, with: python -m tests.contract.snapshot"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from config import Config
from privacy.crypto.keyring import Keyring

FILE = Path(__file__).with_name("openapi.json")


def described() -> dict[str, Any]:
    """The description that the service gives of itself; its version and address are not part of the agreement."""
    from privacy.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        config = Config.for_tests(data_dir=Path(folder), database_url=f"sqlite:///{folder}/privacy.sqlite3")
        Keyring.generate().save(config.keyring_path)
        answer = create_app(config).test_client().get("/openapi.json")
    spec: dict[str, Any] = json.loads(answer.data)
    spec["info"].pop("version")
    spec.pop("servers")
    return spec


def text(spec: dict[str, Any]) -> str:
    """The form in which it is kept: one that shows a change line by line."""
    return json.dumps(spec, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(described()))
