# ruff: noqa: ASYNC240  (the test looks at files while nobody else waits)
"""Everything that lies on the disk in a thief's hands, keys included: who wrote a post?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.model import Account
from bot.store import KeyRing, MasterKey
from tests.features.circle import TestCircle
from tests.features.test_anonymous_moderation import stands, upkeep

pytestmark = pytest.mark.slow


async def _suspects(circle: TestCircle, loot: Path, everybody: Sequence[str]) -> set[str]:
    """Whom a thief finds who looks for everybody's mark, under every key, in every byte."""
    await circle.stop()
    shutil.copytree(circle.folder, loot)
    await circle.up()
    ring = loot / "keys" / "ring.json"
    keys = KeyRing.load(ring, MasterKey.load(loot / "keys" / "master.key"))
    weeks = [name.split("/")[1:] for name in json.loads(ring.read_text())["keys"] if "tag/" in name]
    on_disk = b"".join(path.read_bytes() for path in loot.glob("circle.sqlite3*"))
    return {
        handle
        for handle in everybody
        for group, week in weeks
        if keys.tag(bytes.fromhex(group), int(week), Account("sandbox", handle)) in on_disk
    }


async def test_with_the_ring_in_hand_a_writer_is_found_for_seven_days_and_then_no_more(
    circle: TestCircle, tmp_path: Path
) -> None:
    # Given a post that nobody holds a key to
    nell, rose = await circle.member("Nell"), await circle.member("Rose")
    everybody = [nell.account, rose.account, "ana", "moss"]
    await stands(circle, nell)
    # When a thief has database, ring and master key, then the search is worth something,
    assert await _suspects(circle, tmp_path / "loot today", everybody) == {nell.account}
    # and seven days later it finds nobody.
    await circle.pass_time(days=8)
    await upkeep(circle)
    assert await _suspects(circle, tmp_path / "loot later", everybody) == set()
