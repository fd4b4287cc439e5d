"""What the people in the sandbox can do: the other side of `world.py`.

The page and the tests come through here, and through nothing else: whatever a person can do
wrongly, press twice or forge is possible here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.sandbox import seed
from adapters.sandbox.world import BOT, Json, Refusal, World

LONGEST = 4_000
"""The longest message the platform takes, in characters."""

RIGHTS = ("read", "post", "remove")


class People:
    """Everything that people do on the platform."""

    def __init__(self, world: World) -> None:
        self.world = world

    def do(self, what: str, asked: Mapping[str, Any]) -> Json:
        """Do one thing that a page asked for, by name. Refuses what is unknown or misshapen."""
        deed = _DEEDS.get(what)
        if deed is None:
            raise Refusal("bad", "The page asked for something unknown.")
        try:
            done = deed(self, **asked)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise Refusal("bad", "The page asked for something misshapen.") from error
        return {"done": done}

    # -- messages ----------------------------------------------------------------------------

    def write(
        self,
        account: str,
        room: str,
        text: str,
        reply_to: str | None = None,
        attachments: list[Json] | None = None,
    ) -> str:
        """Write in a room."""
        world = self.world
        if not world.may_enter(account, room) or world.room(room)["kind"] == "private":
            raise Refusal("forbidden", "You cannot write in this room yet.")
        text = self._text(text)
        if not text.strip() and not attachments:
            raise Refusal("bad", "There is nothing written yet.")
        content = {"text": text, "reply_to": reply_to, "attachments": attachments or []}
        return str(world.put(room, account, content)["id"])

    def change(self, account: str, room: str, message: str, text: str) -> None:
        """Edit an own message."""
        found = self._seen(account, room, message)
        if found["author"] != account:
            raise Refusal("forbidden", "Only its author can change a message.")
        found["text"] = self._text(text)
        found["edited"] = True
        if self.world.heard(room):
            self.world.log("edited", room=room, message=self.world.logged(room, found))
        self.world.touch()

    def take_back(self, account: str, room: str, message: str) -> None:
        """Remove an own message, hide a private answer, or remove anybody's as a moderator."""
        found = self._seen(account, room, message)
        own = found["author"] == account or found["only"] == account
        if not own and not self._moderates(account, room):
            raise Refusal("forbidden", "Only its author or a moderator can remove a message.")
        self.world.delete(room, message)

    def pin(self, account: str, room: str, message: str, pinned: bool) -> None:
        """Pin a message, or let it loose, as a moderator."""
        found = self._seen(account, room, message)
        if not self._moderates(account, room) or found["only"]:
            raise Refusal("forbidden", "Only a moderator can pin a message.")
        if found["pinned"] != bool(pinned):
            found["pinned"] = bool(pinned)
            group = self.world.room(room)["group"]
            self.world.log("room", group=group, room=room, change="pins")
            self.world.touch()

    # -- asking the bot ----------------------------------------------------------------------

    def press(self, account: str, room: str, message: str, button: str) -> int:
        """Press a button. Gives the number that the answer will carry."""
        return self._ask(account, room, "press", message=message, token=str(button), fields={})

    def submit(self, account: str, room: str, form: str, fields: Json) -> int:
        """Send a form that the bot showed."""
        return self._ask(account, room, "press", message=None, token=str(form), fields=dict(fields))

    def run(
        self,
        account: str,
        room: str,
        command: str,
        fields: Json | None = None,
        message: str | None = None,
    ) -> int:
        """Run a command, on a message or from the list."""
        named = str(command)
        fields = dict(fields or {})
        return self._ask(account, room, "command", message=message, command=named, fields=fields)

    def _ask(self, account: str, room: str, kind: str, **what: Any) -> int:
        world = self.world
        if not world.may_enter(account, room):
            raise Refusal("forbidden", "You are not in this room.")
        language = world.state["accounts"][account]["language"]
        group = world.room(room)["group"]
        who = {"group": group, "room": room, "account": account, "language": language}
        world.log(kind, **who, **what)
        world.touch()
        return int(world.state["seq"])

    # -- coming and going --------------------------------------------------------------------

    def arrive(self, name: str | None = None, group: str = seed.GROUP) -> str:
        """A new account comes into the lobby."""
        accounts = self.world.state["accounts"]
        if name is None:
            taken = {account["name"] for account in accounts.values()}
            free = [name for name in seed.ARRIVALS if name not in taken]
            name = free[0] if free else f"{seed.ARRIVALS[0]} {len(accounts)}"
        name = self._text(name).strip()[:40]
        if not name:
            raise Refusal("bad", "A name is needed.")
        handle, number = name.casefold(), 2
        while handle in accounts or handle == BOT or ":" in handle:
            handle, number = f"{name.casefold().replace(':', '')}-{number}", number + 1
        accounts[handle] = {"name": name, "language": "en", "automated": False}
        self.come_back(handle, group)
        return handle

    def leave(self, account: str, group: str = seed.GROUP) -> None:
        """Leave the group."""
        person = self.world.person(group, account)
        if person["here"]:
            person["here"] = False
            self.world.log("left", group=group, account=account)
            self.world.touch()

    def come_back(self, account: str, group: str = seed.GROUP) -> None:
        """Come (back) into the group: held like everybody who arrives, and with no role."""
        people = self.world.state["people"][group]
        if not people.get(account, {}).get("here"):
            people[account] = {"role": "member", "held": True, "here": True}
            self.world.log("joined", group=group, account=account)
            self.world.touch()

    # -- the platform's settings, for training and for tests ---------------------------------

    def allow(self, room: str, right: str, allowed: bool) -> None:
        """Give the bot a right in a room, or take it away ("hold" counts for the group)."""
        found = self.world.room(room)
        if right == "hold":
            self.world.state["groups"][found["group"]]["hold"] = bool(allowed)
        elif right in RIGHTS:
            rights = [r for r in found["rights"] if r != right]
            found["rights"] = [*rights, right] if allowed else rights
        else:
            raise Refusal("bad", "There is no such right.")
        self.world.log("room", group=found["group"], room=room, change="rights")
        self.world.touch()

    def give_role(self, account: str, role: str, group: str = seed.GROUP) -> None:
        """Make somebody a member, a moderator or an admin."""
        if role not in ("member", "moderator", "admin"):
            raise Refusal("bad", "There is no such role.")
        self.world.person(group, account)["role"] = role
        self.world.log("changed", group=group, account=account)
        self.world.touch()

    def rename(self, account: str, name: str, group: str = seed.GROUP) -> None:
        """Show another name."""
        self.world.state["accounts"][account]["name"] = self._text(name).strip()[:40] or "Nameless"
        self.world.log("changed", group=group, account=account)
        self.world.touch()

    def close_room(self, room: str) -> None:
        """Delete a room with everything in it."""
        group = self.world.room(room)["group"]
        del self.world.state["rooms"][room]
        self.world.log("room", group=group, room=room, change="gone")
        self.world.touch()

    # -- helpers -----------------------------------------------------------------------------

    def _seen(self, account: str, room: str, message: str) -> Json:
        found = self.world.message(room, message)
        if found not in self.world.visible(account, room):
            raise Refusal("gone", "This message is not there any more.")
        return found

    def _moderates(self, account: str, room: str) -> bool:
        person = self.world.person(self.world.room(room)["group"], account)
        return person["here"] and person["role"] in ("moderator", "admin")

    def _text(self, text: str) -> str:
        if not isinstance(text, str):
            raise Refusal("bad", "That is not a text.")
        # A lone surrogate or a NUL would break saving; the page's own platform drops them.
        text = text.replace("\0", "").encode("utf-8", "ignore").decode()
        if len(text) > LONGEST:
            raise Refusal("bad", f"This is longer than {LONGEST} characters. Shorten it a little.")
        return text


_DEEDS: Final[dict[str, Callable[..., Any]]] = {
    "write": People.write,
    "change": People.change,
    "take_back": People.take_back,
    "pin": People.pin,
    "press": People.press,
    "submit": People.submit,
    "run": People.run,
    "arrive": People.arrive,
    "leave": People.leave,
    "come_back": People.come_back,
    "allow": People.allow,
    "give_role": People.give_role,
    "rename": People.rename,
}
"""What a page may ask for."""
