"""The real process, read line by line. Everything is waited for by a condition and a deadline."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?key=\S+")


class Process:
    """`python -m bot ...` in a folder of its own, with no settings but the given ones."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        prepare: Callable[[], None] | None = None,
        **settings: str,
    ) -> None:
        self.folder = folder
        self.output = ""
        """What it said so far, on both streams, in the order in which it came."""
        self.complaints = ""
        """What of it came on standard error."""
        self._lines: queue.Queue[tuple[bool, str | None]] = queue.Queue()
        self._open = 2
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=folder,
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=prepare,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        for stream, wrong in ((self.process.stdout, False), (self.process.stderr, True)):
            threading.Thread(target=self._read, args=(stream, wrong), daemon=True).start()

    def _read(self, stream: IO[str], wrong: bool) -> None:
        with stream:
            for line in stream:
                self._lines.put((wrong, line))
        self._lines.put((wrong, None))

    def _next(self, until: float) -> bool:
        """Take in one line. False when it will say no more."""
        if self._open == 0:
            return False
        try:
            wrong, line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise AssertionError(f"too late; so far it said:\n{self.output}") from None
        if line is None:
            self._open -= 1
        else:
            self.output += line
            if wrong:
                self.complaints += line
        return True

    def says(self, text: str) -> str:
        """Wait until it said this; gives everything it said."""
        until = time.monotonic() + DEADLINE
        while text not in self.output:
            assert self._next(until), f"it ended without saying {text!r}:\n{self.output}"
        return self.output

    def address(self) -> str:
        """Wait for the page's address, and until the rest of the greeting is there."""
        self.says("To stop: Ctrl-C.")
        found = ADDRESS.search(self.output)
        assert found is not None, self.output
        return found[0]

    def ends(self) -> int:
        """Wait until it ends by itself; gives its exit code."""
        until = time.monotonic() + DEADLINE
        while self._next(until):
            pass
        return self.process.wait(DEADLINE)

    def sends(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def stops(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end."""
        self.sends(number)
        return self.ends()

    def abandon(self) -> None:
        """End it whatever it does: for the end of a test."""
        self.process.kill()
        self.process.wait(DEADLINE)


def environment(**settings: str) -> dict[str, str]:
    """The machine's environment without settings of its own, and with these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("CIRCLEKEEPER") and name != "CREDENTIALS_DIRECTORY"
    }
    given = {f"CIRCLEKEEPER_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **given}


def done(
    folder: Path,
    *arguments: str,
    prepare: Callable[[], None] | None = None,
    **settings: str,
) -> tuple[int, str]:
    """Run a command to its end; gives its exit code and all it said."""
    process = Process(folder, *arguments, prepare=prepare, **settings)
    code = process.ends()
    assert_quiet(process.output)
    return code, process.output


def assert_quiet(output: str, secrets: Sequence[str] = ()) -> None:
    """What no output may ever hold."""
    assert "Traceback" not in output
    assert 'File "' not in output
    for secret in secrets:
        assert secret not in output
