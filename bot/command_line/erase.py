"""`erase`: remove what is stored about one member, and say honestly what is not removed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

import typer

from bot.command_line.console import Exit, say
from bot.command_line.home import Home
from bot.command_line.upkeep import alone, load_keys, need_database
from bot.errors import StartError
from bot.model import Account, Group
from bot.reply import Text
from bot.store import Store
from bot.store.erasing import Erased, erase_member
from bot.store.ledger import LEDGER_NAME
from bot.store.looking import groups_of
from bot.store.tables import metadata
from bot.texts import DEFAULT_LANGUAGE, Texts


@dataclass(frozen=True, slots=True)
class Whom:
    """What was given on the command line; what is None is asked for."""

    platform: str | None
    group: str | None
    account: str | None
    yes: bool


def erase(home: Home, whom: Whom) -> Exit:
    """Erase one member of one group."""
    need_database(home)
    with alone(home):
        return asyncio.run(_erase(home, whom))


async def _erase(home: Home, whom: Whom) -> Exit:
    store = await Store.open(home.database, load_keys(home))
    try:
        group = _choose_group(await groups_of(store), whom)
        handle = whom.account or _asked("The account's handle there", "--account")
        if not whom.yes:
            _confirm()
        erased = await erase_member(store, group, Account(group.platform, handle.strip()))
    finally:
        await store.close()
    _report(erased)
    return Exit.DONE


def _choose_group(known: list[Group], whom: Whom) -> Group:
    """The group that is meant. Raises `StartError`; never guesses when there are several."""
    fitting = [
        group
        for group in known
        if whom.platform in (None, group.platform) and whom.group in (None, group.handle)
    ]
    if not fitting:
        raise StartError(
            "Nothing is stored about a group like that, so nothing was erased. Look at --platform "
            "and --group; without them you are shown the groups to choose from."
        )
    if len(fitting) == 1 and (whom.group is not None or len(known) == 1):
        return fitting[0]
    for number, group in enumerate(fitting, 1):
        say(f"  {number}  {group.platform}  {group.handle}")
    typed = _asked("The number of the group", "--platform and --group")
    if not typed.isdecimal() or not 1 <= int(typed) <= len(fitting):
        raise StartError("There is no group with that number. Nothing was erased.")
    return fitting[int(typed) - 1]


def _asked(what: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise StartError(f"{what} is missing: add {option}. Nothing was erased.")
    return str(typer.prompt(what)).strip()


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise StartError("Erasing cannot be undone. If it is meant, add --yes. Nothing was erased.")
    say("Everything that the bot holds about this account in this group goes for good.")
    if not typer.confirm("Erase it?"):
        say("Nothing was erased.")
        raise typer.Exit(Exit.FAILED)


def _report(erased: Erased) -> None:
    gone = {name: count for name, count in erased.deleted.items() if count}
    unlinked = {name: count for name, count in erased.unlinked.items() if count}
    if not gone and not unlinked:
        say("Nothing was stored about that account in that group, so nothing had to go.")
    for name, count in gone.items():
        say(f"Erased ({count}): {_about(name)}")
    for name, count in unlinked.items():
        say(f"Stays without the member ({count}): {_about(name)}")
    texts = Texts.load([DEFAULT_LANGUAGE])
    say()
    say("What may stay, because nobody can tell whose it is or a protection needs it:")
    for keep in erased.kept.values():
        say(f"  - {texts.say(Text(keep.reason), DEFAULT_LANGUAGE)}")
    say("  - What the member wrote in the rooms: it is on the platform. Remove it there.")
    say("  - Backups from before today still hold these rows. Delete those you do not need. Is one")
    say("    put back, the bot erases this member again at its start, by the list of keyed marks")
    say(f"    beside the key ring ({LEDGER_NAME}). That list stays, so that this goes on to work.")
    if not erased.swept:
        say("The file still holds the bytes of what was erased. The bot's next sweep, within")
        say("ten minutes of its start, overwrites them.")
    say("If the account is still in the group, it is held again until it joins anew.")


def _about(table: str) -> str:
    return metadata.tables[table].comment or table
