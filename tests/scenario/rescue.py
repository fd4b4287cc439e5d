"""Somebody writes without a name that they are in danger, and two key-holders look who it is.

The scenario knows no platform: `test_rescue.py` plays it on each, and the outcome is the same.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from bot.model import Account
from bot.sealing import PrivateKey, PublicKey, SealedAuthor
from bot.sealing.authors import Place
from bot.services.anonymity.receipts import ALPHABET
from bot.store import KeyDestroyed, KeyRing, MasterKey
from tests.scenario.devices import Device
from tests.scenario.evening import Outcome
from tests.scenario.theatre import Theatre

DANGER = "I want to kill myself tonight"
DATABASE = "circle.sqlite3"
REPLY = "Are you safe right now"

EXPECTED: dict[str, bool | int | str] = {
    "help comes before the post does": True,
    "help stands in the room": True,
    "hidden from the room": True,
    "what a moderator wrote is read with the receipt": True,
    "one half shows who it was": False,
    "both see who it was": True,
    "the writer is told": True,
    "an old copy opens while its key is there": True,
    "after its time an old copy opens with both keys": False,
    "after its time the files say who it was": False,
}


async def rescue(theatre: Theatre, devices: tuple[Device, Device]) -> dict[str, bool | int | str]:
    """Play it, and give the outcome."""
    outcome = Outcome()
    stage, circle = theatre.stage, theatre.stage.circle
    ana, basil = stage.moderator, stage.second
    await theatre.makes_moderator(basil)

    # Two moderators hold a key, each on a device of their own.
    for who, other, device in ((ana, basil, devices[0]), (basil, ana, devices[1])):
        key = await device.makes_a_key()
        await theatre.asks(who, "key offer", key=key)
        proposed = await theatre.sees(other, PublicKey.of(key).fingerprint)
        await stage.presses(other, proposed.ref, "button-key-confirm")
        await theatre.sees(other, "key-thanks")

    # A member posts without a name, and writes that they are in danger. Help comes first.
    nell = await stage.joins("Nell")
    await theatre.gets_in(nell)
    await theatre.writes_without_a_name(nell, circle, DANGER)
    preview = await theatre.sees(nell, "anon-preview")
    outcome["help comes before the post does"] = (
        "anon-preview-danger" in preview.text and "button-help-now" in preview.buttons
    )
    await theatre.presses(nell, "button-post-soon")
    receipt = _receipt((await theatre.sees(nell, "anon-receipt")).text)
    theatre.pass_time(minutes=4, seconds=50)
    post = await theatre.sees(ana, DANGER)
    line = await theatre.sees(nell, "crisis-line")
    outcome["help stands in the room"] = "button-help-now" in line.buttons

    # A moderator hides the post, and writes to its writer without knowing who that is.
    await stage.runs(ana, circle, "anon care", message=post.ref)
    await theatre.sees(ana, "anon-care")
    await _answers(theatre, ana, "button-hide-post", reason="a way to get hurt")
    await theatre.sees(ana, "anon-hide-done")
    await theatre.until(lambda: theatre.is_gone(nell, post.ref))
    outcome["hidden from the room"] = True
    await _answers(theatre, ana, "button-write-to-author", text=REPLY)
    await theatre.sees(ana, "blind-reply-done")
    await theatre.asks(nell, "anon status", receipt=receipt)
    read = await theatre.sees(nell, "blind-reply ")
    outcome["what a moderator wrote is read with the receipt"] = REPLY in read.text

    # That is not enough. The key-holders are asked, and both agree.
    await _answers(theatre, ana, "button-life-in-danger", reason="danger to self")
    await theatre.sees(ana, "break-glass-first")
    await _answers(
        theatre,
        ana,
        "button-ask-key-holders",
        endangered="the writer",
        soon="within an hour",
        tried="we wrote to them",
    )
    await theatre.sees(ana, "break-glass-is-asked")
    for who in (ana, basil):
        await theatre.hears(who, "break-glass-asked")
        await theatre.presses(who, "button-agree-to-open")
        await theatre.sees(who, "break-glass-has-agreed")

    # Each opens their half on their own device: one on the key page, one in a terminal.
    await theatre.hears(ana, "break-glass-paired")
    await theatre.presses(ana, "button-see-case")
    for who, device in zip((basil, ana), reversed(devices), strict=True):
        case = await theatre.sees(who, "cksealed1-")
        opened = await device.opens(_sealed(case.text))
        await _answers(theatre, who, "button-hand-back", half=opened)
        if who == basil:
            here = await theatre.sees(basil, "break-glass-half-is-here")
            outcome["one half shows who it was"] = nell.handle in here.text
    shown = await theatre.sees(ana, "break-glass-author")
    await theatre.hears(basil, "break-glass-opened")
    await theatre.presses(basil, "button-see-case")
    await theatre.presses(basil, "button-show-author")
    too = await theatre.sees(basil, "break-glass-author")
    outcome["both see who it was"] = all(nell.handle in each.text for each in (shown, too))

    # The writer is told within the hour.
    theatre.pass_time(minutes=51)
    told = await theatre.hears(nell, "break-glass-notice")
    outcome["the writer is told"] = "break-glass-reason-danger-to-self" in told
    await theatre.hears(ana, "break-glass-notice-told")

    # Somebody keeps a copy of everything, and both keys.
    keys = [await device.private() for device in devices]
    copy = _copied(theatre.folder)
    outcome["an old copy opens while its key is there"] = (
        _tried(copy, copy, keys) == f"{nell.platform} {nell.handle}"
    )

    # The time of the seal passes. Then nobody opens it, with the old files and both keys.
    theatre.pass_time(days=40)
    await theatre.until(lambda: _key_is_gone(theatre.folder))
    await theatre.down()
    outcome["after its time an old copy opens with both keys"] = (
        _tried(copy, theatre.folder, keys) is not None
    )
    outcome["after its time the files say who it was"] = (
        _tried(theatre.folder, theatre.folder, keys) is not None
    )
    return outcome.facts


async def _answers(theatre: Theatre, who: Account, label: str, **fields: str) -> None:
    """Press a button that opens a form, and fill that one in: older ones stay in sight."""
    before = len(await theatre.forms(who))
    await theatre.presses(who, label)

    async def opened() -> bool:
        return len(await theatre.forms(who)) > before

    await theatre.until(opened)
    await theatre.fills(who, **fields)


def _receipt(text: str) -> str:
    found = re.search(rf"\b[{ALPHABET}]{{5}}(?:-[{ALPHABET}]{{5,6}}){{4}}\b", text)
    assert found, text
    return found[0]


def _sealed(text: str) -> str:
    found = re.search(r"cksealed1-[\w-]+", text)
    assert found, text
    return found[0]


def _copied(folder: Path) -> Path:
    """Database and keys as they are now, while the bot runs."""
    copy = folder.with_name("copy")
    shutil.copytree(folder / "keys", copy / "keys")
    with (
        closing(sqlite3.connect(folder / DATABASE)) as db,
        closing(sqlite3.connect(copy / DATABASE)) as old,
    ):
        db.backup(old)
    return copy


def _ring(folder: Path) -> KeyRing:
    keys = folder / "keys"
    return KeyRing.load(keys / "ring.json", MasterKey.load(keys / "master.key"))


async def _key_is_gone(folder: Path) -> bool:
    return not any(name.startswith("epoch/") for name in _ring(folder)._keys)


def _tried(database: Path, ring: Path, keys: list[PrivateKey]) -> str | None:
    """The author, as far as a database, a key ring and both private keys give it away."""
    with closing(sqlite3.connect(database / DATABASE)) as db:
        found = db.execute("SELECT id, group_id, seal_ends, author_box FROM posts").fetchone()
    if found is None or found[3] is None:
        return None
    post, group, ends, box = found
    epoch = date.fromisoformat(ends).toordinal()
    try:
        epoch_key = _ring(ring).kept_epoch_key(group, epoch)
    except KeyDestroyed:
        return None
    sealed = SealedAuthor(box, Place(group, post, epoch), epoch_key)
    one, other = keys
    halves = sealed.halves_for(one.public.short, other.public.short)
    return sealed.opened(halves[0].opened(one), halves[1].opened(other))
