"""The key ring: what binds a box to its place, what goes for good, what the host is told."""

from __future__ import annotations

import json
import os
import stat
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import NotDurable, StartError
from bot.store import CannotOpen, KeyDestroyed, KeyRing, MasterKey, SealedBox, new_id, short_of
from tests.store.conftest import ANA, BEN

ids = st.binary(min_size=16, max_size=16)
columns = st.sampled_from(["members.account", "posts.words", "posts.pseudonym", "rules.text"])
texts = st.text(st.characters(), max_size=200)
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
LATER = datetime(2026, 3, 1, tzinfo=UTC)


def _files(keys: Path) -> tuple[Path, Path]:
    return keys / "secrets" / "master", keys / "ring" / "keys.json"


@shared
@given(columns, ids, texts)
def test_what_is_sealed_opens_again(keys: KeyRing, column: str, row: bytes, text: str) -> None:
    box = keys.seal(column, row, text)
    assert keys.open(column, row, box) == text
    assert keys.seal(column, row, text) != box


@shared
@given(columns, ids, columns, ids, texts)
def test_a_box_opens_only_in_its_own_row_and_column(
    keys: KeyRing, column: str, row: bytes, other_column: str, other_row: bytes, text: str
) -> None:
    box = keys.seal(column, row, text)
    if (column, row) != (other_column, other_row):
        with pytest.raises(CannotOpen):
            keys.open(other_column, other_row, box)


@shared
@given(texts, st.data())
def test_a_box_that_was_changed_does_not_open(
    keys: KeyRing, text: str, data: st.DataObject
) -> None:
    row = new_id()
    whole = keys.seal("posts.words", row, text).data
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    changed = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
    for wrong in (changed, whole[:at]):
        with pytest.raises(CannotOpen):
            keys.open("posts.words", row, SealedBox(wrong))


def test_a_box_tells_a_length_in_steps_only(keys: KeyRing) -> None:
    row = new_id()
    assert len({len(keys.seal("a.b", row, "x" * n).data) for n in range(31)}) == 1


def test_an_error_of_opening_holds_neither_text_nor_key(keys: KeyRing) -> None:
    box = keys.seal("posts.words", new_id(), "canary-words")
    with pytest.raises(CannotOpen) as caught:
        keys.open("posts.words", new_id(), box)
    told = "".join(traceback.format_exception(caught.value))
    assert "canary" not in told
    assert caught.value.__context__ is None
    assert repr(keys) == "<key ring>"


@shared
@given(st.text(max_size=20), st.text(max_size=20))
def test_blinds_find_the_same_value_in_the_same_scope_only(
    keys: KeyRing, one: str, other: str
) -> None:
    assert (keys.blind("account", one) == keys.blind("account", other)) == (one == other)
    assert keys.blind("account", one) != keys.blind("room", one)
    assert keys.blinds("account", one) == (keys.blind("account", one),)
    assert keys.short("account", one) == short_of(keys.blind("account", one))
    assert 0 <= keys.short("account", one) < 2**64


def test_an_account_has_unrelated_blinds_in_two_groups(keys: KeyRing) -> None:
    one, other = new_id(), new_id()
    assert keys.account_blind(one, ANA) != keys.account_blind(other, ANA)
    assert keys.account_blind(one, ANA) in keys.account_blinds(one, ANA)


def test_a_ring_that_was_put_down_and_picked_up_is_the_same(tmp_path: Path, keys: KeyRing) -> None:
    master, ring = _files(tmp_path)
    group, row = new_id(), new_id()
    box, blind, tag = keys.seal("a.b", row, "words"), keys.blind("s", "v"), keys.tag(group, 9, ANA)
    silence = keys.keep_for_silence(group, 9)
    again = KeyRing.load(ring, MasterKey.load(master))
    assert again.open("a.b", row, box) == "words"
    assert again.blind("s", "v") == blind
    assert again.tag(group, 9, ANA) == tag
    assert again.silence_tag(silence, ANA) == keys.silence_tag(silence, ANA)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (master, ring)] == [0o600, 0o600]
    assert not MasterKey.load(master).readable_by_others
    assert [path.name for path in ring.parent.iterdir()] == ["keys.json"]


def test_a_tag_recognises_within_its_group_and_epoch_only(keys: KeyRing) -> None:
    one, other = new_id(), new_id()
    tags = {
        keys.tag(one, 1, ANA),
        keys.tag(one, 1, BEN),
        keys.tag(one, 2, ANA),
        keys.tag(other, 1, ANA),
    }
    assert len(tags) == 4
    assert keys.tag(one, 1, ANA) in tags
    assert {len(tag) for tag in tags} == {16}


def test_an_epoch_is_seven_days() -> None:
    epoch = KeyRing.epoch_of(LATER)
    days = [KeyRing.epoch_of(LATER + timedelta(days=day)) for day in range(14)]
    assert days[0] == epoch
    assert days[7] == epoch + 1
    assert days == sorted(days)


def test_a_destroyed_tag_key_never_comes_back(tmp_path: Path, keys: KeyRing) -> None:
    master, ring = _files(tmp_path)
    group = new_id()
    keys.tag(group, 5, ANA)
    kept = keys.tag(group, 6, ANA)
    wrapped = json.loads(ring.read_text())["keys"][f"tag/{group.hex()}/5"]
    keys.destroy_tags_before(6)
    for each in (keys, KeyRing.load(ring, MasterKey.load(master))):
        with pytest.raises(KeyDestroyed):
            each.tag(group, 5, ANA)
        assert each.tag(group, 6, ANA) == kept
    assert wrapped not in ring.read_text()


def test_a_destroyed_epoch_key_never_comes_back(tmp_path: Path, keys: KeyRing) -> None:
    master, ring = _files(tmp_path)
    one, other = new_id(), new_id()
    keys.epoch_key(one, 5)
    keys.epoch_key(other, 4)
    later = keys.epoch_key(one, 6)
    wrapped = json.loads(ring.read_text())["keys"][f"epoch/{one.hex()}/5"]
    keys.destroy_epoch_keys(6)
    for each in (keys, KeyRing.load(ring, MasterKey.load(master))):
        with pytest.raises(KeyDestroyed):
            each.kept_epoch_key(one, 5)
        with pytest.raises(KeyDestroyed):
            each.kept_epoch_key(other, 4)
        assert each.kept_epoch_key(one, 6) == later
    assert wrapped not in ring.read_text()


def test_opening_makes_no_epoch_key(keys: KeyRing) -> None:
    with pytest.raises(KeyDestroyed):
        keys.kept_epoch_key(new_id(), 5)


def test_a_silence_ends_with_its_key(tmp_path: Path, keys: KeyRing) -> None:
    master, ring = _files(tmp_path)
    group = new_id()
    tags = [keys.tag(group, epoch, ANA) for epoch in (1, 2)]
    short, long = (keys.keep_for_silence(group, epoch) for epoch in (1, 2))
    assert [keys.silence_tag(number, ANA) for number in (short, long)] == tags
    keys.destroy_silence_key(short)
    assert keys.silences() == {long}
    keys.destroy_silence_key(long)
    keys.destroy_silence_key(long)
    for number in (short, long):
        with pytest.raises(KeyDestroyed):
            keys.silence_tag(number, ANA)
    # A number is never given twice: rows of an ended silence must not match a new one.
    again = KeyRing.load(ring, MasterKey.load(master))
    assert again.keep_for_silence(group, 1) > long


def test_when_the_ring_cannot_be_written_nothing_has_changed(
    tmp_path: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ring = _files(tmp_path)
    group = new_id()
    tag, before = keys.tag(group, 1, ANA), ring.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        for change in (
            lambda: keys.tag(group, 2, ANA),
            lambda: keys.keep_for_silence(group, 1),
            lambda: keys.destroy_tags_before(2),
        ):
            with pytest.raises(NotDurable):
                change()
    assert ring.read_bytes() == before
    assert keys.tag(group, 1, ANA) == tag
    keys.destroy_tags_before(2)
    with pytest.raises(KeyDestroyed):
        keys.tag(group, 1, ANA)


@pytest.mark.usefixtures("keys")
def test_nothing_is_ever_made_over_what_is_there(tmp_path: Path) -> None:
    master, ring = _files(tmp_path)
    before = master.read_bytes(), ring.read_bytes()
    with pytest.raises(StartError, match="exists already"):
        MasterKey.create(master)
    with pytest.raises(StartError, match="exists already"):
        KeyRing.create(ring, MasterKey.load(master))
    assert (master.read_bytes(), ring.read_bytes()) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "There is no key ring"),
        (b"", "damaged"),
        (b"{}", "damaged"),
        (b"[]", "damaged"),
        (b"\xff\x00", "damaged"),
        (b'{"format": 2}', "newer"),
        ("cut", "damaged"),
        ("one key less", "damaged"),
        ("one key swapped", "damaged"),
    ],
)
@pytest.mark.usefixtures("keys")
def test_a_missing_or_damaged_ring_is_named_and_left_alone(
    tmp_path: Path, content: bytes | str | None, told: str
) -> None:
    master, ring = _files(tmp_path)
    state = json.loads(ring.read_text())
    match content:
        case None:
            ring.unlink()
        case "cut":
            ring.write_bytes(ring.read_bytes()[:-40])
        case "one key less":
            del state["keys"]["blind/1"]
            ring.write_text(json.dumps(state))
        case "one key swapped":
            state["keys"]["blind/1"] = state["keys"]["column/1"]
            ring.write_text(json.dumps(state))
        case bytes():
            ring.write_bytes(content)
    before = ring.read_bytes() if ring.exists() else None
    with pytest.raises(StartError, match=told) as caught:
        KeyRing.load(ring, MasterKey.load(master))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert (ring.read_bytes() if ring.exists() else None) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "no master key"), (b"", "44"), (b"x" * 32, "44"), (b"AAAA\n", "44")],
)
def test_a_missing_or_wrong_master_key_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "master"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StartError, match=told):
        MasterKey.load(path)


@pytest.mark.usefixtures("keys")
def test_another_master_key_is_told_apart_from_a_damaged_ring(tmp_path: Path) -> None:
    _, ring = _files(tmp_path)
    with pytest.raises(StartError, match="does not fit"):
        KeyRing.load(ring, MasterKey.create(tmp_path / "other"))


@pytest.mark.usefixtures("keys")
def test_a_master_key_that_others_can_read_says_so(tmp_path: Path) -> None:
    master, _ = _files(tmp_path)
    master.chmod(0o644)
    assert MasterKey.load(master).readable_by_others
