"""What somebody pasted where the bot's token was asked for.

The developer portal shows half a dozen strings beside the token, and each has been pasted instead.
Nothing here repeats what was pasted: it may be a secret.
"""

from __future__ import annotations

import re
from typing import Final

_WHERE: Final = (
    "The token is on the same site: open your application, then Bot, press Reset Token, and copy "
    "the long line that it shows once."
)
_KINDS: Final = (
    (
        r"https?://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/.*",
        "That is the address of a webhook.",
    ),
    (
        r"(?:https?://)?(?:discord\.gg|(?:\w+\.)?discord(?:app)?\.com/invite)/.*",
        "That is an invite link to a server.",
    ),
    (
        r"(?:https?://)?(?:\w+\.)?discord(?:app)?\.com/(?:api/)?oauth2/authorize.*",
        "That is an invite link for the bot.",
    ),
    (
        r"(?:https?://)?(?:\w+\.)?discord(?:app)?\.com/.*",
        "That is the address of a page on Discord.",
    ),
    (r"https?://.*", "That is the address of a page."),
    (r"\d{15,21}", "That is an application ID, or the number of something else on Discord."),
    (r"[0-9a-fA-F]{64}", "That is the public key."),
    (r"[\w-]{32}", "That is the client secret."),
    (r"mfa\.[\w-]+", "That is the token of a person, and it must not be given to anybody."),
    (r"[^@\s]+@[^@\s]+\.\w+", "That is an e-mail address."),
)
_TOKEN: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


def token_in(pasted: str) -> str:
    """The token as it was meant, without what is often copied with it."""
    bare = pasted.strip().strip("\"'`").strip()
    return bare.removeprefix("Bot ").strip()


def what_is_wrong(token: str) -> str | None:
    """A few sentences about what was pasted instead of a token; None for what may be one."""
    if not token:
        return f"Nothing was pasted. {_WHERE}"
    for kind, said in _KINDS:
        if re.fullmatch(kind, token):
            return f"{said} {_WHERE}"
    if _TOKEN.fullmatch(token):
        return None
    if re.fullmatch(r"[\w.-]+", token) and "." in token:
        return f"That is a part of a token, or more than one: a token has three parts. {_WHERE}"
    return f"That is not the bot's token. {_WHERE}"
