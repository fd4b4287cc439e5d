"""Which wrong string was pasted where the token was asked for."""

from __future__ import annotations

import pytest

from adapters.discord.pasted import token_in, what_is_wrong

GOOD = "MTE5NzQ4MjA5NTk0MTQ2ODI3Mg.GkPxYz.dQw4w9WgXcQ-aBcDeFgHiJkLmNoPqRsTuVwXyZ"


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("1197482095941468272", "an application ID"),
        ("a1b2c3d4" * 8, "the public key"),
        ("Zx9-" * 7 + "_abc", "the client secret"),
        ("https://discord.gg/abc123", "an invite link to a server"),
        ("discord.gg/abc123", "an invite link to a server"),
        ("https://discord.com/invite/abc123", "an invite link to a server"),
        (
            "https://discord.com/oauth2/authorize?client_id=1197482095941468272&scope=bot",
            "an invite link for the bot",
        ),
        ("https://discord.com/api/webhooks/1197482095941468272/abc", "address of a webhook"),
        ("https://discord.com/developers/applications", "address of a page on Discord"),
        ("https://example.org/", "address of a page"),
        ("host@example.org", "an e-mail address"),
        ("mfa." + "x" * 80, "token of a person"),
        ("MTE5NzQ4MjA5NTk0MTQ2ODI3Mg.GkPxYz", "a part of a token"),
        (f"{GOOD}.{GOOD}", "a part of a token, or more than one"),
        ("correct horse battery", "not the bot's token"),
        ("", "Nothing was pasted"),
    ],
)
def test_it_is_named_and_the_way_to_the_right_one_told(pasted: str, said: str) -> None:
    told = what_is_wrong(token_in(pasted))
    assert told is not None
    assert said in told
    assert "press Reset Token" in told
    assert not pasted or pasted not in told


@pytest.mark.parametrize("pasted", [GOOD, f"  {GOOD}\n", f'"{GOOD}"', f"Bot {GOOD}"])
def test_a_token_is_taken_with_what_is_copied_along(pasted: str) -> None:
    assert token_in(pasted) == GOOD
    assert what_is_wrong(GOOD) is None
