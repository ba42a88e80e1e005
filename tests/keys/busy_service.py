"""A service that records and checks without pause until it is told to stop: one of several processes.

Run as: python -m tests.keys.busy_service NAME STOP_FILE, with the settings in the environment and an API key on
standard input. Prints a line once it is at work, and at the end a line of JSON: how much it did, what failed, and which
answers did not know of what had been recorded before.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from config import Config
from privacy.app import create_app
from tests.callers import Caller, a_give

_PAUSE = threading.Event()


def main() -> None:
    name, stop = sys.argv[1], Path(sys.argv[2])
    caller = Caller(create_app(Config.from_env(os.environ)).test_client(), sys.stdin.readline().strip())
    done, failed, stale = 0, [], []
    while not stop.exists() or not done:
        person = {"customer_id": f"{name}-{done}", "email": f"{name}.{done}@example.com"}
        for act, allowed in (("give", True), ("withdraw", False)):
            texts = {} if act == "give" else {"wording": None, "notice": None}
            body = a_give(person, channels=["email"], act=act, occurred_at=None, **texts)
            answer = caller.post("/consents", body, Idempotency_Key=f"{name}-{done}-{act}")
            repeated = caller.post("/consents", body, Idempotency_Key=f"{name}-{done}-{act}")
            if (answer.status_code, repeated.status_code) != (201, 201) or answer.data != repeated.data:
                failed.append([answer.status_code, repeated.status_code, answer.text[:300]])
            checked = caller.post("/consents/check", {"subject": person, "purpose": "offers", "channel": "email"})
            if checked.status_code != 200:
                failed.append([checked.status_code, checked.text[:300]])
            elif checked.get_json()["allowed"] is not allowed:
                stale.append([act, checked.text[:300]])
        done += 1
        _PAUSE.wait(0.02)  # Not the machine is under test.
        if done == 1:
            print("at work", flush=True)
    print(json.dumps({"done": done, "failed": failed, "stale": stale}))


if __name__ == "__main__":
    main()
