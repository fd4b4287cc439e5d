"""Work measured in a process of its own, so that its memory is its own too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took, and what it gave."""

    seconds: float
    mib: float
    """How far the process grew at most while it ran."""
    result: Any


def in_process_of_its_own(module: str, what: str, folder: Path) -> Cost:
    """Run `python -m module what folder`, whose last line of output `Meter.report` printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, what, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


Run = Callable[[str, Path], Cost]
"""What to do and in which folder, to what it cost."""


@contextmanager
def forked(module: str) -> Iterator[Run]:
    """Like `in_process_of_its_own`, again and again, with `module` imported once.

    Each piece of work has a fork of one process, which `python -m module` makes with `fork_for`.
    """
    nursery = subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def run(what: str, folder: Path) -> Cost:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(json.dumps([what, str(folder)]) + "\n")
        nursery.stdin.flush()
        return Cost(**json.loads(nursery.stdout.readline()))

    with nursery:
        yield run


def fork_for(work: Callable[[str, Path], None]) -> None:
    """Do what `forked` asks for on standard input, each in a process of its own."""
    for line in iter(sys.stdin.readline, ""):
        what, folder = json.loads(line)
        worker = os.fork()
        if not worker:
            work(what, Path(folder))
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(worker, 0)


class Meter:
    """Counts what happens within `with`, in that process; what went before is not counted."""

    def __enter__(self) -> None:
        _forget_peak()
        self._before, self._began = memory("VmRSS"), time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._seconds = time.perf_counter() - self._began
        self._mib = (memory("VmHWM") - self._before) / 1024

    def report(self, result: Any) -> None:
        """Print it for who asked."""
        # Below a page nothing is seen, and a ratio needs something.
        mib = max(self._mib, 0.004)
        print(json.dumps({"seconds": self._seconds, "mib": mib, "result": result}))


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def memory(name: str) -> int:
    """Kilobytes that this process has, by the kernel's name for them: VmRSS, VmHWM."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise LookupError(name)
