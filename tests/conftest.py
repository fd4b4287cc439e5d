"""What every test run does: say what the machine lacks, and let no skip pass unseen."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from tests import needs, second_try
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver, running

# A shared machine is slow at times; a slow example is not a wrong one.
settings.register_profile("circlekeeper", deadline=None, print_blob=True)
settings.load_profile("circlekeeper")


def skips_are_forbidden() -> bool:
    """Where everything is installed, a skipped test is a test that silently went missing."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


# What is imported stays; looking through it again and again is a tenth of a run.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_report_header() -> list[str]:
    return [str(need) for need in needs.lacking()]


def _skipped(config: pytest.Config) -> list[tuple[str, str]]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [(report.nodeid, _reason(report)) for report in reports]


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    # A skip's longrepr is (file, line, reason).
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    second_try.tell(terminalreporter)
    skipped = _skipped(config)
    if not skipped:
        return
    terminalreporter.section("skipped")
    for nodeid, reason in skipped:
        terminalreporter.write_line(f"SKIPPED {nodeid}: {reason}")
    if skips_are_forbidden():
        terminalreporter.write_line(
            f"CI is set and {len(skipped)} skipped: this run has failed.", red=True
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    # The workers of xdist see only their own part; the run that started them decides.
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and skips_are_forbidden() and _skipped(session.config):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def _logs_in(item: pytest.Item) -> bool:
    """Whether a test logs in to a server. Each is short, and together they take minutes."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & {"stage", "theatre"}:
        # Every platform in turn: the sandbox needs no login.
        return "sandbox" not in item.name
    return bool(fixtures & {"homeserver", "strict_homeserver", "server", "living"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _logs_in(item):
            item.add_marker(pytest.mark.slow)
        if second_try.is_due(item):
            item.add_marker(second_try.SECOND_TRY)
    # The longest begin, so that none is left to run alone at the end.
    items.sort(key=_patience, reverse=True)


def _patience(item: pytest.Item) -> float:
    """The seconds that a test asks for by a limit of its own."""
    limit = item.get_closest_marker("timeout")
    return float(limit.args[0]) if limit is not None else 0.0


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser to drive; skips the test where there is none."""
    found = needs.chromium()
    if found is None:
        pytest.skip(str(needs.CHROMIUM))
    return found


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[needs.PostgresServer]:
    """A running PostgreSQL, one for each worker; skips the test where there is none."""
    binaries = needs.postgres_bin()
    if binaries is None:
        pytest.skip(str(needs.POSTGRES))
    with needs.postgres(binaries) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: needs.PostgresServer) -> Iterator[str]:
    """The URL of a database that is empty and this test's alone."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def _homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    yield from _synapse(tmp_path_factory.mktemp("homeserver"), limits=False)


@pytest.fixture(scope="session")
def _strict_homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    yield from _synapse(tmp_path_factory.mktemp("strict-homeserver"), limits=True)


def _synapse(folder: Path, *, limits: bool) -> Iterator[Homeserver]:
    if needs.synapse_python() is None:
        pytest.skip(str(needs.SYNAPSE))
    with running(folder, limits=limits) as server:
        yield server


@pytest.fixture
def homeserver(_homeserver: Homeserver) -> Homeserver:
    """A running Synapse without rate limits, shared by all tests; skips the test without one."""
    _homeserver.start_and_wait()
    return _homeserver


@pytest.fixture
def strict_homeserver(_strict_homeserver: Homeserver) -> Homeserver:
    """A running Synapse with the rate limits that hosts have, which are Synapse's own."""
    _strict_homeserver.start_and_wait()
    return _strict_homeserver


@pytest_asyncio.fixture
async def proxy(homeserver: Homeserver) -> AsyncIterator[FaultProxy]:
    """A way to the homeserver on which a test can make faults."""
    async with FaultProxy(homeserver.url) as proxy:
        yield proxy
