"""The commands: what each is called and says about itself, and what all have in common.

What a command needs is imported when it runs, so that `--help` is there at once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot import logs
from bot.command_line import database, key
from bot.command_line.console import Exit, complain, say
from bot.command_line.database import SANDBOX, YES, home
from bot.errors import NotDurable, StartError
from bot.settings import SETUP_PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    pass

logger = logging.getLogger(__name__)


def start(arguments: Sequence[str]) -> int:
    """Run one command and give the exit code. Never raises: each error is a sentence."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows a question mark instead of an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    logs.set_up("WARNING")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        made(rich=sys.stdout.isatty())(list(arguments), prog_name="circlekeeper")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else Exit.DONE
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
        return _fault()
    return Exit.DONE


def _fault() -> int:
    number = logs.error_id()
    logger.exception("a command failed", extra={"error_id": number})
    complain(
        f"Something went wrong that should not have: a fault of the bot, error id {number}. The "
        "log says where, in the line above with that id (under systemd: journalctl -u "
        "circlekeeper). It holds nothing that members wrote, so please report it."
    )
    return Exit.FAULT


def made(*, rich: bool) -> typer.Typer:
    """The commands. Without `rich` help is plain lines, for scripts and for screen readers."""
    app = typer.Typer(
        name="circlekeeper",
        rich_markup_mode="rich" if rich else None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True)(circlekeeper)
    commands = (run, check, *database.COMMANDS, erase, scan)
    for command in commands:
        app.command()(command)
    platforms = typer.Typer(
        name="setup", help="Set up a platform, by questions.", no_args_is_help=True
    )
    platforms.callback()(lambda: None)
    platforms.command()(discord)
    platforms.command()(matrix)
    app.add_typer(platforms)
    app.add_typer(key.commands())
    app.add_typer(database.audit())
    return app


def _show_version(asked: bool) -> None:
    if asked:
        try:
            number = version("circlekeeper")
        except PackageNotFoundError:
            number = "(not installed as a package)"
        say(f"circlekeeper {number}")
        raise typer.Exit


def circlekeeper(
    context: typer.Context,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """A bot for moderated peer-support groups. Without a command it runs.

    Settings come from the environment and from .env in this folder; .env.example shows them all.

    Examples:

      circlekeeper                     start the bot; with no token set, the sandbox

      circlekeeper check               what works, and what to do about the rest

      circlekeeper backup --help       more about one command

    Exit codes: 0 done; 1 it could not be done, or check found something to do; 2 a mistake in
    the settings or the command; 70 a fault of the bot; 130 ended at once by a second Ctrl-C.
    """
    del show_version
    if context.invoked_subcommand is None:
        run()


def run() -> None:
    """Start the bot, and serve until Ctrl-C.

    With no token in the settings this is the sandbox: a pretend circle on a page in your browser,
    on this machine only, with a folder of its own. A second start tells you where the first one
    is. Ctrl-C (or SIGTERM) ends it cleanly and nothing is lost; a second Ctrl-C ends it at once.

    Examples:

      circlekeeper run

      CIRCLEKEEPER_SANDBOX_PORT=9000 circlekeeper run
    """
    settings = Settings.load()
    logs.set_up(settings.log_level.value, unsafe=settings.unsafe_debug)
    if settings.runs_sandbox:
        # Before what takes seconds on a slow machine: reading the rest of the program.
        say("Starting ...")
    from bot.command_line.running import run as serve

    raise typer.Exit(serve(settings))


def check(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for a program.")] = False,
) -> None:
    """Look at every setting, folder, key and database: ok, or what to do.

    It only looks, also while the bot runs. Ends with 1 when something has to be done. Shows no
    token, no name and nothing that anybody wrote, so you can send it to somebody who helps you.

    Examples:

      circlekeeper check

      circlekeeper check --json
    """
    from bot.command_line.checks import check as look

    raise typer.Exit(look(as_json=as_json))


PATIENTS: Final = "The group is for a clinic's, practice's or insurer's patients."


def _asked(name: str, help: str) -> Any:
    return typer.Option(
        f"--{name}", envvar=f"{SETUP_PREFIX}{name.upper().replace('-', '_')}", help=help
    )


def matrix(
    homeserver: Annotated[
        str | None, _asked("homeserver", "Its name, such as example.org, or its address.")
    ] = None,
    user: Annotated[str | None, _asked("user", "The bot's account there.")] = None,
    group: Annotated[str | None, _asked("group", "What the group is called.")] = None,
    lobby: Annotated[str | None, _asked("lobby", "The room where newcomers arrive.")] = None,
    rooms: Annotated[str | None, _asked("rooms", "The group's rooms, with commas.")] = None,
    moderators_room: Annotated[
        str | None, _asked("moderators-room", "The room of the moderators.")
    ] = None,
    admin: Annotated[
        str | None, _asked("admin", "Your own Matrix name: an admin beside the bot.")
    ] = None,
    moderators: Annotated[
        str | None, _asked("moderators", "The moderators' Matrix names, with commas.")
    ] = None,
    knock: Annotated[bool, _asked("knock", "No lobby: people knock at the group's rooms.")] = False,
    mend: Annotated[
        bool, _asked("mend", "Close what leaks in rooms that were taken over.")
    ] = False,
    new_identity: Annotated[
        bool,
        _asked("new-identity", "Give up lost keys and a foreign identity; members see a warning."),
    ] = False,
    patients: Annotated[bool, _asked("patients", PATIENTS)] = False,
) -> None:
    """Set up the circle on Matrix: account, encryption, rooms, moderators.

    It asks for what is not given, makes what is not there, writes .env and ends with check. Stop
    the bot first. Run it again as often as you like: to add a room or a moderator, to mend
    something, or because it was cut off.

    A room is new when you give a name, and taken over when you give an address (#room:server).

    The password, or an access token, is asked for, or comes from the environment:
    CIRCLEKEEPER_SETUP_PASSWORD, CIRCLEKEEPER_SETUP_TOKEN. Every option has such a name too.

    Examples:

      circlekeeper setup matrix

      circlekeeper setup matrix --homeserver example.org --user circle --admin @you:example.org
    """
    from bot.command_line.matrix_rooms import Given
    from bot.command_line.matrix_setup import set_up

    settings = Settings.load()
    logs.set_up(settings.log_level.value, unsafe=settings.unsafe_debug)
    given = Given(
        homeserver,
        user,
        group,
        lobby,
        rooms,
        moderators_room,
        admin,
        moderators,
        knock,
        mend,
        new_identity,
        patients,
    )
    raise typer.Exit(set_up(settings, given))


def discord(
    server: Annotated[str | None, _asked("server", "The server's name or number.")] = None,
    rules_channel: Annotated[
        str | None, _asked("rules-channel", "The channel where newcomers arrive.")
    ] = None,
    channels: Annotated[
        str | None, _asked("channels", "The group's channels, with commas.")
    ] = None,
    write_channel: Annotated[
        str | None, _asked("write-channel", "The channel with the standing buttons.")
    ] = None,
    moderators_channel: Annotated[
        str | None, _asked("moderators-channel", "The channel of the moderators.")
    ] = None,
    member_role: Annotated[
        str | None, _asked("member-role", "The role that opens the group's channels.")
    ] = None,
    moderator_role: Annotated[
        str | None, _asked("moderator-role", "The role of the moderators.")
    ] = None,
    moderators: Annotated[
        str | None, _asked("moderators", "The moderators' Discord names, with commas.")
    ] = None,
    close: Annotated[
        bool, _asked("close", "Hide the server's other channels from newcomers.")
    ] = False,
    patients: Annotated[bool, _asked("patients", PATIENTS)] = False,
) -> None:
    """Set up the circle on Discord: token, switches, invitation, roles, channels.

    It asks for what is not given, waits for what only you can do on Discord, makes what is not
    there, writes .env and ends with check. Stop the bot first. Run it again as often as you like:
    to add a channel or a moderator, to mend something, or because it was cut off.

    A channel is new when you give a name, and taken over when you write a # before it.

    The token is asked for, or comes from the environment: CIRCLEKEEPER_SETUP_TOKEN. Every option
    has such a name too.

    Examples:

      circlekeeper setup discord

      circlekeeper setup discord --channels "evening, small-talk" --moderators ana,ben
    """
    from bot.command_line.discord_rooms import Given
    from bot.command_line.discord_setup import set_up

    settings = Settings.load()
    logs.set_up(settings.log_level.value, unsafe=settings.unsafe_debug)
    given = Given(
        server,
        rules_channel,
        channels,
        write_channel,
        moderators_channel,
        member_role,
        moderator_role,
        moderators,
        close,
        patients,
    )
    raise typer.Exit(set_up(settings, given))


def erase(
    platform: Annotated[
        str | None, typer.Option("--platform", help="discord, matrix or sandbox.")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="The group's id there.")] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="The account's id there, not its name.")
    ] = None,
    yes: Annotated[bool, YES] = False,
    sandbox: Annotated[bool, SANDBOX] = False,
) -> None:
    """Erase what is stored about one member of one group.

    For somebody who asks you and cannot ask the bot. Stop the bot first. What you leave out is
    asked for; that way the account is not kept in your shell's history. Says at the end what
    went, and what stays and until when.

    Examples:

      circlekeeper erase

      circlekeeper erase --platform discord --group 1234567890 --account 9876543210 --yes
    """
    from bot.command_line.erase import Whom
    from bot.command_line.erase import erase as remove

    raise typer.Exit(remove(home(sandbox), Whom(platform, group, account, yes)))


def scan(
    keywords: Annotated[
        Path | None,
        typer.Option(help="A file with one keyword a line; a line that begins with # is left out."),
    ] = None,
) -> None:
    """Look for personal words in texts, with no bot and no database.

    Reads lines of JSON, {"id": ..., "text": ...}, and writes a line for each: {"id": ..., "kinds":
    [...], "findings": [{"kind", "start", "end", "severity"}]}. Start and end count the characters
    (code points) of the text. Stores and sends nothing.

    Examples:

      circlekeeper scan < texts.jsonl

      circlekeeper scan --keywords words.txt < texts.jsonl > found.jsonl
    """
    from bot.command_line.scan import scan as look

    raise typer.Exit(look(keywords))
