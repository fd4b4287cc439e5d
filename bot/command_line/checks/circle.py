"""One circle's folders, keys, database and groups."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.command_line.checks.finding import Finding, do, note, ok, split
from bot.command_line.home import Home
from bot.command_line.upkeep import is_running, last_backup
from bot.errors import StartError
from bot.services.break_glass.counts import DRILLED
from bot.services.helplines import ASK_AGAIN, HIDDEN
from bot.services.key_holders import FEWEST
from bot.store import KeyRing, MasterKey, age_files
from bot.store.ledger import ErasureLedger
from bot.store.looking import Seen, SeenGroup, look, verify_audit
from bot.store.migrations.revisions import is_known, newest_revision

OLD_BACKUP: Final = timedelta(days=7)


async def of_circle(home: Home, area: str, recipient: str | None) -> list[Finding]:
    """Everything about one circle, and whom its backups are for. Reads its whole database once."""
    if not home.exists and not home.ring.exists():
        return [ok(area, "Database", f"not there yet; the first start makes {home.place}")]
    findings = [*_folders(home, area)]
    keys, of_keys = _keys(home, area)
    findings += of_keys
    if not home.exists:
        todo = (
            "If it is on another disk, connect that. If it is lost: circlekeeper restore. To "
            f"begin anew, move what is in {home.keys} away."
        )
        return [*findings, do(area, "Database", f"missing at {home.place}", todo)]
    seen = await look(home.database, keys, datetime.now(UTC))
    findings += _database(home, area, seen)
    running = is_running(home)
    findings.append(
        ok(area, "Running", "yes, a process has this database" if running else "no")
        if home.file is not None
        else note(area, "Running", "not known for a database on PostgreSQL")
    )
    if seen.damage is None:
        findings += await _audit(home, area, keys if seen.ring_fits else None)
    findings += _backups(home, area, recipient)
    for number, group in enumerate(seen.groups, 1):
        findings += _group(f"{area}: {group.platform} group {number}", group)
    return findings


def _folders(home: Home, area: str) -> Iterator[Finding]:
    # A database file that was set to lie elsewhere may be in a folder that others use too.
    if home.file is not None and home.file.parent == home.folder:
        yield _private(area, "Data folder", home.folder, "700")
    yield _private(area, "Keys folder", home.keys, "700")
    if home.file is not None and home.file.exists():
        yield _private(area, "Database file", home.file, "600")


def _private(area: str, what: str, path: Path, right: str) -> Finding:
    """A file or folder that is its owner's alone, and that the bot may write."""
    try:
        found = path.stat()
    except OSError as error:
        todo = "Let the bot's user read it, or correct the setting."
        return do(area, what, f"{path} cannot be looked at: {error.strerror}", todo)
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(found.st_mode)
        said = f"{path} is open to other users of this machine (mode {mode:o})"
        return do(area, what, said, f"chmod {right} {path}")
    if not os.access(path, os.W_OK):
        owner = "another user's" if found.st_uid != os.geteuid() else "read-only"
        todo = "Let the user who runs the bot own it."
        return do(area, what, f"{path} is {owner}: this user cannot write there", todo)
    return ok(area, what, f"{path}, its owner's alone")


def _keys(home: Home, area: str) -> tuple[KeyRing | None, list[Finding]]:
    findings: list[Finding] = []
    try:
        master = MasterKey.load(home.master)
    except StartError as error:
        findings.append(do(area, "Master key", *split(error)))
        return None, findings
    findings.append(_of_master(home, area, master))
    try:
        ring = KeyRing.load(home.ring, master)
    except StartError as error:
        findings.append(do(area, "Key ring", *split(error)))
        return None, findings
    findings.append(_private(area, "Key ring", home.ring, "600"))
    findings += _erasures(area, ErasureLedger(ring))
    if ring.column_keys > 1:
        said = "a change of the keys was cut off; everything can be read meanwhile"
        findings.append(do(area, "Keys", said, "circlekeeper rotate --columns ends it."))
    return ring, findings


def _erasures(area: str, ledger: ErasureLedger) -> Iterator[Finding]:
    if not ledger.path.exists():
        return
    try:
        ledger.all()
    except StartError as error:
        yield do(area, "List of erasures", *split(error))
        return
    yield _private(area, "List of erasures", ledger.path, "600")


def _of_master(home: Home, area: str, master: MasterKey) -> Finding:
    what = "Master key"
    if master.readable_by_others:
        said = f"{home.master} can be read by other users of this machine"
        return do(area, what, said, f"chmod 600 {home.master}")
    if home.is_sandbox:
        return ok(area, what, f"{home.master}; the sandbox holds nobody's words")
    if home.master.resolve().parent in (home.ring.resolve().parent, home.folder.resolve()):
        return note(
            area,
            what,
            f"{home.master} lies beside what it protects: who copies that folder can read all",
            "Better: a systemd credential, a container secret, or a file on another disk "
            "(CIRCLEKEEPER_MASTER_KEY_FILE).",
        )
    return ok(area, what, str(home.master))


def _database(home: Home, area: str, seen: Seen) -> Iterator[Finding]:
    if seen.damage is not None:
        todo = (
            "Stop the bot and restore a backup: circlekeeper restore. Keep the damaged file."
            if home.file is not None
            else "Look whether the server runs and lets the bot in."
        )
        yield do(area, "Database", f"{home.place} cannot be read ({seen.damage})", todo)
        return
    yield ok(area, "Database", f"{home.place} is whole")
    yield _schema(area, seen.revision)
    if seen.wal is False:
        said = "does not write ahead (WAL); the next start puts that right"
        yield note(area, "Journal", said)
    elif seen.wal:
        yield ok(area, "Journal", "writes ahead (WAL)")
    if seen.ring_fits is False:
        todo = "Put back the ring and the master key that belong to this database."
        yield do(area, "Key ring fits", "no: it cannot read this database", todo)
    elif seen.ring_fits:
        yield ok(area, "Key ring fits", "yes")


async def _audit(home: Home, area: str, keys: KeyRing | None) -> list[Finding]:
    what = "Audit"
    try:
        found = await verify_audit(home.database, keys, None)
    except StartError:
        # A schema that has none yet. What that means is told beside this.
        return []
    wrong = [name for name, verdict in found if verdict.damage is not None]
    if wrong:
        todo = "circlekeeper audit verify says where. Somebody changed the database by hand."
        return [do(area, what, f"does not add up: {', '.join(wrong)}", todo)]
    entries = sum(verdict.head.number for _, verdict in found)
    return [ok(area, what, f"adds up, {entries} entries")]


def _schema(area: str, revision: str | None) -> Finding:
    what, newest = "Schema", newest_revision()
    if revision == newest:
        return ok(area, what, f"{revision}, the newest")
    if revision is None:
        return note(area, what, "none yet; the next start makes it")
    if is_known(revision):
        todo = "circlekeeper migrate does it now; --dry-run shows what it would do."
        return note(area, what, f"{revision}; the next start brings it to {newest}", todo)
    said = f"{revision}, of a newer Circlekeeper than this one"
    return do(area, what, said, "Install that version again, or restore an older backup.")


def _backups(home: Home, area: str, recipient: str | None) -> Iterator[Finding]:
    if home.is_sandbox:
        return
    if home.file is None:
        todo = "Close what it writes: pg_dump ... | age -r AGE1... > FILE"
        yield note(area, "Backup", "not known: PostgreSQL is backed up with pg_dump", todo)
        return
    yield _backup_key(area, recipient)
    last = last_backup(home)
    todo = "circlekeeper backup FOLDER, best every night."
    if last is None:
        yield note(area, "Backup", "none was made with circlekeeper backup", todo)
    elif datetime.now(UTC) - last > OLD_BACKUP:
        yield note(area, "Backup", f"the last one is of {_days(last.date())}", todo)
    else:
        yield ok(area, "Backup", f"the last one is of {_days(last.date())}")


def _backup_key(area: str, recipient: str | None) -> Finding:
    what = "Key for backups"
    if recipient is None:
        said = "none, so backups are not encrypted as a whole: how much is in them can be counted"
        todo = "circlekeeper backup-key FILE makes one and shows the line for .env."
        return note(area, what, said, todo)
    if not age_files.is_recipient(recipient):
        todo = "Put there what circlekeeper backup-key showed: age1 and more."
        return do(area, what, "the setting is no age key, so no backup can be made", todo)
    return ok(area, what, "set: backups are encrypted, and the bot itself cannot open them")


def _group(area: str, group: SeenGroup) -> Iterator[Finding]:
    if group.rules_version is None or group.rules_published is None:
        said = "none stored; the bot gives the group its default ones when it starts"
        yield note(area, "Ground rules", said)
    else:
        day = group.rules_published.date().isoformat()
        yield ok(area, "Ground rules", f"version {group.rules_version} of {day}")
    if group.emergency_number:
        yield ok(area, "Emergency number", "set by the moderators")
    else:
        todo = "In the moderators' room: set, with name emergency-number and the number."
        yield do(area, "Emergency number", "not set, so Help now cannot name it", todo)
    yield _helplines(area, group.helplines_checked)
    yield _key_holders(area, group.key_holders)
    if group.key_holders >= FEWEST:
        yield _practice(area, group.last_drill)
    if group.overdue:
        said = f"{group.overdue} messages are past their time and still there"
        todo = "Start the bot. If it runs: type status in the moderators' room."
        yield note(area, "Removals", said, todo)


def _helplines(area: str, checked: tuple[date, ...]) -> Finding:
    what, today = "Helplines", datetime.now(UTC).date()
    shown = [day for day in checked if today - day <= HIDDEN]
    if not shown:
        said = "all were last confirmed over a year ago and are not shown" if checked else "none"
        todo = "A moderator tries a line and then adds or confirms it: helpline add."
        return do(area, what, said, todo)
    said = f"{len(shown)} confirmed; the oldest check was {_days(min(shown))}"
    if today - min(shown) > ASK_AGAIN:
        todo = "A moderator looks at them again: helplines, then helpline confirm."
        return note(area, what, said, todo)
    return ok(area, what, said)


def _key_holders(area: str, count: int) -> Finding:
    what, offer = "Key-holders", "A moderator types: key offer. Another one confirms it."
    if count < FEWEST:
        said = f"{count}, and two are needed: posts without a name go out without a seal"
        return note(area, what, said, f"{offer} Then they practise: break-glass drill")
    if count == FEWEST:
        said = "two; if one of them loses the key, nobody can open a post any more"
        return note(area, what, said, f"A third helps. {offer}")
    return ok(area, what, f"{count}; any two of them can open a post without a name")


def _practice(area: str, last: datetime | None) -> Finding:
    what, todo = "Practice", "A moderator types: break-glass drill. It opens no real post."
    if last is None:
        return note(area, what, "the key-holders never opened a post for practice", todo)
    said = f"the key-holders last practised {_days(last.date())}"
    if datetime.now(UTC) - last > DRILLED:
        return note(area, what, f"{said}; once in three months is good", todo)
    return ok(area, what, said)


def _days(day: date) -> str:
    days = (datetime.now(UTC).date() - day).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
