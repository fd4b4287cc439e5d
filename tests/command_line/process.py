"""The real process, read line by line. Everything is waited for by a condition and a deadline.

Each is a fork of a process that imported every command once (`imported.py`), because the imports
are most of what a command costs. `python -m bot` itself is started by tests/end_to_end.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?key=\S+")

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.command_line.imported"])


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
        (out, its_out), (err, its_err) = _forks.Pipe(duplex=False), _forks.Pipe(duplex=False)
        given = (folder, environment(**settings), arguments, prepare, its_out, its_err)
        self._process = _forks.Process(target=_be_the_bot, args=given, daemon=True)
        self._process.start()
        its_out.close()
        its_err.close()
        for pipe, wrong in ((out, False), (err, True)):
            threading.Thread(target=self._read, args=(pipe, wrong), daemon=True).start()

    def _read(self, pipe: Connection, wrong: bool) -> None:
        with pipe, open(pipe.fileno(), closefd=False) as stream:
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
        self._process.join(DEADLINE)
        code = self._process.exitcode
        assert code is not None, f"it closed its output and goes on:\n{self.output}"
        return code

    def sends(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def stops(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end."""
        self.sends(number)
        return self.ends()

    def abandon(self) -> None:
        """End it whatever it does: for the end of a test."""
        self._process.kill()
        self._process.join(DEADLINE)


def _be_the_bot(
    folder: Path,
    variables: Mapping[str, str],
    arguments: Sequence[str],
    prepare: Callable[[], None] | None,
    out: Connection,
    err: Connection,
) -> None:
    """In the fork: what the start of `python -m bot` in a folder would be."""
    from bot.__main__ import main

    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    out.close()
    err.close()
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    if prepare is not None:
        prepare()
    sys.argv = ["bot", *arguments]
    main()


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
