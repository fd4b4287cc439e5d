"""The commands: what each is called and says about itself, and what all have in common."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence

import typer

from bot import logs
from bot.command_line.console import Exit, complain
from bot.errors import NotDurable, StartError
from bot.settings import Settings, SettingsError

logger = logging.getLogger(__name__)


def start(arguments: Sequence[str]) -> int:
    """Run one command and give the exit code. Never raises: each error is a sentence."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows a question mark instead of an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    logs.set_up("WARNING")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return int(_app()(list(arguments), standalone_mode=True) or 0)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else Exit.FAILED
    except KeyboardInterrupt:
        complain("Stopped.")
        return Exit.STOPPED
    except BrokenPipeError:
        # Whoever read along has read enough; nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except SettingsError as error:
        complain(str(error))
        return Exit.SETTINGS
    except StartError as error:
        complain(str(error))
        return Exit.FAILED
    except NotDurable as error:
        complain(f"That could not be stored ({error}). Look for room on the disk; try again.")
        return Exit.FAILED
    except Exception:
        number = logs.error_id()
        logger.exception("a command failed", extra={"error_id": number})
        complain(
            f"Something went wrong that should not have: a fault of the bot, error id {number}. "
            "The line above with that id is its log and says where; it holds nothing that "
            "members wrote. Please report it."
        )
        return Exit.FAULT


def _app() -> typer.Typer:
    # Without a terminal: plain lines, without boxes, for scripts and for e-mail.
    rich = "rich" if sys.stdout.isatty() else None
    app = typer.Typer(
        name="circlekeeper",
        rich_markup_mode=rich,  # type: ignore[arg-type]
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def main(context: typer.Context) -> None:
        """A bot for moderated peer-support groups. Without a command it runs."""
        if context.invoked_subcommand is None:
            raise typer.Exit(_run())

    @app.command()
    def run() -> None:
        """Start the bot."""
        raise typer.Exit(_run())

    return app


def _run() -> int:
    from bot.command_line.running import run as serve

    settings = Settings.load()
    logs.set_up(settings.log_level.value, unsafe=settings.unsafe_debug)
    return serve(settings)
