"""Personal data: found as people write it, and nothing else taken for it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.detection import Kind
from bot.detection.personal import KINDS, PACKS, Personal, find_personal


def found(text: str, kind: Kind, wanted: Personal | None = None) -> list[str]:
    findings = find_personal(text, wanted or Personal())
    return [text[each.start : each.end] for each in findings if each.kind is kind]


@pytest.mark.parametrize(
    ("kind", "text", "written"),
    [
        (Kind.PHONE, "call 020 7946 0018 now", "020 7946 0018"),
        (Kind.PHONE, "(202) 555-0147 x12", "(202) 555-0147 x12"),
        (Kind.EMAIL, "to ann@example.org.", "ann@example.org"),
        (Kind.EMAIL, "ann (at) example (dot) org", "ann (at) example (dot) org"),
        (Kind.URL, "(https://example.org/a_(b)), yes", "https://example.org/a_(b"),
        (Kind.URL, "see example.org!", "example.org"),
        (Kind.IP, "at 192.0.2.1:8080", "192.0.2.1"),
        (Kind.IP, "at 2001:db8::1.", "2001:db8::1"),
        (Kind.CREDIT_CARD, "card 4111-1111-1111-1111.", "4111-1111-1111-1111"),
        (Kind.IBAN, "GB82 WEST 1234 5698 7654 32 ok", "GB82 WEST 1234 5698 7654 32"),
        (Kind.NATIONAL_ID, "my ssn: 536-90-4399", "536-90-4399"),
        (Kind.ADDRESS, "at 14 Willow Lane, please", "14 Willow Lane"),
        (Kind.INVITE, "join discord.gg/AbCd", "discord.gg/AbCd"),
        (Kind.ROOM_LINK, "#quiet:example.org", "#quiet:example.org"),
        (Kind.HANDLE, "my insta is @nightowl", "insta is @nightowl"),
    ],
)
def test_a_finding_points_at_what_was_written(kind: Kind, text: str, written: str) -> None:
    assert found(text, kind) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "https://discord.com/channels/123456789012345678/123456789012345678",
        "https://matrix.to/#/!abc:example.org/$event",
    ],
)
def test_a_link_to_a_message_is_told_from_other_links(text: str) -> None:
    assert found(text, Kind.ROOM_LINK)
    assert found(text, Kind.URL)
    assert not found("https://example.org/channels/1", Kind.ROOM_LINK)


def test_the_digits_of_an_account_are_no_phone_number_as_well() -> None:
    kinds = {each.kind for each in find_personal("DE89 3704 0044 0532 0130 00")}
    assert kinds == {Kind.IBAN}


def test_a_check_digit_that_is_wrong_makes_it_no_card_and_no_account() -> None:
    assert not found("my credit card is 4111 1111 1111 1112", Kind.CREDIT_CARD)
    assert not found("DE89 3704 0044 0532 0130 01", Kind.IBAN)


def test_ten_digits_of_a_landline_are_a_phone_number_only_by_themselves() -> None:
    there = Personal(regions=("TR",))
    assert found("2121234567", Kind.PHONE, there) == ["2121234567"]
    assert not found("2121234567", Kind.PHONE, Personal(regions=("US",)))
    assert not found("it says 2121234567 in row nine", Kind.PHONE, there)


def test_a_group_says_where_its_phone_numbers_come_from() -> None:
    text = "so 0532 123 45 67 it was"
    assert found(text, Kind.PHONE, Personal(regions=("TR",)))
    assert not found(text, Kind.PHONE, Personal(regions=("US",)))
    assert found("so +90 532 123 45 67 it was", Kind.PHONE, Personal(regions=()))


def test_a_group_switches_countries_on() -> None:
    text = "here: 131052-308T"
    assert len(PACKS) >= 20
    assert found(text, Kind.NATIONAL_ID, Personal(packs=("FI",)))
    assert not found(text, Kind.NATIONAL_ID, Personal(packs=("SE", "US")))
    assert not found("kimlik 17291716060", Kind.NATIONAL_ID, Personal(packs=()))[1:]


def test_a_number_that_looks_like_any_needs_words_or_the_message_to_itself() -> None:
    assert found("my SIN is 046 454 286", Kind.NATIONAL_ID)
    assert found("046 454 286", Kind.NATIONAL_ID)
    assert not found("we counted 046 454 286 of them in all", Kind.NATIONAL_ID)


def test_what_a_group_did_not_ask_for_is_not_found() -> None:
    wanted = Personal(kinds=frozenset({Kind.EMAIL}))
    kinds = {each.kind for each in find_personal("a@b.org, 020 7946 0018, x.org", wanted)}
    assert kinds == {Kind.EMAIL}


ALPHABET = "aZ1 59.:-/@#+()[]\u00e9\ud800\u0130\n\u200bI'\""
texts = st.one_of(st.text(max_size=80), st.text(alphabet=ALPHABET, max_size=80))


@given(texts)
def test_anything_may_be_looked_at(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    for each in find_personal(whole):
        assert each.kind in KINDS
        assert 0 <= each.start < each.end <= len(whole)


HOSTILE = (
    "1 ", "1-", "12-34 ", "1.1.1.1.", "::", "::1 ", "a.", "a@", "a@a.", "+1 ", "(", "AB12 ",
    "GB29 NWBK ", "4111 1111 1111 1111 ", "05321234567 ", "123-45-6789 ", "5 Elm ",
    "5 elm street ", "Street 5 ", "on Elm ", "Via A ", "lives at 12 ", "suite 12 ", "corner of A ",
    "www.", "http://", "discord.gg/", "id number 12345 ", "ssn ", "insta ", "x#1234 ", "!a:",
    "foo (at) bar ", "12 Rue ", "\u00e9", "\u0130", "\u00df5 ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_no_longer_than_it_may(piece: str) -> None:
    text = (piece * (32_000 // len(piece) + 1))[:32_000]
    # The best of three: a busy machine is not what is tested.
    assert min(_seconds(text) for _ in range(3)) < 0.2


def _seconds(text: str) -> float:
    began = time.process_time()
    find_personal(text)
    return time.process_time() - began
