"""`circlekeeper audit verify`: whether somebody changed the record of what moderators did."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from bot.command_line.console import Exit, complain, say
from bot.command_line.home import Home
from bot.command_line.upkeep import load_keys, need_database
from bot.errors import StartError
from bot.store.audit_rows import Damage, Head, Verdict
from bot.store.looking import verify_audit

_ANCHOR: Final = re.compile(r"([0-9]{1,12}):([0-9a-fA-F]{64})")
_WRONG: Final = {
    Damage.CHANGED: "entry {} is not the one that was written",
    Damage.MISSING: "entry {} is missing",
    Damage.CUT: "it ends before the mark: entry {} is missing",
    Damage.OTHER: "entry {} does not fit the mark: the record was made anew",
    Damage.OPENING: "what is kept beside entry {} is not what was written",
}


def verify(home: Home, typed: str | None) -> Exit:
    """Follow each group's chain, and look for the mark in one of them."""
    need_database(home)
    anchor = None if typed is None else _read(typed)
    keys = load_keys(home) if home.ring.exists() else None
    found = asyncio.run(verify_audit(home.database, keys, anchor))
    if not found:
        if anchor is not None:
            complain("Nothing is recorded, so the mark fits nothing: the record was cut off.")
            return Exit.FAILED
        say("Nothing is recorded yet.")
        return Exit.DONE
    whole = [verdict for _, verdict in found if _holds(verdict, anchor)]
    # Every group has a chain of its own, and a mark is of one of them.
    good = bool(whole) if anchor is not None else len(whole) == len(found)
    for name, verdict in found:
        if verdict.damage is None:
            say(f"{name}: whole, {verdict.head.number} entries. It ends at {verdict.head}")
        elif anchor is None or not good or verdict.damage not in (Damage.CUT, Damage.OTHER):
            complain(f"{name}: {_WRONG[verdict.damage].format(verdict.at)}")
            good = False
        else:
            say(f"{name}: not the group of this mark.")
    if good:
        say("Nobody changed it." if anchor else "Compare the end with the mark in the room.")
        return Exit.DONE
    complain("The record was changed, or a backup was put back. An entry 'restored' would say so.")
    return Exit.FAILED


def _holds(verdict: Verdict, anchor: Head | None) -> bool:
    reaches = anchor is None or verdict.head.number >= anchor.number
    return verdict.damage is None and reaches


def _read(typed: str) -> Head:
    found = _ANCHOR.fullmatch(typed.strip())
    if found is None:
        raise StartError("A mark is a number, a colon and 64 letters and digits. Copy all of it.")
    return Head(int(found[1]), bytes.fromhex(found[2]))
