"""Words, labels, receipts and drafts: the parts of anonymous posting that need no circle."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock
from bot.model import Account, Group, Room
from bot.services.anonymity import drafts
from bot.services.anonymity.changes import at_latest, at_random
from bot.services.anonymity.drafts import Drafts
from bot.services.anonymity.receipts import Throttle, hash_of, new_draft_id, receipt_of
from bot.services.anonymity.wording import cleaned, invites, is_empty, looks_like_label
from bot.store import KeyDestroyed, KeyRing, MasterKey, new_id
from bot.texts import TextsError
from bot.texts.labels import Labels

LABELS = Labels.load()
ROOM = Room(Group("fake", "group"), "room")
MINUTE = timedelta(minutes=1)


@given(st.text(max_size=400))
def test_cleaning_leaves_nothing_that_tricks_the_eye_and_is_done_once(text: str) -> None:
    words = cleaned(text)
    assert cleaned(words) == words
    assert len(words) <= len(text)
    for letter in words:
        if letter not in "\n\t\u200c\u200d":
            assert unicodedata.category(letter) not in ("Cf", "Cc", "Cs", "Co", "Cn")


@given(st.text(alphabet="aZ 09.,!?'\n\u00e4\u00f6\u4e16\u0645\U0001f642", max_size=200))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert cleaned(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
        ("pass\u200dword", "password"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        ("hi\U000e0041\U000e0042", "hi"),
        ("\u202egnp.exe", "gnp.exe"),
        ("see https://a.example/?utm_source=x now", "see https://a.example/ now"),
        ("https://a.example/?id=3&igshid=abc#top", "https://a.example/?id=3#top"),
        ("why? because", "why? because"),
        ("this & that", "this & that"),
    ],
)
def test_what_cleaning_keeps(text: str, kept: str) -> None:
    assert cleaned(text) == kept


@pytest.mark.parametrize(
    "text",
    ["at last. Me/you and I", "we met. Me / us", "format.me/x", "I like discord. GG all",
     "the matrix to me", "I was at. We went home", "what.me.worry", "signal.me/x"],
)  # fmt: skip
def test_plain_sentences_are_no_invites(text: str) -> None:
    assert not invites(text)


@given(st.lists(st.sampled_from([" ", "\u200b", "\u2060", "\u00ad", ""]), min_size=12, max_size=12))
def test_an_invite_is_found_however_it_is_spaced(gaps: list[str]) -> None:
    link = "".join(letter + gap for letter, gap in zip("discord.gg/x", gaps, strict=True))
    assert invites(f"come to {link}")


def test_a_long_hostile_text_is_checked_in_no_time() -> None:
    for text in ("d" * 1800, "t." * 900, "[dot" * 450, "?utm_" * 360, "\u0301" * 1800, "a b" * 600):
        assert not invites(cleaned(text))
        looks_like_label(text, LABELS.first, LABELS.second)
        is_empty(text)


def test_speaking_to_somebody_by_their_label_is_fine() -> None:
    for text in ("Quiet Meadow, thank you", "Thank you Quiet Meadow:", "Quiet meadow is nice here"):
        assert not looks_like_label(text, LABELS.first, LABELS.second)


def test_labels_are_many_and_drawn_by_chance() -> None:
    assert len(LABELS) > 5_000
    drawn = [LABELS.draw() for _ in range(300)]
    assert len(set(drawn)) > 250
    assert all(label not in drawn for label in [LABELS.draw(set(drawn)) for _ in range(50)])
    assert all(looks_like_label(f"{each}:", LABELS.first, LABELS.second) for each in drawn)


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(TextsError):
        Labels(["quiet"], ["meadow"])
    with pytest.raises(TextsError):
        Labels(LABELS.first, LABELS.first)


def test_receipts_are_distinct_and_easy_to_type() -> None:
    receipts = [receipt_of(new_draft_id()) for _ in range(500)]
    assert len(set(receipts)) == 500
    for receipt in receipts:
        typed = receipt.lower().replace("-", " ").replace("1", "l").replace("0", "O")
        assert hash_of(typed) == hash_of(receipt)
    assert len({hash_of(receipt) for receipt in receipts}) == 500


@given(st.text(max_size=60))
def test_any_text_has_a_hash_and_none_but_a_receipt_has_it_twice(text: str) -> None:
    assert len(hash_of(text)) == 32


def test_a_malformed_receipt_fits_nothing() -> None:
    assert hash_of("x") != hash_of("x")


def test_the_throttle_forgets_after_a_while_and_never_grows() -> None:
    clock = Clock()
    throttle = Throttle(clock, times=3, within=10 * MINUTE, people=50)
    for number in range(500):
        throttle.note(number)
    assert len(throttle._seen) == 50
    for _ in range(3):
        assert throttle.wait("ana") is None
        throttle.note("ana")
    assert throttle.wait("ana") is not None
    clock.shift(11 * MINUTE)
    assert throttle.wait("ana") is None


def test_nobody_waits_longer_for_a_clock_that_was_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, right = Clock(), Clock.now
    throttle = Throttle(clock, times=1, within=10 * MINUTE)
    with monkeypatch.context() as ahead:
        ahead.setattr(Clock, "now", lambda clock: right(clock) + timedelta(days=30))
        throttle.note("ana")
    clock.shift(11 * MINUTE)
    assert throttle.wait("ana") is None


@pytest.mark.slow
def test_drafts_are_few_short_lived_and_their_writers() -> None:
    clock = Clock()
    kept = Drafts(clock)
    ana, ben = Account("fake", "ana"), Account("fake", "ben")
    first = kept.keep(ana, ROOM, "one", None)
    assert kept.find(first.id, ben) is None
    for number in range(drafts.MOST_EACH):
        kept.keep(ana, ROOM, str(number), None)
    assert kept.find(first.id, ana) is None
    assert len(kept) == drafts.MOST_EACH
    mine = kept.keep(ben, ROOM, "two", None)
    for number in range(drafts.MOST + 10):
        kept.keep(Account("fake", str(number)), ROOM, "x", None)
    assert len(kept) == drafts.MOST
    mine = kept.keep(ben, ROOM, "two", None)
    clock.shift(29 * MINUTE)
    assert kept.find(mine.id, ben) is mine
    clock.shift(2 * MINUTE)
    assert kept.find(mine.id, ben) is None
    kept.prune()
    assert len(kept) == 0
    assert "two" not in repr(mine)


def test_times_are_random_and_the_promise_is_kept() -> None:
    now = Clock().now()
    span = (MINUTE, 5 * MINUTE)
    waits = [at_random(span) for _ in range(400)]
    assert min(waits) >= MINUTE
    assert max(waits) <= 5 * MINUTE
    assert max(waits) - min(waits) > 3 * MINUTE
    for wait in waits:
        promised = at_latest(now + 5 * MINUTE)
        assert now + wait < at_latest(now + wait) <= promised


def test_a_silence_knows_the_author_after_the_weeks_key_is_gone(tmp_path: Path) -> None:
    master = MasterKey.create(tmp_path / "master.key")
    keys = KeyRing.create(tmp_path / "ring.json", master)
    group_id, ana, now = new_id(), Account("fake", "ana"), Clock().now()
    epoch = keys.epoch_of(now)
    tag = keys.tag(group_id, epoch, ana)
    number = keys.keep_for_silence(group_id, epoch)
    keys.destroy_tags_before(epoch + 1)
    again = KeyRing.load(tmp_path / "ring.json", master)
    assert again.silences() == {number}
    assert again.silence_tag(number, ana) == tag
    assert again.silence_tag(number, Account("fake", "ben")) != tag
    with pytest.raises(KeyDestroyed):
        again.keep_for_silence(group_id, epoch)
    again.destroy_silence_key(number)
    assert again.silences() == set()
