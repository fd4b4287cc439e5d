"""The log of a test, as the bot sets it up."""

from __future__ import annotations

import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest

from bot import logs
from tests.features.conftest import circle, pattern

__all__ = ["circle", "log", "pattern"]


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """Everything that is logged from now on; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
    stream = io.StringIO()
    logs.set_up("INFO", stream=stream)
    yield stream.getvalue
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.raiseExceptions = raising
    sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning = hooks
    for name in logs.FOREIGN:
        logging.getLogger(name).setLevel(logging.NOTSET)
