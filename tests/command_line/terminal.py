"""A host at a terminal, who waits for each question and types."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.command_line.process import environment

DEADLINE = 120.0


class Terminal:
    """The command at a terminal, with somebody who types."""

    def __init__(self, folder: Path, *module: str) -> None:
        """`module`: what `python -m` runs, and its arguments."""
        mine, its = pty.openpty()
        self._terminal = mine
        self.shown = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=folder,
            env={**environment(), "TERM": "dumb"},
            stdin=its,
            stdout=its,
            stderr=its,
        )
        os.close(its)

    def types(self, answers: list[tuple[str, str]]) -> int:
        """Wait for each question, type the answer, and give the exit code."""
        until = time.monotonic() + DEADLINE
        left, seen = list(answers), 0
        try:
            while time.monotonic() < until:
                if not select.select([self._terminal], [], [], 1)[0]:
                    continue
                try:
                    self.shown += os.read(self._terminal, 1 << 16).decode()
                except OSError:
                    # How a terminal says that nobody is at its other end any more.
                    break
                if left and self.shown[seen:].endswith(f"{left[0][0]}: "):
                    seen = len(self.shown)
                    os.write(self._terminal, f"{left.pop(0)[1]}\n".encode())
            assert not left, self.shown
            return self._process.wait(1)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._terminal)
