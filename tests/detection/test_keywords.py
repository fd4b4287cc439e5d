"""Leak keywords: found however they are typed, whole words only, pointing at what was written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.detection import Finding, KeywordError, Keywords, Kind, check_phrase, fold
from tests.detection.test_normalise import HARD

NAME = Keywords(["Anna Lee", "Caf\u00e9 Rosa", "ann", "c++"])


def found(keywords: Keywords, text: str) -> list[str]:
    return [text[finding.start : finding.end] for finding in keywords.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "I saw Anna Lee today",
        "ANNA LEE.",
        "\uff21\uff2e\uff2e\uff21 \uff2c\uff25\uff25",
        "anna\nlee",
        "anna \u00a0 lee",
        "an\u200bna l\u00adee",
        "(anna lee)",
        "anna lee's house",
        "_anna lee_",
        "cafe\u0301 rosa",
        "CAF\u00c9 ROSA",
    ],
)
def test_a_keyword_is_found_however_it_is_typed(text: str) -> None:
    assert NAME.hits(text)
    assert NAME.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "planning",
        "annual",
        "Joann",
        "anna leeds",
        "anna-lee",
        "annalee",
        "ann\u0301",  # another letter at the end
        "cafe rosa",
        "ann2",
        "",
    ],
)
def test_a_word_inside_another_is_left_alone(text: str) -> None:
    assert not NAME.hits(text)
    assert NAME.find(text) == []


def test_the_span_points_at_what_was_written() -> None:
    text = "\u2003 so,  \uff21n\u200bna \n Le\u00ade!  "
    assert found(NAME, text) == ["\uff21n\u200bna \n Le\u00ade"]
    assert NAME.find("ann") == [Finding(Kind.KEYWORD, 0, 3)]


def test_a_keyword_of_signs_is_found() -> None:
    assert found(NAME, "I like c++ a lot") == ["c++"]


def test_a_longer_keyword_does_not_hide_a_shorter_one() -> None:
    keywords = Keywords(["ann lee", "lee"])
    assert found(keywords, "joann lee") == ["lee"]
    assert found(keywords, "ann lee") == ["ann lee", "lee"]
    assert keywords.phrases_in("Ann LEE") == {"ann lee", "lee"}


def test_scripts_without_spaces_have_no_word_edges() -> None:
    keywords = Keywords(["\u7530\u4e2d", "\u0e2a\u0e21\u0e0a\u0e32\u0e22", "\u30ac\u30a4\u30c9"])
    assert keywords.hits("\u7530\u4e2d\u3055\u3093\u306f\u5143\u6c17\u3067\u3059")
    assert keywords.hits("\u0e04\u0e38\u0e13\u0e2a\u0e21\u0e0a\u0e32\u0e22\u0e21\u0e32")
    assert keywords.hits("\uff76\uff9e\uff72\uff84\uff9e")  # half-width, marks apart


def test_a_vowel_sign_does_not_end_a_word() -> None:
    hindi = "\u0939\u093f\u0928\u094d\u0926\u0940"
    assert Keywords([hindi]).hits(f"({hindi})")
    assert not Keywords([hindi[:3]]).hits(hindi)


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "no-letters"),
        ("   ", "no-letters"),
        ("...", "no-letters"),
        ("\u200b\u200b\u200b", "no-letters"),
        ("an", "too-short"),
        ("\u00e9\u00e9", "too-short"),
        ("a" * 101, "too-long"),
        ("*", "no-letters"),
        ("an*", "too-short"),
        ("/(a+/", "bad-pattern"),
        ("/(a)\\1/", "bad-pattern"),
        ("/a(?=b)/", "bad-pattern"),
        ("/((a{100}){100}){100}/", "bad-pattern"),
        ("/.*/", "too-broad"),
        ("/\\w+/", "too-broad"),
        ("/x?/", "too-broad"),
        (f"/{'a' * 10_000}/", "too-long"),
    ],
)
def test_what_would_match_everything_is_refused(phrase: str, why: str) -> None:
    with pytest.raises(KeywordError) as refused:
        check_phrase(phrase)
    assert refused.value.why == why


def test_a_star_stands_for_the_rest_of_a_word() -> None:
    keywords = Keywords(["relaps*", "*town", "*ann*"])
    assert found(keywords, "I relapsed in Jamestown") == ["relaps", "town"]
    assert found(keywords, "planning") == ["ann"]
    assert found(keywords, "a collapse, some townhouse") == []
    assert keywords.phrases_in("relapse") == {"relaps*"}


def test_a_pattern_is_found_where_it_matches() -> None:
    keywords = Keywords([r"/room \d+/", "/(a+)+bc$/", "anna"])
    assert found(keywords, "Anna is in ROOM\u200b 12 or room 13") == [
        "Anna",
        "ROOM\u200b 12",
        "room 13",
    ]
    assert keywords.phrases_in("room 7") == {r"/room \d+/"}
    assert keywords.hits("aaabc")
    assert not keywords.hits("room service")


def test_a_pattern_says_nothing_of_itself_on_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(KeywordError):
        check_phrase("/marigold(/")
    assert "marigold" not in "".join(capfd.readouterr())


def test_a_name_of_two_chinese_characters_is_long_enough() -> None:
    assert check_phrase("\u7530\u4e2d")


def test_no_keywords_find_nothing() -> None:
    assert Keywords().find("anything") == []
    assert not Keywords().hits("anything")
    assert len(Keywords()) == 0


alphabets = st.one_of(st.text(max_size=20), st.text(alphabet=HARD, max_size=12))


@given(st.lists(alphabets, max_size=8), st.lists(alphabets, max_size=8))
def test_spans_are_in_range_in_order_and_are_found_alike(
    phrases: list[str], pieces: list[str]
) -> None:
    good = []
    for phrase in phrases:
        try:
            good.append(check_phrase(phrase))
        except KeywordError:
            continue
    keywords = Keywords(good)
    # Some of the phrases are planted, so that there is something to find.
    text = " ".join([*pieces, *phrases[:3], *pieces[:2]])
    findings = keywords.find(text)
    spans = [(finding.start, finding.end) for finding in findings]
    assert spans == sorted(set(spans))
    assert bool(spans) == keywords.hits(text) == bool(keywords.phrases_in(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(alphabet="abcdefgh", min_size=3, max_size=10))
def test_the_text_of_a_span_folds_to_the_keyword(phrase: str) -> None:
    text = f"so, {phrase.upper()}\u200b! and {phrase}"
    assert [fold(each).text for each in found(Keywords([phrase]), text)] == [phrase, phrase]


@pytest.mark.slow
def test_time_is_linear_on_hostile_text_and_keywords() -> None:
    nested = Keywords(["a" * length for length in range(3, 8)])

    def seconds(length: int) -> float:
        began = time.process_time()
        nested.hits("a" * length)
        return time.process_time() - began

    assert seconds(64_000) < 4 * 4 * max(seconds(16_000), 0.01)


def test_ten_thousand_keywords_are_searched_as_fast_as_ten() -> None:
    few = Keywords([f"keyword {number:05}" for number in range(10)])
    many = Keywords([f"keyword {number:05}" for number in range(10_000)])
    text = "nothing to see here, said the keyword to the number " * 4

    def seconds(keywords: Keywords) -> float:
        best = 9e9
        for _ in range(20):
            began = time.process_time()
            for _ in range(50):
                keywords.hits(text)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(many) < 5 * seconds(few)
