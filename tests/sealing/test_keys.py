"""A key-holder's key: its texts, its passphrase, and RFC 9180's own vector."""

from __future__ import annotations

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import CannotOpen, NotSuchText, PrivateKey, PublicKey, SealedHalf
from bot.sealing.keys import SUITE
from tests.sealing.vectors import vector

PASSPHRASE = "a garden behind the house"


def test_our_suite_opens_what_the_rfc_sealed() -> None:
    known = vector()
    key = X25519PrivateKey.from_private_bytes(known.private)
    assert key.public_key().public_bytes_raw() == known.public
    # The vectors have associated data, which the library offers to tests alone; we use none.
    opened = openssl.hpke._decrypt_with_aad(SUITE, known.sealed, key, known.info, known.additional)
    assert opened == known.plain


def test_a_private_key_comes_back_under_its_passphrase_only() -> None:
    key = PrivateKey.make()
    text = key.under(PASSPHRASE)

    assert PrivateKey.of(text, PASSPHRASE).public == key.public
    with pytest.raises(CannotOpen, match="passphrase"):
        PrivateKey.of(text, "a garden behind the hous")


def test_a_passphrase_is_the_same_however_a_device_writes_its_letters() -> None:
    key = PrivateKey.make()
    text = key.under("ein schöner Garten")
    assert PrivateKey.of(text, "ein scho\u0308ner Garten").public == key.public


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 12"):
        PrivateKey.make().under("short")


def test_nothing_of_a_private_key_shows() -> None:
    key = PrivateKey.make()
    assert repr(key) == "<private key>"


def test_a_key_is_read_however_it_was_wrapped_on_the_way() -> None:
    public = PrivateKey.make().public
    wrapped = f"  {public.text[:20]}\n> ".replace(">", "") + public.text[20:] + "\r\n"
    assert PublicKey.of(wrapped) == public


@given(at=st.integers(0, 54), letter=st.sampled_from("Aa0_-!="))
def test_a_mistyped_key_is_never_taken_for_another(at: int, letter: str) -> None:
    text = PublicKey(bytes(range(32))).text
    assert len(text) == 55
    mistyped = text[:at] + letter + text[at + 1 :]
    if mistyped != text:
        with pytest.raises(NotSuchText):
            PublicKey.of(mistyped)


@given(st.text())
def test_any_text_at_all_is_refused_in_words(text: str) -> None:
    for reads in (PublicKey.of, SealedHalf.of, lambda text: PrivateKey.of(text, PASSPHRASE)):
        with pytest.raises(NotSuchText):
            reads(text)


def test_a_key_that_is_no_key_seals_nothing() -> None:
    # X25519 makes the same secret with everybody from this point (RFC 7748, section 6.1).
    with pytest.raises(NotSuchText):
        PublicKey(bytes(32))


def test_two_keys_have_two_fingerprints() -> None:
    one, other = PrivateKey.make().public, PrivateKey.make().public
    assert one.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 24
