"""`run`: from settings to a bot that serves, and to a clean end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from bot import logs
from bot.command_line.circle import serve
from bot.command_line.console import Exit, complain, say
from bot.command_line.home import AlreadyRunning, sandbox_home
from bot.errors import StartError
from bot.garbage import collect_seldom
from bot.settings import Settings
from bot.texts import default_texts

logger = logging.getLogger(__name__)


def run(settings: Settings) -> Exit:
    """Serve what is configured until told to stop."""
    parts = []
    if settings.platforms:
        parts.append(serve)
    if settings.runs_sandbox:
        parts.append(_sandbox)
    if parts:
        return until_stopped(lambda: _first_to_end([part(settings) for part in parts]))
    complain(
        "There is nothing to run: no platform is configured and the sandbox is off. Set "
        "CIRCLEKEEPER_SANDBOX=auto to try the bot out in a browser."
    )
    return Exit.SETTINGS


async def _first_to_end(parts: list[Coroutine[Any, Any, Exit]]) -> Exit:
    """Serve all; when one ends, or cannot start, the others are ended in good order."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _sandbox(settings: Settings) -> Exit:
    from bot.command_line.sandbox import Sandbox, already_at

    home = sandbox_home(settings)
    texts = default_texts()
    try:
        await Sandbox(home, settings.sandbox_port, texts).run()
    except AlreadyRunning as error:
        address = await already_at(home.folder)
        if address is None:
            raise StartError(
                f"{error} It has no page, so it is starting, stopping or hanging. "
                "Wait a few seconds and try again, or stop that process."
            ) from error
        say("Circlekeeper's sandbox is already running at:")
        say()
        say(f"  {address}", "bold")
    return Exit.DONE


def until_stopped(work: Callable[[], Coroutine[Any, Any, Exit]]) -> Exit:
    """Run until it ends or SIGINT or SIGTERM comes; a second one ends the process at once."""
    collect_seldom()
    return asyncio.run(_until_stopped(work))


async def _until_stopped(work: Callable[[], Coroutine[Any, Any, Exit]]) -> Exit:
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    task = loop.create_task(work())
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            complain("Stopped at once. What was being sent is sent again at the next start.")
            sys.stdout.flush()
            os._exit(Exit.STOPPED)
        asked = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not asked:
            raise
        say("Stopped. Nothing is lost: the next start goes on from here.")
        return Exit.DONE
