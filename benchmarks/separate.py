"""Work measured in a process of its own, so that its memory is its own too."""

from __future__ import annotations

import json
import subprocess
import sys
import time
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


class Meter:
    """Counts what happens within `with`, in that process; what went before is not counted."""

    def __enter__(self) -> None:
        _forget_peak()
        self._before, self._began = memory("VmRSS"), time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._seconds = time.perf_counter() - self._began
        self._mib = (memory("VmHWM") - self._before) / 1024

    def report(self, result: Any) -> None:
        """Print it for `in_process_of_its_own`."""
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
