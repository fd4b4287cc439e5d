"""Taking it outside: told from asking not to, and from ordinary talk of friends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.detection import Finding, Kind, fold
from bot.detection.outside import outside

CLEAN = Path(__file__).parent / "evaluation" / "clean_written.jsonl"


@pytest.mark.parametrize(
    "text",
    [
        "I took a screenshot of this group and sent it on",
        "got screenshots of what she said here lol",
        "I told my friend what she said here",
        "I told my best friend everything he posted in this group",
        "sent my boyfriend what Cora wrote in the chat",
        "showed it to my mom, what he shared in our circle",
        "I recorded the meeting",
        "I have a recording of our meeting",
        "posted what he said in this group on facebook",
        "she shared our chat on reddit",
        "told everyone at work what people said here",
        "I'm forwarding what you wrote here to my sister",
        "I TOLD MY FRIEND WHAT SHE SAID HERE",
    ],
)
def test_talk_of_carrying_it_out_is_found(text: str) -> None:
    findings = outside(fold(text))
    assert findings, text
    assert all(finding.kind is Kind.OUTSIDE for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "please do not post screenshots of this group",
        "never share what was said here with your friends",
        "I told my friend about my panic attacks",
        "my sister said I should come here",
        "I told my mother I am in a group now",
        "is it allowed to take a screenshot?",
        "here is a picture of my cat",
        "I would like to share something in this group",
        "my friend said it is cold here",
        "we aren't allowed to record the meeting",
    ],
)
def test_ordinary_talk_is_not(text: str) -> None:
    assert outside(fold(text)) == []


def test_the_place_is_what_was_written() -> None:
    text = "so, I t\u200bold  my friend what she said here. ok?"
    assert outside(fold(text)) == [Finding(Kind.OUTSIDE, 6, 41)]
    assert text[6:41] == "t\u200bold  my friend what she said here"


def test_clean_talk_raises_nothing() -> None:
    texts = [json.loads(line)["text"] for line in CLEAN.read_text("utf-8").splitlines()]
    assert [text for text in texts if outside(fold(text))] == []
