"""What somebody who may be in danger reads. All of it is in memory: it works with the store gone.

Nothing here asks for anything, promises anybody, or tells what to do but whom to reach.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.model import Group
from bot.reply import HELP_NOW, Button, Reply, Text, Value
from bot.services.crisis.rota import Rota
from bot.services.group_settings import GroupSettings
from bot.services.helplines import Helpline, Helplines, Mode

TRIED: Final = Button("button-tried-that", "help now tried", static=True)
AWAKE: Final = Button("button-who-is-awake", "help now awake", static=True)
TELL: Final = Button("button-tell-moderator", "help now tell", static=True)
WRITE_TO_GROUP: Final = Button("button-write-to-group", "join", static=True)
"""Who is not in the group yet joins first; who is in it reads so."""


class Told(Enum):
    """What became of telling the moderators."""

    ON_DUTY = "on-duty"
    """A card is on its way, and by the rota somebody is there."""
    AWAY = "away"
    """A card is on its way; by the rota nobody is there until a moment."""
    NO_ROTA = "no-rota"
    """A card is on its way; there is no rota that would tell who is there."""
    NOBODY = "nobody"
    """Nobody was told."""


class CrisisWords:
    """Puts together what is said, from what this group's moderators confirmed."""

    def __init__(
        self, helplines: Helplines, settings: GroupSettings, rota: Rota, clock: Clock
    ) -> None:
        self._helplines = helplines
        self._settings = settings
        self._rota = rota
        self._clock = clock

    def help_now(self, group: Group) -> Reply:
        """The answer to Help now."""
        lines = self.lines(group)
        return Reply(
            "help-now" if lines else "help-now-none",
            lines=(*lines, self.emergency(group)),
            buttons=(TRIED, AWAKE, TELL, WRITE_TO_GROUP),
        )

    def to_author(self, group: Group, told: Told) -> Reply:
        """To the author alone, and to nobody else."""
        lines = self.lines(group)
        tell = (TELL,) if told is Told.NOBODY else ()
        return Reply(
            "crisis-hello" if lines else "crisis-hello-none",
            lines=(self.emergency(group), *lines, self._for_author(group, told)),
            buttons=(TRIED, AWAKE, *tell, HELP_NOW),
            lock_line="lock-for-you",
        )

    def of_the_past(self) -> Reply:
        """To the author alone, about what they told of as over."""
        return Reply("crisis-past", buttons=(HELP_NOW, TELL), lock_line="lock-for-you")

    def to_room(self, group: Group, told: Told) -> Reply:
        """To a room: no answer to anybody, and it names nobody."""
        return Reply(
            "crisis-line",
            lines=(self._for_room(group, told),),
            buttons=(HELP_NOW,),
        )

    def awake(self, group: Group) -> Text:
        """Who is there by the rota, with no promise."""
        awake = self._rota.awake(group)
        if awake.until is not None:
            return Text("awake-now", {"until": awake.until})
        if awake.back is not None:
            return Text("awake-back", {"at": awake.back})
        return Text("awake-unknown")

    def told(self, group: Group) -> Told:
        """How moderators hear of a card that is on its way now."""
        awake = self._rota.awake(group)
        if awake.on_duty:
            return Told.ON_DUTY
        return Told.NO_ROTA if awake.back is None else Told.AWAY

    def lines(self, group: Group, modes: tuple[Mode, ...] = tuple(Mode)) -> tuple[Text, ...]:
        """The helplines that are shown, text and chat first."""
        return tuple(
            Text(f"help-line-{line.mode.value}", line_args(line))
            for line in self._helplines.shown(group, modes)
        )

    def emergency(self, group: Group) -> Text:
        """The emergency number that the moderators set."""
        number = self._settings.words(group, "emergency-number")
        if number:
            return Text("help-emergency", {"number": number})
        return Text("help-emergency-unknown")

    def _for_author(self, group: Group, told: Told) -> Text:
        return Text(f"crisis-author-{told.value}", self._back(group))

    def _for_room(self, group: Group, told: Told) -> Text:
        return Text(f"crisis-room-{told.value}", self._back(group))

    def _back(self, group: Group) -> dict[str, Value]:
        # Between the telling and now somebody may have come: then it is now.
        awake = self._rota.awake(group)
        return {"at": awake.back or self._clock.now()}


def line_args(line: Helpline) -> dict[str, Value]:
    """A helpline, for a text's gaps."""
    return {
        "name": line.name,
        "contact": line.contact,
        "hours": line.hours,
        "language": line.language or "unknown",
    }
