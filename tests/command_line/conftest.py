"""Processes that never outlive their test, and circles on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import needs
from tests.command_line.process import Process

Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `python -m bot` in the test's folder, on a port that the system picks a start for."""
    running: list[Process] = []

    def begin(*arguments: str, **settings: Any) -> Process:
        process = Process(tmp_path, *arguments, **settings)
        running.append(process)
        return process

    yield begin
    for process in running:
        process.abandon()


@pytest.fixture
def port() -> str:
    """A port that was free a moment ago."""
    return str(needs.free_port())
