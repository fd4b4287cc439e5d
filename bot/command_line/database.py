"""The commands for the database and its keys: what each is called and says about itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot import logs
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.command_line.home import Home

SANDBOX: Final = typer.Option("--sandbox", help="The sandbox's database, not the real circle's.")
YES: Final = typer.Option("--yes", "-y", help="Do not ask first.")


def home(sandbox: bool) -> Home:
    """The places of the circle that is meant."""
    from bot.command_line.home import real_home, sandbox_home

    settings = Settings.load()
    logs.set_up(settings.log_level.value, unsafe=settings.unsafe_debug)
    return sandbox_home(settings) if sandbox else real_home(settings)


def audit() -> typer.Typer:
    """The commands below `audit`."""
    app = typer.Typer(name="audit", help="What moderators did.", no_args_is_help=True)
    app.callback()(lambda: None)
    app.command()(verify)
    return app


def migrate(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and do nothing.")
    ] = False,
    sandbox: Annotated[bool, SANDBOX] = False,
) -> None:
    """Bring the database to this version's schema.

    Every start does this by itself, after a copy; here you can see it first. Stop the bot before.

    Examples:

      circlekeeper migrate --dry-run

      circlekeeper migrate
    """
    from bot.command_line.upkeep import migrate as bring_up

    raise typer.Exit(bring_up(home(sandbox), dry_run=dry_run))


def backup(
    to: Annotated[
        Path,
        typer.Argument(
            help="A new file with an ending, such as monday.sqlite3, or a folder that is there."
        ),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there.")
    ] = False,
    sandbox: Annotated[bool, SANDBOX] = False,
) -> None:
    """Copy the database into one file. Works while the bot runs.

    TO is a folder that is there already, and the file in it gets a name with the time; or it is a
    file of your own naming, with an ending such as .sqlite3.

    The key ring and the master key are NOT in it: who finds the backup cannot read it. Keep a
    copy of both in another place, or you cannot read it either. With a recipient in the settings
    the file is an age file, which backup-key makes the key for.

    Examples:

      circlekeeper backup /mnt/backups

      circlekeeper backup circle-monday.sqlite3 --force
    """
    from bot.command_line.upkeep import backup as copy

    recipient = Settings.load().backup_recipient
    raise typer.Exit(copy(home(sandbox), to, recipient, force=force))


def backup_key(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="A new file for the key.")],
) -> None:
    """Make a key for backups: the bot writes what only this key opens.

    It is an age key (age-encryption.org), so every age tool opens the backups. Make it on this
    machine, then move the file away: the bot needs only the line that is shown at the end.

    Examples:

      circlekeeper backup-key backup-key.txt
    """
    from bot.command_line.upkeep import backup_key as make

    raise typer.Exit(make(to))


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A file that backup wrote.")],
    yes: Annotated[bool, YES] = False,
    key: Annotated[
        Path | None, typer.Option("--key", help="The file with the backup key, for an age file.")
    ] = None,
    sandbox: Annotated[bool, SANDBOX] = False,
) -> None:
    """Put a backup in the database's place.

    Stop the bot first. The backup is looked at before anything changes: that it is whole, of this
    version or an older one, and of this key ring. Asks before it replaces a database. The audit
    says afterwards that it was done, and which end of it was lost.

    Examples:

      circlekeeper restore /mnt/backups/circlekeeper-20260105-031500.sqlite3

      circlekeeper restore circle-monday.sqlite3 --yes
    """
    from bot.command_line.upkeep import restore as put_back

    raise typer.Exit(put_back(home(sandbox), source, key, yes=yes))


def verify(
    anchor: Annotated[
        str | None,
        typer.Option(help="A mark from the moderators' room: NUMBER:HASH."),
    ] = None,
    sandbox: Annotated[bool, SANDBOX] = False,
) -> None:
    """Verify the record of what moderators did: that nobody changed it.

    Follows each group's chain from its start, also while the bot runs. A chain that was cut or
    made anew fits by itself; only a mark that somebody copied from the moderators' room shows
    that. Ends with 1 when something does not fit.

    Examples:

      circlekeeper audit verify

      circlekeeper audit verify --anchor 41:9f2c...
    """
    from bot.command_line.audit import verify as follow

    raise typer.Exit(follow(home(sandbox), anchor))


def rotate(
    columns: Annotated[
        bool, typer.Option("--columns", help="What the database is sealed under, instead.")
    ] = False,
    yes: Annotated[bool, YES] = False,
    sandbox: Annotated[bool, SANDBOX] = False,
) -> None:
    """Change the master key, or with --columns the key that the database is sealed under.

    Stop the bot first. A change that is cut off leaves everything readable; run it again. With
    --columns every box in the database is sealed anew and the old key is destroyed, so backups
    from before can never be read again: make a new one at once.

    Examples:

      circlekeeper rotate

      circlekeeper rotate --columns --yes
    """
    from bot.command_line.rotate import rotate_columns, rotate_master

    if columns:
        raise typer.Exit(rotate_columns(home(sandbox), yes=yes))
    raise typer.Exit(rotate_master(home(sandbox), Settings.load().credentials_directory))


COMMANDS: Final = (migrate, backup, backup_key, restore, rotate)
