"""Sentences that are never said to somebody in danger, or to whoever answers them."""

from __future__ import annotations

import re

import pytest

from bot.reply import Text
from bot.texts import default_texts
from tests.texts.test_words import ENTRIES, sample

TEXTS = default_texts()
KEYS = [key for key, _, path in ENTRIES if path.name in ("crisis.ftl", "help_now.ftl")]

# Promises, advice, diagnoses, scores, guilt, and what tells somebody off.
NEVER = (
    r"you will be (?:okay|ok|fine|safe)",
    r"it gets better",
    r"it will (?:pass|get better|be okay)",
    r"(?:someone|somebody|a moderator|help|we|they) (?:will|is going to|are going to) (?:come|"
    r"answer|reply|write|help|call|be)",
    r"help is (?:on its way|coming)",
    r"you are not alone",
    r"i (?:understand|know) how you feel",
    r"i promise",
    r"you (?:must|should|need to|have to)(?! (?:do this alone|join))",
    r"calm down|cheer up|stay positive|be strong|think of (?:your|those)",
    r"don't do (?:it|that)|do not do (?:it|that)",
    r"selfish|attention|coward|committed? suicide|failed attempt|successful",
    r"diagnos\w*|depress\w*|disorder\w*|suicidal|risk (?:score|level)|high risk|mental\w*",
    r"at risk|flagged|detected|our system|algorithm",
    r"everything happens for a reason|others have it worse",
    r"keep (?:it|this) (?:a )?secret|nobody will (?:ever )?know",
)
ALLOWED = {
    # Nobody is told to do it: the moderators are told what they need not do.
    "crisis-card": r"do not have to do this alone",
}


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_that_is_never_said_is_not_said(key: str) -> None:
    said = sample(key).lower()
    if key in ALLOWED:
        said = re.sub(ALLOWED[key], "", said)
    for never in NEVER:
        assert not re.search(rf"\b(?:{never})\b", said), never


@pytest.mark.parametrize("key", ["crisis-hello", "crisis-hello-none", "crisis-line", "help-now"])
def test_it_says_that_it_is_a_bot(key: str) -> None:
    assert "I am a bot" in TEXTS.say(Text(key), "en")


@pytest.mark.parametrize(
    "key", [key for key in KEYS if key.startswith(("crisis-room", "crisis-line"))]
)
def test_the_line_to_a_room_points_at_nobody(key: str) -> None:
    said = sample(key).lower()
    assert not re.search(
        r"\b(?:someone|somebody|a member|wrote|message|post|@)\b(?! of them)", said
    )
