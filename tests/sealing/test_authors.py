"""An author sealed to two of n: any two open it, and nothing less ever does."""

from __future__ import annotations

import os
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import (
    MOST_HOLDERS,
    CannotOpen,
    OpenedHalf,
    Place,
    PrivateKey,
    SealedAuthor,
    SealedHalf,
    seal_author,
)

KEYS = [PrivateKey.make() for _ in range(MOST_HOLDERS)]
POST = bytes(range(16))
PLACE = Place(b"group", POST, 7)
EPOCH = os.urandom(32)
AUTHOR = "@wren:example.org"


def sealed(author: str = AUTHOR, keys: list[PrivateKey] = KEYS[:3]) -> bytes:
    return seal_author(author, PLACE, [key.public for key in keys], EPOCH)


def halves(box: bytes, one: PrivateKey, other: PrivateKey) -> tuple[OpenedHalf, OpenedHalf]:
    """Two key-holders get their halves as texts, open them, and hand them back as texts."""
    wrapped_off = SealedAuthor(box, PLACE, EPOCH)
    found = wrapped_off.halves_for(one.public.short, other.public.short)
    texts = [
        SealedHalf.of(half.text).opened(key).text
        for half, key in zip(found, (one, other), strict=True)
    ]
    return OpenedHalf.of(texts[0]), OpenedHalf.of(texts[1])


@given(author=st.text(max_size=79), count=st.integers(2, 4))
def test_every_two_key_holders_open_it_together(author: str, count: int) -> None:
    keys = KEYS[:count]
    box = sealed(author, keys)
    for one, other in combinations(keys, 2):
        first, second = halves(box, one, other)
        assert SealedAuthor(box, PLACE, EPOCH).opened(first, second) == author
        assert SealedAuthor(box, PLACE, EPOCH).opened(second, first) == author


def test_eight_key_holders_make_twenty_eight_pairs() -> None:
    box = sealed(keys=KEYS)
    first, second = halves(box, KEYS[7], KEYS[0])
    assert SealedAuthor(box, PLACE, EPOCH).opened(first, second) == AUTHOR


def test_one_key_holder_alone_opens_nothing() -> None:
    box = sealed()
    first, _ = halves(box, KEYS[0], KEYS[1])
    of_another_pair, _ = halves(box, KEYS[0], KEYS[2])
    wrapped_off = SealedAuthor(box, PLACE, EPOCH)
    for second in (first, of_another_pair, OpenedHalf(POST, first.pair, bytes(32))):
        with pytest.raises(CannotOpen):
            wrapped_off.opened(first, second)


def test_one_half_is_noise() -> None:
    # The same author, sealed a hundred times: no bit of a half is ever always the same.
    ones = [halves(sealed(), KEYS[0], KEYS[1])[0].half for _ in range(100)]
    numbers = [int.from_bytes(half, "big") for half in ones]
    for bit in range(256):
        assert 0 < sum(number >> bit & 1 for number in numbers) < 100


def test_a_key_holder_opens_no_half_of_another() -> None:
    first, _ = SealedAuthor(sealed(), PLACE, EPOCH).halves_for(
        KEYS[0].public.short, KEYS[1].public.short
    )
    with pytest.raises(CannotOpen):
        first.opened(KEYS[1])


def test_a_half_does_not_pass_for_that_of_another_post() -> None:
    first, _ = SealedAuthor(sealed(), PLACE, EPOCH).halves_for(
        KEYS[0].public.short, KEYS[1].public.short
    )
    with pytest.raises(CannotOpen):
        SealedHalf(bytes(16), first.pair, first.box).opened(KEYS[0])


def test_who_was_no_key_holder_then_opens_nothing_of_then() -> None:
    wrapped_off = SealedAuthor(sealed(), PLACE, EPOCH)
    with pytest.raises(CannotOpen):
        wrapped_off.halves_for(KEYS[0].public.short, KEYS[3].public.short)
    with pytest.raises(CannotOpen):
        wrapped_off.halves_for(KEYS[0].public.short, KEYS[0].public.short)


@pytest.mark.parametrize(
    "place", [Place(b"other", POST, 7), Place(b"group", bytes(16), 7), Place(b"group", POST, 8)]
)
def test_a_seal_opens_for_its_own_group_post_and_epoch_only(place: Place) -> None:
    with pytest.raises(CannotOpen):
        SealedAuthor(sealed(), place, EPOCH)


def test_without_the_key_of_its_epoch_nobody_opens_it() -> None:
    with pytest.raises(CannotOpen):
        SealedAuthor(sealed(), PLACE, os.urandom(32))


@given(at=st.integers(0, 1000), bit=st.integers(0, 7))
def test_a_changed_bit_anywhere_is_noticed(at: int, bit: int) -> None:
    box = bytearray(sealed(keys=KEYS[:2]))
    box[at % len(box)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        SealedAuthor(bytes(box), PLACE, EPOCH)


def test_the_size_of_a_seal_says_nothing_about_who_is_in_it() -> None:
    assert len({len(sealed(author)) for author in ("1", AUTHOR, "@" + "a" * 254)}) == 1


@pytest.mark.parametrize("keys", [KEYS[:1], [], [KEYS[0], KEYS[0]]])
def test_fewer_than_two_different_key_holders_seal_nothing(keys: list[PrivateKey]) -> None:
    with pytest.raises(ValueError, match="two to eight"):
        sealed(keys=keys)


def test_no_name_and_no_half_shows_in_a_traceback() -> None:
    box = sealed()
    first, _ = halves(box, KEYS[0], KEYS[1])
    assert repr(first) == "<opened half>"
    assert repr(SealedAuthor(box, PLACE, EPOCH)) == "<sealed author>"
    assert AUTHOR.encode() not in box
