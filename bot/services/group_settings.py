"""What a group may decide for itself. Settings can tighten a protection and never lift one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from bot import arguments
from bot.errors import Refused
from bot.model import Account, Group
from bot.reply import Value
from bot.services.audit import Audit, Deed
from bot.store import Connection, Store, group_rows


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default, which also gives its type, and the range it may have."""

    name: str
    default: timedelta | int | bool | str
    least: timedelta | int | None = None
    most: timedelta | int | None = None

    def read(self, typed: str) -> timedelta | int | bool | str:
        """Read what somebody typed. Raises `Refused` with what would have been right."""
        value = self._convert(typed.strip())
        # A length is what a text's limits mean.
        size = len(value) if isinstance(value, str) else value
        if (self.least is not None and size < self.least) or (  # type: ignore[operator]
            self.most is not None and size > self.most  # type: ignore[operator]
        ):
            limits: Mapping[str, Value] = {"least": self.least or 0, "most": self.most or 0}
            raise Refused("setting-out-of-range", limits)
        return value

    def _convert(self, typed: str) -> timedelta | int | bool | str:
        name: Value = self.name
        if isinstance(self.default, bool):
            return arguments.yes_or_no(typed, name)
        if isinstance(self.default, int):
            return arguments.number(typed, name)
        if isinstance(self.default, timedelta):
            return arguments.duration(typed)
        return typed


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("emergency-number", "", 0, 40),
        Setting("read-all-rules", default=False),
        Setting("grace", timedelta(days=7), timedelta(), timedelta(days=30)),
        Setting("anonymous", default=True),
        Setting("anonymous-per-day", 5, 1, 50),
        Setting("anonymous-per-room-and-hour", 20, 1, 200),
        Setting("anonymous-least-members", 0, 0, 100),
        Setting("sealed-days", 30, 7, 90),
    )
}


class GroupSettings:
    """Each group's settings, in memory and written through."""

    def __init__(self, store: Store, audit: Audit) -> None:
        self._store = store
        self._audit = audit
        self._typed: dict[Group, dict[str, str]] = {}

    async def load(self, group: Group) -> None:
        """Read a group's settings from the store."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            self._typed[group] = await group_rows.settings(conn, group_id)

    def value(self, group: Group, name: str) -> timedelta | int | bool | str:
        """What is in force."""
        setting = SETTINGS[name]
        typed = self._typed.get(group, {}).get(name)
        return setting.default if typed is None else setting.read(typed)

    def flag(self, group: Group, name: str) -> bool:
        """A yes-or-no setting."""
        return bool(self.value(group, name))

    def number(self, group: Group, name: str) -> int:
        """A number."""
        return cast("int", self.value(group, name))

    def span(self, group: Group, name: str) -> timedelta:
        """A duration."""
        return cast("timedelta", self.value(group, name))

    def words(self, group: Group, name: str) -> str:
        """A text."""
        return str(self.value(group, name))

    async def change(
        self, group: Group, name: str, typed: str, by: Account | None = None
    ) -> timedelta | int | bool | str:
        """Change a setting and return what is in force now. Raises `Refused`.

        `by` is None where it was the host.
        """
        setting = SETTINGS.get(name.strip().lower())
        if setting is None:
            raise Refused("setting-unknown", {"names": ", ".join(SETTINGS)})
        value = setting.read(typed)
        group_id = await self._store.group_id(group)
        typed = typed.strip()

        async def work(conn: Connection) -> None:
            await group_rows.set_setting(conn, group_id, setting.name, typed)
            await self._audit.record(
                conn,
                group,
                Deed.SETTING_CHANGED,
                by=by,
                facts={"setting": setting.name},
                private={"value": typed},
            )

        await self._store.write(work)
        self._typed.setdefault(group, {})[setting.name] = typed
        return value
