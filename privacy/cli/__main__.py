"""`python -m privacy.cli`: how the supervisor starts its children."""

from __future__ import annotations

from privacy.cli.root import main

if __name__ == "__main__":
    main()
