"""World: the sandbox's platform, as plain state with plain-JSON methods.

It stands where Discord's or Matrix's servers stand for the other adapters: it knows rooms,
accounts and messages, enforces who may read and write, and hands the bot an ordered log of what
happened. It knows nothing of what the bot is for. The people's side is in `people.py`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from adapters.sandbox import seed
from bot.clock import steady

Json: TypeAlias = dict[str, Any]
_T = TypeVar("_T")

BOT = "circlekeeper"
"""The account that the bot writes with."""

_KEYS_KEPT = 20_000
_ANSWERS_KEPT = 30
_LONGEST_PUSH = 366 * 86_400.0


class Refusal(Exception):
    """The platform says no: a code for programs and a sentence for the person at the page."""

    def __init__(self, code: str, sentence: str = "", after: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.after = after


def _own_time() -> Callable[[], datetime]:
    """A time of the platform's own: it runs on when somebody sets the computer's clock."""
    start, began = datetime.now(UTC), steady()
    return lambda: start + timedelta(seconds=steady() - began)


class World:
    """The platform's whole state, and what a bot may ask of it."""

    def __init__(
        self, state: Json | None = None, *, time: Callable[[], datetime] | None = None
    ) -> None:
        self._time = time or _own_time()
        self._waiters: list[asyncio.Future[None]] = []
        self._watchers: list[Callable[[], None]] = []
        self.version = 0
        """Goes up with every change."""
        self.followers = 0
        """How many bots follow the log right now."""
        self.effects: Counter[str] = Counter()
        """What really happened, by operation and key ("post:<key>"). Crash tests count here."""
        self.requests: Counter[str] = Counter()
        """What was asked for, the repeated requests included."""
        if state is None:
            self.state = seed.fresh()
            self._arrive_first()
        else:
            self.state = state

    # -- change and time ---------------------------------------------------------------------

    def now(self) -> datetime:
        """The platform's time, with the clock control's shift."""
        return self._time() + timedelta(seconds=self.state["shift"])

    def shift(self, seconds: float) -> None:
        """Push time forward. The bot's clock follows through the log."""
        if not 0 <= seconds <= _LONGEST_PUSH:
            raise Refusal("bad", "Time goes forward only, and a year at most.")
        self.state["shift"] += seconds
        self.log("clock", shift=self.state["shift"])
        self.tick()
        self.touch()

    def tick(self) -> None:
        """Let go of the bot's own messages whose lifetime is over."""
        now = self.now()
        over = [
            (room, message)
            for room in self.state["rooms"]
            for message in self._messages(room).values()
            if message["lasts"] and datetime.fromisoformat(message["due"]) <= now
        ]
        for room, message in over:
            self.delete(room, message["id"])

    def start_over(self) -> None:
        """Begin again with an empty circle. Time and the log's numbers go on, never back."""
        old = self.state
        self.state = seed.fresh()
        self.state["shift"] = old["shift"]
        self.state["seq"] = self.state["acked"] = old["seq"]
        self.state["commands"] = old["commands"]
        self._arrive_first()
        self.touch()

    def _arrive_first(self) -> None:
        newcomer = next(iter(self.state["accounts"]))
        self.state["people"][seed.GROUP][newcomer]["here"] = True
        self.log("joined", group=seed.GROUP, account=newcomer)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every change."""
        self._watchers.append(watcher)

    def next_change(self) -> asyncio.Future[None]:
        """Done after the next change from this very call on, so that none slips through."""
        self._waiters = [waiter for waiter in self._waiters if not waiter.done()]
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    async def changed(self) -> None:
        """Return after the next change."""
        await self.next_change()

    async def until(self, condition: Callable[[], _T | None], seconds: float = 60) -> _T:
        """Wait until a condition is not None and give its value. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while (value := condition()) is None:
                await self.changed()
        return value

    def touch(self) -> None:
        """Say that something changed."""
        self.version += 1
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        for watcher in self._watchers:
            watcher()

    # -- the log -----------------------------------------------------------------------------

    def log(self, kind: str, **what: Any) -> str:
        """Write an event for the bot. Returns the id that every redelivery has."""
        self.state["seq"] += 1
        seq = self.state["seq"]
        event_id = f"{self.state['id']}-{seq}"
        at = self.now().isoformat()
        self.state["log"].append({"seq": seq, "id": event_id, "kind": kind, "at": at, **what})
        return event_id

    def events(self, after: int, limit: int = 500) -> list[Json]:
        """What the bot has not acknowledged, after a number, oldest first."""
        return [event for event in self.state["log"] if event["seq"] > after][:limit]

    def follow(self, by: int) -> None:
        """A bot began to follow the log (1) or went away (-1)."""
        self.followers += by
        self.touch()

    def ack(self, upto: int) -> None:
        """The bot is done with everything up to a number, for good."""
        if upto > self.state["acked"]:
            self.state["acked"] = upto
            self.state["log"] = [event for event in self.state["log"] if event["seq"] > upto]
            self.touch()

    # -- looking things up -------------------------------------------------------------------

    def room(self, room: str) -> Json:
        """One room. Private chats come into being when they are first asked for."""
        found: Json | None = self.state["rooms"].get(room)
        if found is None and room.startswith("private:"):
            _, group, account = room.split(":", 2)
            self.person(group, account)
            found = seed.new_room(group, "Private", "private") | {"account": account}
            self.state["rooms"][room] = found
        if found is None:
            raise Refusal("gone", "This room is not there any more.")
        return found

    def _messages(self, room: str) -> dict[str, Json]:
        messages: dict[str, Json] = self.room(room)["messages"]
        return messages

    def message(self, room: str, message: str) -> Json:
        """One message; refuses with "gone"."""
        found = self._messages(room).get(message)
        if found is None:
            raise Refusal("gone", "This message is not there any more.")
        return found

    def person(self, group: str, account: str) -> Json:
        """What the group knows about an account, those who left included."""
        found: Json | None = self.state["people"].get(group, {}).get(account)
        if found is None:
            raise Refusal("gone", "Nobody here has this account.")
        return found

    def name(self, account: str) -> str:
        """The name others see."""
        if account == BOT:
            return "Circlekeeper"
        found = self.state["accounts"].get(account)
        return str(found["name"]) if found else "Somebody who left"

    def need(self, room: str, right: str) -> None:
        """Refuse when the bot lacks a right in a room."""
        if right not in self.room(room)["rights"]:
            raise Refusal("forbidden")

    # -- what the bot asks -------------------------------------------------------------------

    def hello(self) -> Json:
        """What a bot learns when it connects."""
        return {
            "id": self.state["id"],
            "acked": self.state["acked"],
            "shift": self.state["shift"],
            "now": self.now().isoformat(),
            "groups": [{"id": handle, **group} for handle, group in self.state["groups"].items()],
        }

    def rooms(self, group: str) -> list[Json]:
        """The group's rooms, without the private chats."""
        return [
            {"id": handle, "kind": room["kind"], "name": room["name"]}
            for handle, room in self.state["rooms"].items()
            if room["group"] == group and room["kind"] != "private"
        ]

    def offer_commands(self, commands: list[Json]) -> None:
        """Take the commands that people can run, for the page to show."""
        if commands != self.state["commands"]:
            self.state["commands"] = commands
            self.touch()

    def post(self, room: str, content: Json, key: str) -> str:
        """Post as the bot. The same key again posts nothing and answers the same."""
        self.requests[f"post:{key}"] += 1
        if key in self.state["keys"]:
            return str(self.state["keys"][key])
        self.need(room, "post")
        message = self.put(room, BOT, content)
        self._remember(key, message["id"])
        self.effects[f"post:{key}"] += 1
        return str(message["id"])

    def tell(self, group: str, account: str, content: Json, key: str) -> Json:
        """Write in the bot's private chat with one account."""
        if not self.state["people"].get(group, {}).get(account, {}).get("here"):
            raise Refusal("cannot-reach")
        room = f"private:{group}:{account}"
        return {"room": room, "id": self.post(room, content, key)}

    def answer(self, room: str, account: str, content: Json, key: str, to: int) -> str:
        """Answer what somebody asked, in the room where they asked, seen by them alone."""
        if key in self.state["keys"]:
            return str(self.state["keys"][key])
        message = self.put(room, BOT, content, only=account, answer_to=to)
        self._remember(key, message["id"])
        own = [m["id"] for m in self._messages(room).values() if m["only"] == account]
        for old in own[:-_ANSWERS_KEPT]:
            del self._messages(room)[old]
        return str(message["id"])

    def edit(self, room: str, message: str, content: Json) -> None:
        """Change one of the bot's own messages."""
        found = self.message(room, message)
        if found["author"] != BOT:
            raise Refusal("forbidden")
        if any(found.get(name) != value for name, value in content.items()):
            found.update(content)
            self.touch()

    def pin(self, room: str, message: str) -> None:
        """Pin one of the bot's own messages."""
        found = self.message(room, message)
        if found["author"] != BOT:
            raise Refusal("forbidden")
        if not found["pinned"]:
            found["pinned"] = True
            self.log("room", group=self.room(room)["group"], room=room, change="pins")
            self.touch()

    def remove(self, messages: Sequence[Sequence[str]]) -> list[str]:
        """Remove messages, each on its own: gone or forbidden, in the same order."""
        return [self._remove_one(room, message) for room, message in messages]

    def _remove_one(self, room: str, message: str) -> str:
        self.requests[f"remove:{room}:{message}"] += 1
        try:
            found = self.message(room, message)
        except Refusal:
            return "gone"
        if found["author"] != BOT and "remove" not in self.room(room)["rights"]:
            return "forbidden"
        self.delete(room, message)
        self.effects[f"remove:{room}:{message}"] += 1
        return "gone"

    def hold(self, group: str, account: str, held: bool) -> None:
        """Keep somebody out of the group's rooms, or let them in. Twice is once."""
        if not self.state["groups"][group]["hold"]:
            raise Refusal("forbidden")
        person = self.person(group, account)
        if person["held"] != held:
            person["held"] = held
            self.effects[f"{'hold' if held else 'release'}:{group}:{account}"] += 1
            self.touch()

    def held(self, group: str) -> dict[str, bool]:
        """Everybody in the group, and whether they are kept out of its rooms."""
        people = self.state["people"].get(group, {})
        return {handle: person["held"] for handle, person in people.items() if person["here"]}

    def fetch(self, room: str, message: str) -> Json | None:
        """A message as it is now. Private answers are nobody else's, the bot's neither."""
        self.need(room, "read")
        found = self._messages(room).get(message)
        if found is None or found["only"]:
            return None
        return found | {"author_name": self.name(found["author"])}

    def history(self, room: str, after: str | None, limit: int = 200) -> list[Json]:
        """What was written in a room after a message, which itself may be gone by now."""
        self.need(room, "read")
        since = int(after[1:]) if after else 0
        return [m for m in self._messages(room).values() if m["n"] > since and not m["only"]][
            :limit
        ]

    def people(self, group: str) -> dict[str, str]:
        """Everybody in the group with the role that the platform gives."""
        people = self.state["people"].get(group, {})
        return {handle: person["role"] for handle, person in people.items() if person["here"]}

    def describe(self, accounts: list[str], rooms: list[str]) -> Json:
        """Names for showing."""
        known = self.state["rooms"]
        return {
            "accounts": {account: self.name(account) for account in accounts},
            "rooms": {room: known[room]["name"] for room in rooms if room in known},
        }

    def pins(self, room: str) -> list[str]:
        """The pinned messages of a room."""
        return [message["id"] for message in self._messages(room).values() if message["pinned"]]

    def rights(self, room: str) -> list[str]:
        """What the bot may do in a room."""
        found = self.room(room)
        hold = ["hold"] if self.state["groups"][found["group"]]["hold"] else []
        return [*found["rights"], *hold]

    def time_left(self, room: str, message: str, due: str | None) -> None:
        """Note beside a message when the bot will remove it."""
        found = self.message(room, message)
        if found["due"] != due:
            found["due"] = due
            self.touch()

    # -- shared with the people's side -------------------------------------------------------

    def put(self, room: str, author: str, content: Json, **more: Any) -> Json:
        """Add a message and log it, unless only one person is to see it."""
        self.state["seq"] += 1
        own = {"id": f"m{self.state['seq']}", "n": self.state["seq"], "author": author}
        message: Json = seed.new_message(self.now()) | own | content | more
        self._messages(room)[message["id"]] = message
        if not message["only"] and self.heard(room):
            message["event"] = self.log("message", room=room, message=self.logged(room, message))
        self.touch()
        return message

    def logged(self, room: str, message: Json) -> Json:
        """A message as the log carries it: what it said then."""
        names = ("id", "author", "text", "reply_to", "attachments", "at")
        account = self.state["accounts"].get(message["author"], {})
        automated = bool(account.get("automated"))
        group = self.room(room)["group"]
        return {name: message[name] for name in names} | {"group": group, "automated": automated}

    def heard(self, room: str) -> bool:
        """Whether the bot hears what is written in a room."""
        found = self.room(room)
        return found["kind"] != "private" and "read" in found["rights"]

    def delete(self, room: str, message: str) -> None:
        """Take a message out of its room, whoever asked for it."""
        gone = self._messages(room).pop(message)
        if not gone["only"]:
            tokens = [button["id"] for button in gone["buttons"]]
            group = self.room(room)["group"]
            self.log("removed", group=group, room=room, message=message, tokens=tokens)
        self.touch()

    def visible(self, account: str, room: str) -> Iterator[Json]:
        """What one person sees in one room."""
        if not self.may_enter(account, room):
            return iter(())
        return (m for m in self._messages(room).values() if m["only"] in (None, account))

    def may_enter(self, account: str, room: str) -> bool:
        """Whether somebody may read a room at this moment. This is the gate itself."""
        found = self.room(room)
        person = self.state["people"].get(found["group"], {}).get(account)
        if person is None or not person["here"]:
            return False
        match found["kind"]:
            case "private":
                return bool(found["account"] == account)
            case "lobby":
                return True
            case "moderators":
                return not person["held"] and person["role"] in ("moderator", "admin")
        return not person["held"]

    def _remember(self, key: str, message: str) -> None:
        keys: dict[str, str] = self.state["keys"]
        keys[key] = message
        while len(keys) > _KEYS_KEPT:
            del keys[next(iter(keys))]
