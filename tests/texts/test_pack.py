"""The ground rules: a document that is whole, safe to show, and the same wherever it is read."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.texts.pack import LONGEST, PAGE, GroundRules, Section

PACK = GroundRules.default()


def document(**changes: str | None) -> str:
    """A small whole document, with some sections changed or left out."""
    bodies = {section.name: f"words of {section.value}" for section in Section}
    wanted = {**bodies, **changes}
    return "\n".join(
        f"# {section.value}\n\n{wanted[section.name]}\n"
        for section in Section
        if wanted[section.name] is not None
    )


def refused(text: str) -> tuple[str, object]:
    with pytest.raises(Refused) as caught:
        GroundRules.parse(text)
    return caught.value.text.key, caught.value.text.args.get("section")


def test_the_default_pack_is_whole() -> None:
    assert list(PACK.sections) == list(Section)
    assert "stays here" in PACK.section(Section.ESSENTIALS)
    assert PACK.section(Section.RULES).split("\n")[2].startswith("1. What is shared here stays")
    for word in ("Respect", "Honesty", "Confidentiality"):
        assert f"{word}: " in PACK.section(Section.RULES)
    for word in ("OK", "Ask first", "Never"):
        assert f"{word}\n" in PACK.section(Section.OUTSIDE)
    for word in ("life", "child", "court", "company or the server", "host", "two key-holders"):
        assert word in PACK.section(Section.LIMITS)
    assert GroundRules.default("de-AT").hash == PACK.hash
    assert GroundRules.default("../en").hash == PACK.hash


def test_the_hash_is_of_the_copy() -> None:
    copy = PACK.as_file(3)
    assert copy.name == "ground-rules-version-3.md"
    assert hashlib.sha256(copy.content.encode()).hexdigest() == PACK.hash
    assert GroundRules.parse(copy.content).hash == PACK.hash


def test_the_same_words_are_the_same_document() -> None:
    text = document(RULES="caf\u00e9 1\n\n## Two\n- a")
    same = (
        text.replace("\n", "\r\n"),
        text.replace("\u00e9", "e\u0301"),
        text.replace("\n\n", "  \n\n\n\n\n"),
        "\ufeff" + text + "\n\n",
        text.replace("# Rules", "#   rules "),
        text.replace("caf", "c\u200ba\u00adf"),
    )
    assert {GroundRules.parse(each).hash for each in same} == {GroundRules.parse(text).hash}
    assert GroundRules.parse(text + "x").hash != GroundRules.parse(text).hash


@pytest.mark.parametrize("section", list(Section))
def test_every_section_is_needed(section: Section) -> None:
    name = section.value
    assert refused(document(**{section.name: None})) == ("rules-section-missing", name)
    assert refused(document(**{section.name: " \n - \n"})) == ("rules-section-empty", name)
    long = "words " * (section.longest // 6 + 2)
    assert refused(document(**{section.name: long})) == ("rules-section-too-long", name)


def test_other_documents_are_refused() -> None:
    assert refused("") == ("rules-section-missing", "Essentials")
    assert refused("x" * (LONGEST + 1))[0] == "rules-too-long"
    assert refused("Hello\n" + document())[0] == "rules-before-sections"
    assert refused(document() + "# Limits\n\nmore")[0] == "rules-section-twice"
    assert refused(document() + "# More\n\nmore") == ("rules-section-unknown", "More")


def test_a_section_may_have_a_title_of_its_own() -> None:
    rules = GroundRules.parse(document().replace("# Limits", "# Limits: Was wir nicht k\u00f6nnen"))
    assert rules.title(Section.LIMITS) == "Was wir nicht k\u00f6nnen"
    assert GroundRules.parse(rules.text) == rules
    assert any(page.startswith("Was wir nicht k\u00f6nnen\n") for page in rules.pages())


@pytest.mark.parametrize(
    "words",
    [
        "@everyone", "@@everyone", "@\u200beveryone", "@Here", "@room", "<@123456789012345678>",
        "<@!1>", "<@&22>", "<#33>", "@ana:example.org", "https://matrix.to/#/@ana:example.org",
        "@ever\u00adyone", "<<@1>@2>",
    ],
)  # fmt: skip
def test_nobody_is_pinged(words: str) -> None:
    body = GroundRules.parse(document(RULES=f"Hello {words} there")).section(Section.RULES)
    for ping in ("@everyone", "@here", "@room", "<@", "<#", "@ana", "matrix.to"):
        assert ping not in body.lower()
    assert body.startswith("Hello ")
    assert body.endswith(" there")


def test_nothing_hides() -> None:
    body = "one\u202etwo\u2066three\x00\x1b[2J\u200bfour\ud800"
    shown = GroundRules.parse(document(LIMITS=body)).section(Section.LIMITS)
    assert shown == "onetwothree[2Jfour"


def test_an_address_to_write_to_stays() -> None:
    body = "Write to help@example.org at any time."
    assert GroundRules.parse(document(LIMITS=body)).section(Section.LIMITS) == body


def test_pages_hold_all_of_it() -> None:
    pages = PACK.pages()
    joined = " ".join(" ".join(pages).split())
    assert all(len(page) <= PAGE + 40 for page in pages)
    for section in Section:
        for line in PACK.section(section).splitlines():
            assert " ".join(line.split()) in joined
    # No page ends in a heading whose words come on the next.
    assert not any(page.rsplit("\n", 1)[-1].startswith("#") for page in pages)


@given(st.text(st.sampled_from("ab .\n#-1"), max_size=5000))
def test_any_body_is_read_or_refused(body: str) -> None:
    try:
        rules = GroundRules.parse(document(RULES=body))
    except Refused:
        return
    assert GroundRules.parse(rules.text).hash == rules.hash
    assert all(len(page) <= PAGE + 40 for page in rules.pages())


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rules = GroundRules.parse(document(LIMITS=text))
    except Refused:
        return
    assert GroundRules.parse(rules.text).hash == rules.hash
