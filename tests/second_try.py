"""One more try for a test that ran out of time while something real outside was slow.

docs/adr/0011-a-second-try-is-named.md says why, and why nothing else is tried again.
"""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FOLDERS = {"discord", "discord_server", "end_to_end", "homeserver", "matrix"}
FIXTURES = {"homeserver", "postgres_server", "strict_homeserver"}
PARAMETERS = {"discord", "matrix", "postgresql"}

OUT_OF_TIME = [
    TimeoutError,
    subprocess.TimeoutExpired,
    # Playwright's is no child of Python's, and what it expects in vain is an AssertionError.
    r"^TimeoutError: ",
    r"^AssertionError: (Locator|Page) expected [\s\S]*\bwith timeout \d+ms",
]
"""Errors that say "waited in vain". With one of them as its cause, a "waited for" is one too."""

SECOND_TRY = pytest.mark.flaky(reruns=1, only_rerun=OUT_OF_TIME)


def is_due(item: pytest.Item) -> bool:
    """Whether a test waits for a browser, a homeserver, a database server or Discord's library."""
    folders = _folders(item.path)
    callspec = getattr(item, "callspec", None)
    given = {each for each in callspec.params.values() if isinstance(each, str)} if callspec else ()
    return bool(
        folders & FOLDERS
        or set(getattr(item, "fixturenames", ())) & FIXTURES
        or set(given) & PARAMETERS
    )


@functools.cache
def _folders(path: Path) -> frozenset[str]:
    # Asked for every test, and there are many in a file.
    return frozenset(path.relative_to(HERE).parts if path.is_relative_to(HERE) else ())


def tell(reporter: pytest.TerminalReporter) -> None:
    """Name every test that was tried twice, with what went wrong at first."""
    first = {report.nodeid: report for report in reporter.stats.get("rerun", [])}
    if not first:
        return
    failed = {
        report.nodeid for kind in ("failed", "error") for report in reporter.stats.get(kind, [])
    }
    reporter.section("tried twice: each of these is a race or a slow machine, look which")
    for nodeid, report in first.items():
        reporter.write_line(report.longreprtext)
        how = "failed at the second try too" if nodeid in failed else "passed at the second try"
        reporter.write_line(f"{how}: {nodeid}", yellow=True)
