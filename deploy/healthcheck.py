"""For the container's health check: 0 when the sandbox's page answers on this machine.

Reads the address that the bot wrote for itself, and prints nothing: the address holds a secret.
A real circle has no page; a version that serves one needs another check.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from pathlib import Path


def answers(folder: Path) -> bool:
    """Whether the page of the sandbox in this folder is there, and is ours."""
    try:
        address = str(json.loads((folder / "sandbox-page.json").read_text())["address"])
        asked = address.replace("/?key=", "/alive?key=")
        if not asked.startswith("http://127.0.0.1:"):
            return False
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
            return "circlekeeper" in json.load(answer)
    except (OSError, ValueError, KeyError, TypeError):
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(Path(os.environ.get("CIRCLEKEEPER_SANDBOX_FOLDER") or "sandbox")) else 1)
