"""Sealing: what only two key-holders together can open, and the keys they open it with.

Pure functions over bytes and texts, usable without the rest of the bot. The bot knows public keys
only; the private ones stay on their holders' own devices, made and used by `circlekeeper key` or
by the key page (`key_page.html`), which speak the same four kinds of text:

| text | what it is | who may see it |
|---|---|---|
| `ckkey1-...` | a public key | everybody |
| `ckprivate1-...` | a private key under a passphrase | its holder |
| `cksealed1-...` | half of a post's key, sealed to one holder | everybody; they alone open it |
| `ckopened1-...` | that half, opened | the bot, in answer to the request it belongs to |
"""

from bot.sealing.authors import MOST_HOLDERS, Place, SealedAuthor, seal_author
from bot.sealing.halves import OpenedHalf, SealedHalf
from bot.sealing.keys import PrivateKey, PublicKey
from bot.sealing.texts import CannotOpen, NotSuchText

__all__ = [
    "MOST_HOLDERS",
    "CannotOpen",
    "NotSuchText",
    "OpenedHalf",
    "Place",
    "PrivateKey",
    "PublicKey",
    "SealedAuthor",
    "SealedHalf",
    "seal_author",
]
