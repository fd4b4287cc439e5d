"""What can go wrong, by who needs to know.

`Refused` is for the person who asked. The `PlatformError` family is what a platform says to
the outbox and to the services. Everything else is a bug: logged without content, and answered
with one fixed sentence and an error id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.reply import Text, Value


class Refused(Exception):
    """A request that is answered with a sentence instead of being done.

    Carries a text key and its arguments, never words: the words live in `bot/texts/`.
    """

    def __init__(self, key: str, args: Mapping[str, Value] | None = None) -> None:
        super().__init__(key)
        self.text = Text(key, args or {})


class StartError(Exception):
    """The bot cannot start. The message is shown to the host as it is: say what to do."""


class NotDurable(Exception):
    """What an event asked for could not be stored. The adapter must offer the event again."""


class PlatformError(Exception):
    """A platform did not do what it was asked."""

    why = "failed"


class CannotReach(PlatformError):
    """The person cannot be written to alone (they left, or they do not allow it)."""

    why = "cannot-reach"


class Forbidden(PlatformError):
    """The bot lacks the right. Trying again changes nothing until a person acts."""

    why = "forbidden"


class Gone(PlatformError):
    """The room, message or group is not there any more."""

    why = "gone"


class Unknown(PlatformError):
    """It may have been done before, and that cannot be found out. It is not done twice."""

    why = "unknown"


class TryLater(PlatformError):
    """The platform is busy or away. `after` is how long to wait."""

    why = "try-later"

    def __init__(self, after: timedelta) -> None:
        super().__init__(self.why)
        self.after = after


class TryThisLater(TryLater):
    """The same, of this one thing alone: what waits behind it may go."""
