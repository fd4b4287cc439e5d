"""E-mail addresses, links, invitations, IP addresses and names on social networks."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from bot.detection.personal.looking import Span, compiled, found_in, letter_at, overlaps, spans

_DOT: Final = r"(?:\.|\s?[\[({]\s?(?:\.|dot|punkt|punto)\s?[\])}]\s?)"
_MAIL_HOSTS: Final = "gmail|googlemail|hotmail|outlook|yahoo|icloud|proton|protonmail|gmx|live|aol"

_EMAIL = compiled(
    r"[\pL\pN.!#$%&'*+/=?^_`{|}~-]+@(?:[\pL\pN][\pL\pN-]*\.)+(?:xn--[a-zA-Z0-9-]+|\pL\pL+)"
)
_EMAIL_IN_WORDS = compiled(
    rf"""(?i)\b[a-z0-9._%+-]+(?:
    \s?[\[({{<]\s?(?:at|@|a|arroba)\s?[\])}}>]\s?[a-z0-9-]+(?:{_DOT}|\sdot\s)|
    \s(?:at|@)\s(?:[a-z0-9-]+\s(?:dot|\(dot\)|\[dot\])\s|(?:{_MAIL_HOSTS})\.)|
    @[a-z0-9-]+\s?[\[({{]\s?(?:dot|\.)\s?[\])}}]\s?
    )[a-z]{{2,12}}\b"""
)


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses, also with "(at)" and "dot" spelled out."""
    if "@" in text:
        for start, end in spans(_EMAIL, text):
            local = text[start : text.index("@", start)]
            start += len(local) - len(local.lstrip(".!#$%&'*+/=?^`{|}~-"))
            follows = letter_at(text, end)
            # A repository to clone is no mailbox.
            if text[start] == "@" or (follows == ":" and text[start : start + 4] == "git@"):
                continue
            if not (follows == "." and letter_at(text, end + 1).isdigit()):
                yield start, end
    yield from spans(_EMAIL_IN_WORDS, text)


# Endings that a link without "https://" may have. Not the ones that people write after a full
# stop without a space ("ok.so", "done.it", "me.in") and not those of files ("run.sh", "a.py").
_ENDINGS: Final = (
    "com|org|net|edu|gov|mil|int|info|biz|io|dev|app|gg|tv|co|online|site|shop|store|blog|xyz|"
    "club|cloud|tech|wiki|social|chat|space|website|fm|ly|eu|uk|de|fr|es|nl|pl|ru|ua|cz|sk|hu|ro|"
    "bg|gr|tr|se|dk|fi|ee|lv|lt|ch|ie|pt|br|ar|mx|cl|pe|ve|uy|ca|au|nz|za|ng|ke|jp|cn|kr|tw|hk|"
    "sg|th|vn|ph|my|lk|pk|ir|ae|sa|eg|ma|tn|il|hr|si|lu"
)
# These are words too: only with a path, a "www." or a second part ("co.in").
_WORDS: Final = (
    "so|it|me|in|to|no|is|at|be|am|as|us|my|do|id|la|st|vu|cc|rs|ws|tk|im|gl|sh|link|page"
)

_URL = compiled(
    rf"""(?i)\b(?:
    (?:https?|hxxps?|ftp|wss?|matrix|mxc|tg|magnet)
    (?:://|:\\\\|:(?:r|roomid|u)/)[^\s<>"'\x60|\\^\x7b\x7d]+|
    www\d?{_DOT}[\pL\pN-]+(?:\.[\pL\pN-]+)+(?:[/?#:][^\s<>"'\x60|\\^]*)?|
    (?:[\pL\pN][\pL\pN-]*{_DOT})+(?:{_ENDINGS})\b
    (?:(?::\d{{2,5}})?[/?#][^\s<>"'\x60|\\^]*)?|
    (?:[\pL\pN][\pL\pN-]*\.)+(?:{_WORDS})/[^\s<>"'\x60|\\^]*|
    (?:[\pL\pN][\pL\pN-]*\.)+(?:co|com|org|net|ac|gov|edu)\.[a-z]{{2}}\b
    (?:[/?#:][^\s<>"'\x60|\\^]*)?
    )"""
)
_NAMES_OF_THINGS: Final = {"asp.net", "vb.net", "ado.net", "ml.net", "socket.io", "paint.net"}
"""Programs that are called like hosts."""
_AFTER_A_LINK: Final = ".,;:!?)]}>*_~'\"\u2026\u2019\u201d"


def urls(text: str, taken: list[Span]) -> Iterator[Span]:
    """Links, with or without "https://". `taken` holds the e-mail addresses of the text."""
    for start, end in spans(_URL, text):
        before, after = letter_at(text, start - 1), letter_at(text, end)
        if overlaps((start, end), taken) or before in {"@", "\\", "-"}:
            continue
        if text[start:end].lower() in _NAMES_OF_THINGS:
            continue
        # "notes.de-lux", "a.com.txt": it only began like a host.
        goes_on = after == "." and letter_at(text, end + 1).isalnum()
        if after in {"@", "-", "_", "("} or goes_on:
            continue
        while end > start and text[end - 1] in _AFTER_A_LINK:
            end -= 1
        yield start, end


_INVITE = compiled(
    rf"""(?i)(?:
    \bdiscord(?:app)?\s?(?:{_DOT}|\sdot\s)\s?(?:gg|me|li)\s?/\s?[\w-]{{2,}}|
    \bdiscord(?:app)?\s?(?:{_DOT}|\sdot\s)\s?com\s?/\s?invite\s?/\s?[\w-]{{2,}}|
    \bdsc\.gg/[\w-]{{2,}}|\bdisboard\.org/server/\d+|
    \b(?:t|telegram)\.me/(?:joinchat/|\+)[\w-]{{6,}}|\btg://join\?invite=[\w-]{{6,}}|
    \bchat\.whatsapp\.com/[\w-]{{6,}}|\bsignal\.group/#[\w-]{{6,}}|
    \bjoin\.slack\.com/[\w/~-]{{6,}}|\bguilded\.gg/[\w/-]{{2,}}|
    \bfacebook\.com/groups/[\w.-]{{2,}}|\bgroupme\.com/join_group/[\w/-]{{2,}}
    )"""
)
_ROOM_LINK = compiled(
    r"""(?i)(?:
    \bdiscord(?:app)?\.com/channels/(?:\d{15,21}|@me)(?:/\d{15,21}){0,2}|
    \bmatrix\.to/#/(?:!|#|%21|%23)[^\s/?]+(?:/(?:\$|%24)[^\s/?]+)?|
    \bmatrix:(?:r|roomid)/[^\s?]+|
    [#!][\w=./+-]+:[a-z0-9-]+(?:\.[a-z0-9-]+)+
    )"""
)


def invites(text: str) -> Iterator[Span]:
    """Invitations to a server, group or room elsewhere."""
    yield from spans(_INVITE, text)


def room_links(text: str) -> Iterator[Span]:
    """Links to a room or a message on Discord or Matrix, and Matrix's own names of rooms."""
    yield from spans(_ROOM_LINK, text)


_IP = compiled(r"[0-9A-Fa-f:.]*(?:[0-9]\.[0-9]+\.[0-9]+\.|:[0-9A-Fa-f]*:)[0-9A-Fa-f:.]*")
_V4_PARTS: Final = 4
_VERSIONS = compiled(
    r"(?i)\b(?:versions?|ver|release|update[ds]?|kernel|firmware|patch|v|sections?|chapters?|"
    r"clauses?|paragraphs?|figures?|items?|builds?)\b"
)
_REACH: Final = 60
_SPOKEN_OF = compiled(r"(?i)\b(?:ip|ipv6|unspecified|loopback|subnet|prefix|address)\b")


def ips(text: str) -> Iterator[Span]:
    """IP addresses of both versions, with or without the length of a network."""
    for start, end in spans(_IP, text):
        token = text[start:end]
        stripped = token.rstrip(".")
        if stripped.endswith(":") and not stripped.endswith("::"):
            stripped = stripped.rstrip(":")
        end = start + len(stripped)
        joined = letter_at(text, start - 1), letter_at(text, end)
        if any(side.isalnum() or side == "_" for side in joined):
            # "text::ffff:192.0.2.1": what is glued on can still end in a whole address.
            colon = stripped.rfind(":")
            if colon < 0 or joined[1].isalnum() or not _is_v4(stripped[colon + 1 :]):
                continue
            start += colon + 1
            yield start, end
            continue
        host, _, port = stripped.partition(":")
        if "." in host and port.isdigit():
            # The number of a port after it.
            stripped, end = host, start + len(host)
        if _is_v6(stripped, text, start) if ":" in stripped else _is_v4(stripped):
            counts = found_in(_VERSIONS, text[max(0, start - _REACH) : start])
            if not (counts and _looks_counted(stripped)):
                yield start, end


def _looks_counted(written: str) -> bool:
    return ":" not in written and all(len(part) <= 2 for part in written.split("."))


def _is_v4(token: str) -> bool:
    parts = token.split(".")
    if len(parts) == _V4_PARTS + 1 and len(parts[0]) > 1:
        # One part too many, and too high to count versions or objects with.
        parts.pop()
    if len(parts) != _V4_PARTS:
        return False
    return all(part.isdigit() and len(part) <= 3 and int(part) < 256 for part in parts)


def _is_v6(written: str, text: str, start: int) -> bool:
    if written == "::":
        alone = not letter_at(text, start + 2).strip() or letter_at(text, start + 2) == "/"
        return alone and any(True for _ in spans(_SPOKEN_OF, text[:start], 1))
    hexadecimal = any(letter.isdigit() for letter in written)
    # "a[::2]" is a slice of a list, and "12::30" a slip in a time.
    slice_of_list = letter_at(text, start - 1) == "[" and len(written) == 3 and written != "::1"
    if not hexadecimal or slice_of_list:
        return False
    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        # An address of version 4 at the end of two different prefixes, as people write it.
        return written.count("::") == 1 and _is_v4(written.rsplit(":", 1)[1])
    return len(written) > 4 or written == "::1"


NETWORKS: Final = (
    "insta",
    "ig ",
    "ig:",
    "snap",
    "tiktok",
    "tik tok",
    "twitter",
    "telegram",
    "discord",
    "kik",
    "facebook",
    "fb",
    "skype",
    "linkedin",
    "linked in",
    "bluesky",
    "mastodon",
    "twitch",
    "onlyfans",
    "only fans",
    "threads",
    "wechat",
    "signal",
    "steam",
    "psn",
    "xbox",
    "tumblr",
)
"""One of these is in every text that `handles` finds a network's name in, in lower case."""
_NETWORKS: Final = (
    "insta(?:gram)?|ig|snap(?:chat)?|tik ?tok|twitter|telegram|discord|kik|facebook|fb|skype|"
    "linked ?in|bluesky|mastodon|twitch|only ?fans|threads|wechat|signal|steam|psn|xbox|tumblr"
)
_HANDLE = compiled(
    rf"""(?i)(?:
    \b(?:{_NETWORKS})\b(?:\s(?:is|handle|name|user|username|user name|id|tag|account|acct)){{0,3}}
    \s?[:=-]?\s?(?:@[\w.-]{{2,30}}|[\w-]{{1,20}}[0-9_][\w.-]{{1,20}}|[a-z]{{2,20}}\.[a-z0-9_]{{2,20}})|
    \b(?:my|add me on|find me on|follow me on|dm me on|message me on|hit me up on|his|her|their)
    \s(?:{_NETWORKS})\s?:\s?@?[\w.-]{{3,30}}|
    @[\w.-]{{2,30}}\son\s(?:{_NETWORKS})\b|
    \b[a-z_][\w.-]{{1,31}}#\d{{4}}\b|
    (?:^|\s|/)u/[\w-]{{3,20}}\b|
    @[\w.=/+-]+:[a-z0-9-]+(?:\.[a-z0-9-]+)+
    )"""
)
_NO_HANDLE = compiled(
    r"(?i)^(?:bug|issue|pr|ticket|case|fix|fixes|closes|part|room|order|number|no|team|ref|page"
    r"|post|version|item|build)#|^signal-to|\.(?:com|org|net|conf|log|txt|exe|py|js)$"
)


def handles(text: str) -> Iterator[Span]:
    """Names on social networks, where the network or the form of the name says so."""
    for start, end in spans(_HANDLE, text):
        if not any(True for _ in spans(_NO_HANDLE, text[start:end].strip(), 1)):
            yield start, end
