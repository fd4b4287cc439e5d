"""The tools of the house keep their own promises."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests import needs

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow

SAMPLE = """
import pytest

def test_passes():
    pass

@pytest.mark.skip(reason="the machine lacks a thing")
def test_is_skipped():
    pass

def test_skips_itself():
    pytest.skip("another thing")

@pytest.mark.xfail(reason="known")
def test_is_known_to_fail():
    raise AssertionError
"""
IN_VAIN = """
import asyncio
import itertools
import pytest

MADE = itertools.count(1)
TRIES = {}

@pytest.fixture(scope="module")
def server():
    yield next(MADE)

@pytest.fixture
def homeserver(request, server):
    assert server == 1, "made twice, though only a test had failed"
    TRIES[request.node.name] = TRIES.get(request.node.name, 0) + 1
    return TRIES[request.node.name]

async def waits():
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError as error:
        raise AssertionError("waited for the homeserver") from error

def test_waits_once_in_vain(homeserver):
    if homeserver == 1:
        asyncio.run(waits())

def test_waits_always_in_vain(homeserver):
    asyncio.run(waits())

def test_has_a_wrong_result(homeserver):
    assert homeserver > 1

def test_waits_for_nothing_outside():
    asyncio.run(waits())

def test_has_the_same_server(homeserver):
    assert homeserver == 1
"""
MODULE_SAMPLE = """
import pytest
pytest.skip("a whole module", allow_module_level=True)
"""


def run_pytest(folder: Path, *more: str, ci: str) -> subprocess.CompletedProcess[str]:
    """Another pytest, with our conftest but none of our settings."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    for name in [name for name in environment if name.startswith(("PYTEST_", "COV_"))]:
        del environment[name]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", *more],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", ["0", pytest.param("2", marks=pytest.mark.slow)])
def test_each_skip_is_a_line_and_fails_a_run_in_ci(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "test_module.py").write_text(MODULE_SAMPLE)

    in_ci = run_pytest(tmp_path, "-n", workers, ci="true")
    at_home = run_pytest(tmp_path, "-n", workers, ci="")

    assert in_ci.returncode == pytest.ExitCode.TESTS_FAILED, in_ci.stdout
    assert at_home.returncode == pytest.ExitCode.OK, at_home.stdout
    for run in (in_ci, at_home):
        told = sorted(line for line in run.stdout.splitlines() if line.startswith("SKIPPED "))
        assert told == [
            "SKIPPED test_module.py: a whole module",
            "SKIPPED test_sample.py::test_is_skipped: the machine lacks a thing",
            "SKIPPED test_sample.py::test_skips_itself: another thing",
        ]
    assert "CI is set and 3 skipped" in in_ci.stdout
    assert "CI is set" not in at_home.stdout


def test_a_run_in_ci_without_skips_passes(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text("def test_passes(): pass\n")

    assert run_pytest(tmp_path, ci="true").returncode == pytest.ExitCode.OK


def test_what_the_machine_lacks_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text("def test_passes(): pass\n")
    (tmp_path / "conftest.py").write_text(
        "from tests import needs\nneeds.lacking = lambda: [needs.CHROMIUM]\n"
    )

    assert str(needs.CHROMIUM) in run_pytest(tmp_path, ci="").stdout


def test_who_waits_in_vain_for_something_outside_is_tried_again_and_named(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(IN_VAIN)

    run = run_pytest(tmp_path, "-n", "1", ci="true")

    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    told = [line for line in run.stdout.splitlines() if " second try" in line]
    assert told == [
        "passed at the second try: test_sample.py::test_waits_once_in_vain",
        "failed at the second try too: test_sample.py::test_waits_always_in_vain",
    ]
    assert "waited for the homeserver" in run.stdout
    assert "3 failed, 2 passed" in run.stdout


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_each_test_gets_an_empty_postgres_database(postgres_url: str, turn: str) -> None:
    engine = create_async_engine(postgres_url, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            count = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert (await connection.execute(count)).scalar_one() == 0
            await connection.execute(text("CREATE TABLE seen (turn text)"))
            await connection.execute(text("INSERT INTO seen VALUES (:turn)"), {"turn": turn})
            said = await connection.execute(text("SELECT turn FROM seen"))
            assert said.scalar_one() == turn
    finally:
        await engine.dispose()


def test_a_postgres_database_can_be_a_copy(postgres_server: needs.PostgresServer) -> None:
    template = postgres_server.create_database()
    postgres_server.execute("CREATE TABLE seen AS SELECT 7 AS n", template)

    copy = postgres_server.create_database(template)

    assert postgres_server.execute("SELECT n FROM seen", copy) == "7"
    for name in (copy, template):
        postgres_server.drop_database(name)


def test_a_killed_run_leaves_no_postgres_behind() -> None:
    binaries = needs.postgres_bin()
    if binaries is None:
        pytest.skip(str(needs.POSTGRES))
    program = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from tests import needs\n"
        f"with needs.postgres(Path({str(binaries)!r})) as server:\n"
        "    print(server.url('postgres'), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    # Waits for the end of the output, which the server's guard holds open until it is done.
    killed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    folder = Path(killed.stdout.strip().partition("?host=")[2])
    assert folder.name.startswith("circlekeeper-pg-"), killed.stderr
    assert not folder.exists()


def load_setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_venv_and_uv_the_one_line_to_install_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = load_setup()
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(setup, "ROOT", str(tmp_path))
    monkeypatch.setattr(setup, "succeeds", lambda _command: False)
    monkeypatch.setattr(setup.shutil, "which", lambda _name: None)
    monkeypatch.chdir(tmp_path)

    assert setup.main(["runtime"]) == 1

    assert "    sudo apt-get install -y python3-venv\n" in capsys.readouterr().err


def test_a_homeserver_that_cannot_be_installed_is_told_and_leaves_no_trace_of_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = load_setup()
    lock = tmp_path / "tests" / "homeserver" / "requirements.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("matrix-synapse==1.163.2 --hash=sha256:0\n")
    monkeypatch.setattr(setup, "ROOT", str(tmp_path))
    monkeypatch.setattr(
        setup, "installer", lambda _python: ["sh", "-c", "echo no way there; false"]
    )
    monkeypatch.chdir(tmp_path)

    assert setup.main(["homeserver"]) == 1

    assert "no way there" in capsys.readouterr().err
    assert not setup.fits("homeserver")


def test_an_old_python_gets_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = load_setup()
    monkeypatch.setattr(setup, "fits", lambda _kind: False)
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(setup.shutil, "which", lambda _name: None)
    monkeypatch.chdir(tmp_path)

    assert setup.main(["runtime"]) == 1

    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer" in said
    assert said.count("\n") == 1


def pins(lock: str) -> dict[str, str]:
    """Package to version, after checking that each pin has a hash."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    return dict(re.findall(r"^([\w.-]+)==(\S+)", "\n".join(entries), re.MULTILINE))


def normal(requirement: str) -> str:
    """The name in a requirement, as the locks write it."""
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_the_locks_fit_the_project_and_each_other() -> None:
    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, groups = declared["project"], declared["dependency-groups"]

    needed = project["dependencies"] + project["optional-dependencies"]["postgres"]
    assert {normal(each) for each in needed + groups["build"]} <= runtime.keys()
    assert {normal(each) for each in groups["dev"]} <= dev.keys()
    assert runtime.items() <= dev.items()


def test_the_homeserver_is_pinned_by_a_lock_of_its_own() -> None:
    wanted = (ROOT / "tests" / "homeserver" / "requirements.in").read_text()
    pinned = pins("tests/homeserver/requirements.lock")

    named = {normal(line) for line in wanted.splitlines() if not line.startswith("#")}
    assert named == {"matrix-synapse"}
    assert named <= pinned.keys()


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "tests/homeserver/requirements.lock"]
)
def test_a_lock_names_no_machine_and_no_index(lock: str) -> None:
    content = (ROOT / lock).read_text()

    assert "://" not in content
    assert not re.search(r"^\s*(#|-i|--(?!hash=))", content, re.MULTILINE)


@pytest.mark.parametrize("folder", ["discord_server/judges/types", "end_to_end", "matrix/careful"])
def test_the_packages_of_npm_are_pinned_and_their_lock_names_no_registry(folder: str) -> None:
    lock = json.loads((ROOT / "tests" / folder / "package-lock.json").read_text())

    packages = [each for name, each in lock["packages"].items() if name]
    assert packages
    assert all("integrity" in each and "resolved" not in each for each in packages)
