"""No byte of the log holds what people wrote: names and sentences are planted everywhere."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import resource
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from enum import Enum
from textwrap import dedent

import pytest

from bot import logs
from bot.model import Account

NAME = "Zephyrine Quillfeather"
SENTENCE = "last night I wrote this where nobody should see it"
PLANTED = (NAME, SENTENCE, "Zephyrine", "Quillfeather", "nobody should", "zephyrine")

Lines = Callable[[], str]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Logging as the bot sets it up, into memory; everything put back afterwards."""
    root = logging.getLogger()
    before = (
        root.handlers[:],
        root.level,
        logging.raiseExceptions,
        sys.excepthook,
        threading.excepthook,
        sys.unraisablehook,
        warnings.showwarning,
        resource.getrlimit(resource.RLIMIT_CORE),
    )
    stream = io.StringIO()
    logs.set_up("INFO", stream=stream)
    yield stream.getvalue
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logging.raiseExceptions = before[2]
    sys.excepthook, threading.excepthook, sys.unraisablehook = before[3:6]
    warnings.showwarning = before[6]
    for name in logs.FOREIGN:
        logging.getLogger(name).setLevel(logging.NOTSET)


def nothing_planted(text: str) -> bool:
    return not any(word in text for word in PLANTED)


def fail_deep(depth: int, words: str) -> None:
    """Raises with the words in the message and in the local variables of every frame."""
    local = f"{words} {depth}"
    if depth:
        fail_deep(depth - 1, local)
    try:
        raise KeyError(local)
    except KeyError as error:
        raise ValueError(f"could not read {local}") from error


@pytest.mark.parametrize("name", ["bot.router", "adapters.sandbox", "discord.http", "nio.client"])
def test_what_a_message_quotes_is_withheld(lines: Lines, name: str) -> None:
    logger = logging.getLogger(name)
    logger.warning("unknown person %s wrote %r", NAME, SENTENCE)
    logger.warning(f"unknown person {NAME}")
    logger.warning("unknown person " + SENTENCE)
    logger.warning(SENTENCE)
    logger.warning("%(who)s wrote", {"who": NAME})
    logger.warning({"who": NAME})
    logger.warning(ValueError(SENTENCE))
    logger.error("%s", NAME)
    logger.error("two %s and %s", NAME)  # too few arguments: logging itself would complain

    assert nothing_planted(lines())
    assert "unknown person ... wrote ..." in lines()
    assert lines().count("withheld, ") == 6
    assert len(lines().splitlines()) == 9


@pytest.mark.parametrize("name", ["bot.router", "discord.http"])
def test_an_exception_is_types_and_places(lines: Lines, name: str) -> None:
    try:
        fail_deep(3, f"{NAME}: {SENTENCE}")
    except ValueError:
        logging.getLogger(name).exception("it failed")

    assert nothing_planted(lines())
    assert "it failed error=ValueError at=" in lines()
    assert "cause=KeyError at=" in lines()
    assert "tests/test_logs.py:" in lines()
    assert len(lines().splitlines()) == 1


def test_groups_of_exceptions_notes_and_circles_are_told_safely(lines: Lines) -> None:
    first, second = ValueError(NAME), OSError(SENTENCE)
    first.__context__, second.__context__ = second, first
    first.add_note(SENTENCE)
    group = ExceptionGroup(SENTENCE, [first, ExceptionGroup(NAME, [second])])

    logging.getLogger("bot").error("it failed", exc_info=group)

    assert nothing_planted(lines())
    assert "error=ExceptionGroup part=ValueError part=ExceptionGroup" in lines()


class Why(Enum):
    FORBIDDEN = SENTENCE


def test_only_harmless_fields_are_shown(lines: Lines) -> None:
    logging.getLogger("bot").warning(
        "could not remove",
        extra={
            "count": 3,
            "done": True,
            "why": Why.FORBIDDEN,
            "key": "join-start",
            "command": "let go",
            "error_id": "9f86d081",
            "author": NAME,
            "account": Account("discord", NAME),
            "handle": 175928847299117063,
            "state": SENTENCE,
            "kind": f"{NAME}\nerror=Fake",
            "parts": [NAME],
        },
    )
    line = lines()

    assert nothing_planted(line)
    assert (
        'could not remove count=3 done=true why=forbidden key=join-start command="let go" '
        "error_id=9f86d081 author=withheld account=withheld handle=withheld state=withheld "
        "kind=withheld parts=withheld\n"
    ) in line


def test_other_packages_show_no_fields_and_nothing_below_warning(lines: Lines) -> None:
    for name in (*logs.FOREIGN, "some.package"):
        logging.getLogger(name).info("hello")
        logging.getLogger(name).debug("hello")
        logging.getLogger(name).warning("careful", extra={"command": NAME})

    assert "hello" not in lines()
    assert nothing_planted(lines())
    assert lines().count("careful\n") == len(logs.FOREIGN) + 1


def test_warnings_are_kind_and_place(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned
        warnings.warn(f"{NAME} is deprecated", UserWarning, stacklevel=1)

    assert nothing_planted(lines())
    assert "a warning was raised kind=UserWarning at=" in lines()


@pytest.mark.parametrize("watched", [True, False])
def test_a_task_that_failed_unseen(lines: Lines, watched: bool) -> None:
    async def run() -> None:
        if watched:
            logs.watch(asyncio.get_running_loop())

        async def fail() -> None:
            fail_deep(1, NAME)

        task = asyncio.create_task(fail(), name=NAME)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(run())

    assert nothing_planted(lines())
    assert "error=ValueError" in lines()


def test_a_thread_and_a_finaliser_that_fail(lines: Lines) -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError(NAME)

    threading.excepthook, hook = logs._uncaught_in_thread, threading.excepthook
    sys.unraisablehook, unraisable = logs._unraisable, sys.unraisablehook
    try:
        thread = threading.Thread(target=fail_deep, args=(1, SENTENCE), name=NAME)
        thread.start()
        thread.join()
        broken: Broken | None = Broken()
        assert broken
        broken = None
        gc.collect()
    finally:
        threading.excepthook, sys.unraisablehook = hook, unraisable

    assert nothing_planted(lines())
    assert "a thread stopped by an error error=ValueError" in lines()
    assert "an error nobody could catch error=ValueError" in lines()


PROGRAM = """
    import asyncio, logging, resource, sys, warnings
    from bot import logs

    logs.set_up()
    words = sys.argv[1]
    warnings.warn(words)
    warnings.warn("again " + words, DeprecationWarning)
    logging.getLogger("bot").info("two %s %s", words)
    exec(compile("def f(x): raise ValueError(x)", words, "exec"))

    async def main():
        logs.watch(asyncio.get_running_loop())
        task = asyncio.create_task(asyncio.to_thread(f, words))
        await asyncio.wait([task])
        del task
        logging.getLogger("bot").info("core limit", extra={"limit": sum(
            resource.getrlimit(resource.RLIMIT_CORE))})
        try:
            f(words)
        except ValueError:
            raise type(words.split()[0], (RuntimeError,), {})(words)

    asyncio.run(main())
"""


def test_a_whole_program_that_ends_in_an_error() -> None:
    done = subprocess.run(
        [sys.executable, "-c", dedent(PROGRAM), SENTENCE],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert nothing_planted(done.stderr)
    assert "a task failed unseen error=ValueError" in done.stderr
    assert "CRITICAL bot.logs stopped by an error" in done.stderr
    assert "during=ValueError" in done.stderr
    assert "core limit limit=0" in done.stderr or "limit=0" in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_needs_to_be_called_unsafe() -> None:
    with pytest.raises(ValueError, match="unsafe"):
        logs.set_up("DEBUG")


def test_an_error_id_is_short_and_new() -> None:
    ids = {logs.error_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 8 and int(each, 16) >= 0 for each in ids)
