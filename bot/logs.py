"""Logs that hold nothing a member wrote, whoever logs and whatever goes wrong.

A line holds: time, level, logger, the message where it stands word for word in the source, a few
harmless fields, the types of exceptions and the places they passed. Never the arguments of a
message, never an exception's own words, never local variables: all of these quote people.

So in our own code a message is one plain literal, and what changes goes into `extra`:

    logger.warning("could not remove", extra={"count": 3, "why": Removal.FORBIDDEN})
"""

from __future__ import annotations

import asyncio
import linecache
import logging
import re
import secrets
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, TextIO

try:
    import resource
except ImportError:  # not on every system; there the host's own settings count
    resource = None  # type: ignore[assignment]

OURS: Final = ("bot", "adapters", "cogs")
FOREIGN: Final = ("discord", "nio", "aiohttp", "sqlalchemy", "aiosqlite", "asyncio", "asyncpg")
"""Loggers of the packages that handle what people write. Kept at WARNING or above."""

WORD_FIELDS: Final = frozenset(
    {"cog", "command", "engine", "error_id", "job", "key", "kind", "listener", "platform"}
    | {"purpose", "setting", "source", "stage", "state", "table", "why"}
)
"""Fields of `extra` that may hold a word of our own code. Any field may hold a small number, a
truth value or an enum."""

_WORD: Final = re.compile(r"[A-Za-z0-9_]+(?:[.:-][A-Za-z0-9_]+)*(?: [a-z-]+){0,2}")
_LONGEST_WORD: Final = 60
# Numbers above this may be the handle of a person or a message.
_LARGEST_NUMBER: Final = 10**12
_PLACEHOLDER: Final = re.compile(r"%(?:\(\w*\))?[-#0 +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[a-zA-Z]")
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MOST_FRAMES: Final = 20
_MOST_ERRORS: Final = 8

logger = logging.getLogger(__name__)


def error_id() -> str:
    """A short random id: logged with a failure, and shown to the person who met it."""
    return secrets.token_hex(4)


def set_up(level: str = "INFO", *, unsafe: bool = False, stream: TextIO | None = None) -> None:
    """Send all logging to stderr without content, and everything uncaught with it.

    Also forbids core dumps, which hold the memory as it was. `unsafe` is for a test group with
    no real person in it: lines then show everything. Raises `ValueError` for DEBUG without it.
    """
    if level == "DEBUG" and not unsafe:
        raise ValueError("DEBUG needs unsafe=True")
    handler = logging.StreamHandler(stream or sys.stderr)
    if unsafe:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    else:
        handler.setFormatter(SafeFormatter())
        handler.addFilter(_worth_a_line)
    root = logging.getLogger()
    for other in root.handlers[:]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(level)
    for name in FOREIGN:
        quietest = logging.getLogger(name)
        quietest.setLevel(logging.NOTSET if unsafe else max(logging.WARNING, root.level))
    # On a failure of its own, logging would print the message with its arguments.
    logging.raiseExceptions = unsafe
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned
    forbid_core_dumps()
    if unsafe:
        logger.warning("unsafe debug is on: this log holds what people write")


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Log what goes wrong unseen in a loop's tasks the same way."""
    loop.set_exception_handler(_loop_failed)


def forbid_core_dumps() -> None:
    """No core file: it would hold messages and keys in the clear."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class SafeFormatter(logging.Formatter):
    """One line a record, from nothing but what our own and other people's source code says."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Neither arguments nor exceptions are ever turned into text."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        parts = [f"{when}Z", record.levelname, _word(record.name)]
        message = _literal(record)
        parts.append(message or f"(withheld, {_place(record.pathname, record.lineno)})")
        if _is_ours(record.name):
            parts += [f"{name}={_field(name, value)}" for name, value in _extras(record)]
        if record.exc_info and record.exc_info[1] is not None:
            parts += _described(record.exc_info[1])
        return " ".join(parts)


def describe(error: BaseException) -> str:
    """An exception as its types and places, with what caused it; without its words."""
    return " ".join(_described(error))


def _is_ours(name: str) -> bool:
    return name.split(".", 1)[0] in OURS


def _worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or _is_ours(record.name)


@lru_cache(maxsize=4096)
def _source(path: str, line: int) -> str:
    return "".join(linecache.getlines(path)[max(0, line - 1) : line + 8])


def _literal(record: logging.LogRecord) -> str:
    """The message, if it stands like that in the source where it was logged; otherwise nothing.

    A message that was put together at run time (an f-string, a joined text) is not found there,
    and it is those that quote people.
    """
    message = record.msg
    if type(message) is not str or len(message) > 200 or not message.strip():
        return ""
    if message not in _source(record.pathname, record.lineno):
        return ""
    static = " ".join(_PLACEHOLDER.sub("...", message).split())
    return static if any(letter.isalpha() for letter in static) else ""


def _extras(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    for name, value in vars(record).items():
        if name not in _STANDARD:
            yield _word(name), value


def _field(name: str, value: object) -> str:
    if value is None or type(value) is bool:
        return str(value).lower()
    if isinstance(value, _Place):
        return value.shown
    if isinstance(value, Enum):
        return value.name.lower()
    if type(value) is int or type(value) is float:
        return str(value) if -_LARGEST_NUMBER < value < _LARGEST_NUMBER else "withheld"
    if type(value) is str and name in WORD_FIELDS:
        word = _word(value)
        return f'"{word}"' if " " in word else word
    return "withheld"


def _word(text: str) -> str:
    return text if len(text) <= _LONGEST_WORD and _WORD.fullmatch(text) else "withheld"


class _Place:
    """A place in the source, as a field."""

    def __init__(self, path: str, line: int) -> None:
        self.shown = _place(path, line)


def _place(path: str, line: int) -> str:
    """File and line, without the folders above: a home folder can name its owner."""
    if not path.endswith(".py"):
        return f"code:{line}"
    return f"{'/'.join(path.replace(chr(92), '/').split('/')[-3:])}:{line}"


def _described(error: BaseException) -> Iterator[str]:
    told: set[int] = set()
    waiting: list[tuple[str, BaseException | None]] = [("error", error)]
    while waiting and len(told) < _MOST_ERRORS:
        role, current = waiting.pop(0)
        if current is None or id(current) in told:
            continue
        told.add(id(current))
        yield f"{role}={_word(type(current).__name__)}"
        if places := ",".join(_frames(current.__traceback__)):
            yield f"at={places}"
        waiting.append(("cause", current.__cause__))
        if not current.__suppress_context__:
            waiting.append(("during", current.__context__))
        if isinstance(current, BaseExceptionGroup):
            waiting += [("part", part) for part in current.exceptions]


def _frames(traceback: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while traceback is not None:
        frames.append(_place(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    return frames[-_MOST_FRAMES:]


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logger.critical("stopped by an error", exc_info=(kind, error, traceback))


def _uncaught_in_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        logger.error("a thread stopped by an error", exc_info=failed.exc_value)


def _unraisable(failed: Any) -> None:
    logger.error("an error nobody could catch", exc_info=failed.exc_value)


def _loop_failed(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    logger.error("a task failed unseen", exc_info=context.get("exception"))


def _warned(
    message: Warning | str,  # noqa: ARG001  it may quote a value; kind and place are enough
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    extra = {"kind": category.__name__, "at": _Place(filename, lineno)}
    logger.warning("a warning was raised", extra=extra)
