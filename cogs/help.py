"""Help for each role, the group's settings, and what works and what does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated

from bot.chat import Can, Right
from bot.cog import Arg, Cog, Command, Context, command
from bot.errors import PlatformError
from bot.model import Group, Role, RoomKind
from bot.reply import HELP_NOW, Reply, Text
from bot.services.acknowledgement import Acknowledgement
from bot.services.directory import Directory
from bot.services.group_settings import SETTINGS, GroupSettings
from bot.services.helplines import Helplines
from bot.services.retention.removing import Removals

WORTH_SAYING = timedelta(minutes=1)
"""A backlog that takes less than this is gone before anybody reads about it."""

MoreStatus = Callable[[Group], Awaitable[Sequence[Text]]]


class Help(Cog):
    """What people can do, and how the bot is."""

    def __init__(
        self,
        acknowledgement: Acknowledgement,
        directory: Directory,
        helplines: Helplines,
        removals: Removals,
        settings: GroupSettings,
    ) -> None:
        self.acknowledgement = acknowledgement
        self.directory = directory
        self.helplines = helplines
        self.removals = removals
        self.settings = settings
        self.all_commands: Sequence[Command] = ()
        self.more_status: list[MoreStatus] = []
        """What other features say in `status`."""

    @command("help", needs=Role.GUEST)
    async def help(self, ctx: Context) -> Reply:
        """See what you can do here."""
        role = ctx.role
        if role is Role.GUEST and self.acknowledgement.acknowledged(ctx.group, ctx.account):
            role = Role.MEMBER
        lines = tuple(
            Text("help-command", {"name": each.name, "help": each.help})
            for each in self.all_commands
            if each.needs <= role and not each.hidden
        )
        return Reply(f"help-for-{role.name.lower()}", lines=lines, buttons=(HELP_NOW,))

    @command("settings", needs=Role.MODERATOR)
    async def list_settings(self, ctx: Context) -> Reply:
        """See the group's settings."""
        lines = tuple(
            Text(
                "settings-line",
                {
                    "name": name,
                    "value": self._shown(ctx.group, name),
                    "about": Text(f"setting-{name}"),
                },
            )
            for name in SETTINGS
        )
        return Reply("settings", lines=lines)

    @command("set", needs=Role.ADMIN)
    async def set(
        self,
        ctx: Context,
        name: Annotated[str, Arg("arg-setting-name", choices=tuple(SETTINGS))],
        value: Annotated[str, Arg("arg-setting-value", max_length=200)],
    ) -> Reply:
        """Change one of the group's settings."""
        await self.settings.change(ctx.group, name, value, ctx.account)
        shown = self._shown(ctx.group, name.strip().lower())
        return Reply("setting-changed", {"name": name.strip().lower(), "value": shown})

    def _shown(self, group: Group, name: str) -> Text:
        value = self.settings.value(group, name)
        if isinstance(value, bool):
            return Text("yes" if value else "no")
        if value == "":
            return Text("setting-empty")
        return Text("value", {"value": value})

    @command("status", needs=Role.MODERATOR)
    async def status(self, ctx: Context) -> Reply:
        """See what is on, what cannot work, and why."""
        lines = [
            Text("status-members", {"count": self.acknowledgement.count(ctx.group)}),
            *self._promises(ctx.group),
            *await self._rights(ctx.group),
            *await self._open_doors(ctx.group),
            *self._helplines(ctx.group),
            *await self._removals(ctx.group),
        ]
        for more in self.more_status:
            lines += await more(ctx.group)
        return Reply("status", lines=tuple(lines))

    def _promises(self, group: Group) -> list[Text]:
        can = self.directory.chat(group).can
        missing = {
            Can.HOLD: "status-cannot-hold",
            Can.REMOVE: "status-cannot-remove",
            Can.HIDE_INPUT: "status-cannot-hide-input",
            Can.TELL: "status-cannot-tell",
        }
        lines = [Text(key) for flag, key in missing.items() if flag not in can]
        anonymous = self.settings.flag(group, "anonymous")
        lines.append(Text("status-anonymous-on" if anonymous else "status-anonymous-off"))
        return lines

    async def _rights(self, group: Group) -> list[Text]:
        lines = []
        holds = (Right.HOLD,) if Can.HOLD in self.directory.chat(group).can else ()
        needs: dict[RoomKind, tuple[Right, ...]] = {
            RoomKind.CIRCLE: (Right.READ, Right.POST, Right.REMOVE, *holds),
            RoomKind.LOBBY: (Right.POST,),
            RoomKind.MODERATORS: (Right.POST,),
        }
        for kind, rights in needs.items():
            rooms = self.directory.rooms(group, kind)
            if not rooms:
                lines.append(Text(f"status-no-room-{kind.value}"))
            for known in rooms:
                try:
                    has = await self.directory.chat(group).rights(known.room)
                except PlatformError:
                    lines.append(Text("status-room-unknown", {"room": known.room}))
                    continue
                lines.extend(
                    Text(f"status-lacks-{right.value}", {"room": known.room})
                    for right in rights
                    if right not in has
                )
        return lines or [Text("status-rights-fine")]

    async def _open_doors(self, group: Group) -> Sequence[Text]:
        try:
            return await self.directory.chat(group).open_doors(group)
        except PlatformError:
            # That the rooms cannot be seen right now, their rights say.
            return ()

    def _helplines(self, group: Group) -> list[Text]:
        lines = []
        if not self.settings.words(group, "emergency-number"):
            lines.append(Text("status-no-emergency-number"))
        if not self.helplines.shown(group):
            lines.append(Text("status-no-helplines"))
        old = len(self.helplines.to_check(group))
        if old:
            lines.append(Text("status-old-helplines", {"count": old}))
        undescribed = self.helplines.undescribed(group)
        if undescribed:
            lines.append(Text("status-helplines-undescribed", {"count": undescribed}))
        return lines

    async def _removals(self, group: Group) -> list[Text]:
        backlog = await self.removals.backlog(group)
        lines = [Text("status-overdue", {"count": backlog.overdue})] if backlog.overdue else []
        if backlog.left is not None and backlog.left >= WORTH_SAYING:
            lines.append(Text("status-overdue-left", {"left": backlog.left}))
        if not backlog.clock_trusted:
            lines.append(Text("status-clock"))
        lines.extend(
            Text(f"status-stuck-{why}", {"room": room, "count": count})
            for (room, why), count in backlog.stuck.items()
        )
        return lines
