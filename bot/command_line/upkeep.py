"""`migrate`, `backup`, `restore`: what a host does with the database as a whole."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.command_line.console import Exit, complain, say
from bot.command_line.home import BACKUP_MARK, AlreadyRunning, FolderLock, Home
from bot.errors import StartError
from bot.services.anonymity.changes import let_go_of_waiting
from bot.services.audit import Deed
from bot.store import (
    Connection,
    KeyRing,
    MasterKey,
    Store,
    age_files,
    audit_rows,
    backups,
    migrations,
)
from bot.store.audit_rows import START, Head
from bot.store.engines import place
from bot.store.ledger import LEDGER_NAME
from bot.store.looking import (
    Seen,
    ends_of_audit,
    is_locked,
    look,
    revisions_after,
)
from bot.store.migrations.revisions import is_known, newest_revision


def is_running(home: Home) -> bool:
    """Whether a bot runs on this database, as far as this machine's locks tell."""
    if home.is_sandbox and is_locked(home.folder / FolderLock.NAME):
        return True
    where = place(home.database)
    return where.path is not None and is_locked(where.lock)


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Refuse while the bot runs, and keep it from starting meanwhile.

    Raises `StartError`. For a real circle the store's own lease does it.
    """
    try:
        if is_running(home):
            raise AlreadyRunning
        lock = FolderLock(home.folder) if home.is_sandbox else None
    except AlreadyRunning:
        raise StartError(
            f"The bot is running on {home.name}'s database. Stop it first: Ctrl-C where it was "
            "started, or systemctl stop circlekeeper. Nothing was changed."
        ) from None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def need_database(home: Home) -> None:
    """Raise `StartError` when nothing was ever stored there."""
    if not home.exists:
        hint = "" if home.is_sandbox else " For the sandbox's database, add --sandbox."
        raise StartError(
            f"There is no database at {home.place} yet; the first start makes it.{hint}"
        )


def load_keys(home: Home) -> KeyRing:
    """The key ring as it is. Raises `StartError`."""
    return KeyRing.load(home.ring, MasterKey.load(home.master))


def migrate(home: Home, *, dry_run: bool) -> Exit:
    """Bring the database to this version's schema."""
    need_database(home)
    seen = _seen(home)
    if seen.revision == newest_revision():
        say(f"The database has the newest schema, {seen.revision}. There is nothing to do.")
        return Exit.DONE
    if seen.revision is not None and not is_known(seen.revision):
        raise StartError(
            f"The database was written by a newer Circlekeeper (schema {seen.revision}). Install "
            "that version again, or restore an older backup. Nothing was changed."
        )
    if dry_run:
        say(f"The database has {_named(seen.revision)}. This would be applied, in this order:")
        for name, what in revisions_after(seen.revision):
            say(f"  {name}: {what}")
        say("Nothing was changed. Without --dry-run it is done, after a copy of the file.")
        return Exit.DONE
    with alone(home):
        asyncio.run(migrations.migrate(home.database))
    say(f"The database has schema {newest_revision()} now; before it had {_named(seen.revision)}.")
    return Exit.DONE


def _named(revision: str | None) -> str:
    return "no schema yet" if revision is None else f"schema {revision}"


def _seen(home: Home) -> Seen:
    seen = asyncio.run(look(home.database, None, datetime.now(UTC)))
    if seen.damage is not None:
        raise StartError(
            f"The database {home.place} cannot be read ({seen.damage}). Nothing was changed. "
            "Check that it is there and not in the way of another program; if it is damaged, "
            "restore a backup (circlekeeper restore)."
        )
    return seen


def backup(home: Home, to: Path, recipient: str | None, *, force: bool) -> Exit:
    """Copy the database into one file, also while the bot runs."""
    need_database(home)
    if to.is_dir():
        ending = "sqlite3.age" if recipient else "sqlite3"
        to = to / f"circlekeeper-{datetime.now(UTC):%Y%m%d-%H%M%S}.{ending}"
    _refuse_own_files(home, to)
    if not to.suffix and not to.exists():
        # Meant as a folder, most of the time; a file of that name would surprise.
        raise StartError(
            f"There is no folder {to}. To put the backup in a folder of that name, make it first: "
            f"mkdir -p {to}. To write a file, give it an ending: {to}.sqlite3"
        )
    if not to.parent.is_dir():
        raise StartError(f"There is no folder {to.parent}. Make it first: mkdir -p {to.parent}")
    if to.exists() and not force:
        raise StartError(f"{to} exists already. Name a new file, or add --force to replace it.")
    if force:
        # Only a backup that is whole takes the place of the one before.
        fresh = to.with_name(f"{to.name}.new")
        fresh.unlink(missing_ok=True)
        asyncio.run(backups.backup(home.database, fresh, recipient))
        os.replace(fresh, to)
    else:
        asyncio.run(backups.backup(home.database, to, recipient))
    _note_backup(home)
    say(f"The backup is at {to} ({max(1, to.stat().st_size // 1024)} KB), and it is whole.")
    say()
    say("Not in it, on purpose, since whoever finds a backup shall not be able to read it:")
    say(f"  the key ring    {home.ring}")
    say(f"  the master key  {home.master}")
    say(f"  who was erased  {home.ring.with_name(LEDGER_NAME)} (keyed marks, no names)")
    say("Without the first two this backup cannot be read by anyone, you included. Keep a copy of")
    say("each in another place than the backups. A ring that is copied keeps keys that the bot")
    say("destroys later, so replace the copy now and then.")
    say()
    if recipient:
        say(
            "It is an age file: your backup key opens it (circlekeeper restore --key FILE, or age)."
        )
    else:
        say("What people wrote and who they are is sealed in it; how much there is, is not.")
        say("circlekeeper backup-key FILE makes a key that closes the whole file as well.")
    return Exit.DONE


def backup_key(to: Path) -> Exit:
    """Make the key that opens backups, in a new file."""
    secret, recipient = age_files.new_key()
    try:
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {recipient}\n{secret}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StartError(f"{to} cannot be written: {error.strerror}. Nothing was made.") from None
    say(f"The key is in {to}. Move it off this machine, to two places that only you can reach.")
    say("Whoever has it can open the backups; without it nobody can. For the bot, put into .env:")
    say()
    say(f"CIRCLEKEEPER_BACKUP_RECIPIENT={recipient}")
    return Exit.DONE


def _refuse_own_files(home: Home, to: Path) -> None:
    own = [home.ring, home.master]
    if home.file is not None:
        own += [home.file.with_name(home.file.name + rest) for rest in ("", "-wal", "-shm")]
    if to.resolve() in {path.resolve() for path in own}:
        raise StartError(f"{to} is one of the bot's own files. Name another file for the backup.")


def _note_backup(home: Home) -> None:
    if home.file is not None:
        # Only for the age in `check`: the backup itself is there already.
        with suppress(OSError):
            mark = home.file.with_name(home.file.name + BACKUP_MARK)
            mark.write_text(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n", encoding="ascii")


def last_backup(home: Home) -> datetime | None:
    """When `backup` was last run for this database; None when that is not known."""
    if home.file is None:
        return None
    try:
        noted = home.file.with_name(home.file.name + BACKUP_MARK).read_text(encoding="ascii")
        return datetime.strptime(noted.strip(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (OSError, ValueError):
        return None


def restore(home: Home, source: Path, key: Path | None, *, yes: bool) -> Exit:
    """Put a backup in the database's place. `key` opens an age file."""
    if not source.is_file():
        raise StartError(f"There is no backup at {source}.")
    if home.file is not None and source.resolve() == home.file.resolve():
        raise StartError(f"{source} is the database itself. Name a backup.")
    with alone(home), _opened(home, source, key) as source:
        _check_ring(home, source)
        if home.exists and not yes:
            ask(
                f"There is a database at {home.place}. Everything in it goes for good and the "
                f"backup takes its place.",
                "Replace it?",
            )
        lost = asyncio.run(ends_of_audit(home.database))
        asyncio.run(backups.restore(source, home.database, force=True))
        if home.ring.exists():
            asyncio.run(_record_restoring(home, lost))
    say(f"The backup is in place at {home.place}.")
    say()
    say("Before you start the bot:")
    say("  - circlekeeper check")
    say("After you started it:")
    say("  - Members who were erased since the backup are erased again at the first start, by")
    say(f"    the list beside the key ring, {home.ring.with_name(LEDGER_NAME)}.")
    say("    Without that list they are back: erase them again.")
    say("  - What moderators changed since (ground rules, helplines, settings) is as it was then.")
    say("  - Who joined since has to read the ground rules again; the bot holds them meanwhile.")
    say("  - Posts without a name that waited then do not go out. They may have gone out since, or")
    say("    been taken back; their receipts say that nobody can tell.")
    say("  - Messages whose time is over by now are removed first thing. Those written since the")
    say("    backup may have no due time any more: look at the rooms with a lifetime.")
    return Exit.DONE


@contextmanager
def _opened(home: Home, source: Path, key: Path | None) -> Iterator[Path]:
    """The backup as a plain file for a while, in the folder of the database."""
    if not age_files.is_age(source):
        yield source
        return
    if key is None or not key.is_file():
        raise StartError(
            f"{source} is an age file. Name the file with the key that opens it: --key FILE."
        )
    plain = home.folder / "opened-backup"
    try:
        home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        age_files.decrypt(source, plain, key)
        yield plain
    except OSError as error:
        raise StartError(f"The backup could not be opened: {error.strerror}.") from None
    finally:
        plain.unlink(missing_ok=True)


async def _record_restoring(home: Home, lost: dict[bytes, Head]) -> None:
    """Write into each group's audit which end it lost, so that an anchor of before is explained.

    What waits to be posted without a name is let go in the same transaction.
    """
    store = await Store.open(home.database, load_keys(home))
    now = datetime.now(UTC)

    async def work(conn: Connection) -> None:
        await let_go_of_waiting(conn, store.keys, now.date())
        for group_id in await audit_rows.heads(conn) | lost:
            end = lost.get(group_id, Head(0, START))
            facts = {"lost-number": end.number, "lost-hash": end.hash.hex()}
            await audit_rows.add(conn, None, group_id, now, Deed.RESTORED.value, facts, {})

    try:
        await store.write(work)
    finally:
        await store.close()


def _check_ring(home: Home, source: Path) -> None:
    """Refuse a backup that this key ring cannot read, before anything is replaced."""
    if not home.ring.exists():
        complain(
            f"There is no key ring at {home.ring}. The backup is put in place; before the bot can "
            "start, put the ring and the master key that belong to it there."
        )
        return
    url = f"sqlite:///{source.absolute()}"
    if asyncio.run(look(url, load_keys(home), datetime.now(UTC))).ring_fits is False:
        raise StartError(
            f"That backup belongs to another key ring than {home.ring}, which could not read it. "
            "Put the ring and the master key that belong to it in place first. Nothing was changed."
        )


def ask(fact: str, question: str) -> None:
    """Go on only when somebody says yes."""
    if not sys.stdin.isatty():
        raise StartError(f"{fact} Nothing was changed. If that is meant, add --yes.")
    say(fact)
    if not typer.confirm(question):
        say("Nothing was changed.")
        raise typer.Exit(Exit.FAILED)
