"""Human: one person on Matrix with a real client (matrix-nio): tests read as conversations.

    cora = await people("Cora")
    room = await cora.creates()
    drew = await people("Drew")
    await cora.invites(room, drew)
    await drew.accepts(room)
    said = await cora.writes(room, "Good evening.")
    assert (await drew.sees("Good evening.")).id == said

Her client follows the homeserver by itself. Nothing here sleeps: what should come is waited for,
and when it does not come the failure shows what she saw instead.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self, TypeVar
from uuid import uuid4

import nio
from aiohttp import ClientConnectionError

from tests.homeserver.server import Credentials, Homeserver
from tests.matrix.sight import Json, Message, Sight

_T = TypeVar("_T")

PATIENCE: Final = 60.0
"""Seconds to wait for something that should come."""

_FILTER: Final[Json] = {"room": {"timeline": {"limit": 10_000}}, "presence": {"types": []}}
_MARK: Final = "test.circlekeeper.mark"


class NotAllowed(Exception):
    """The homeserver refused. `code` is its `errcode`."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(f"{code}: {said}")
        self.code = code


class Human:
    """What a person does and sees. Rooms and messages are called by their ids."""

    def __init__(self, url: str, credentials: Credentials, folder: Path) -> None:
        self.credentials = credentials
        self.user_id = credentials.user_id
        self.sight = Sight()
        """What is shown to her, room by room."""
        self.joined: set[str] = set()
        """The rooms she is in."""
        self.invites_open: dict[str, Json] = {}
        """The rooms she is invited to, with the event of the invitation."""
        self._invited_directly: dict[str, str] = {}
        self._mark = ""
        self._unread: list[nio.MegolmEvent] = []
        self._news = asyncio.Condition()
        self._following: asyncio.Task[None] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._url = url
        self.client = nio.AsyncClient(
            url,
            self.user_id,
            store_path=str(folder),
            config=nio.AsyncClientConfig(
                encryption_enabled=True,
                pickle_key="a person's own",
                store_name=f"{credentials.device_id}.db",
                store_sync_tokens=False,
                # Not the minutes that nio would wait after some failures.
                backoff_factor=0.05,
                max_timeout_retry_wait_time=0.5,
            ),
        )

    @classmethod
    async def arrives(
        cls, homeserver: Homeserver, name: str, folder: Path, url: str | None = None
    ) -> Self:
        """Somebody new, with an account, a device and its keys. `url` when through a proxy."""
        credentials = await homeserver.register(name)
        human = cls(url or homeserver.url, credentials, folder / credentials.device_id)
        await human.opens_client()
        return human

    async def on_a_new_device(self) -> Self:
        """The same person, logged in once more somewhere else."""
        client = nio.AsyncClient(self._url, self.user_id)
        try:
            given = _done(await client.login(self.credentials.password))
        finally:
            await client.close()
        credentials = Credentials(
            self.user_id, self.credentials.password, given.device_id, given.access_token
        )
        human = type(self)(self._url, credentials, self._folder.parent / given.device_id)
        await human.opens_client()
        return human

    async def opens_client(self) -> None:
        """Log in as before, see what is there, and follow what comes."""
        self.client.restore_login(
            self.user_id, self.credentials.device_id, self.credentials.access_token
        )
        await self._look(0)
        self._following = asyncio.create_task(self._follow())

    async def closes_client(self) -> None:
        """Look no more."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self.client.close()

    # -- rooms -------------------------------------------------------------------------------

    async def creates(self, *, encrypted: bool = True, **settings: Any) -> str:
        """A new private room, in the words of `createRoom`; gives its id."""
        state = list(settings.pop("initial_state", []))
        if encrypted:
            content = {"algorithm": "m.megolm.v1.aes-sha2"}
            state.append({"type": "m.room.encryption", "state_key": "", "content": content})
        asked = {"preset": "private_chat", "initial_state": state, **settings}
        room = str((await self._asks("POST", "/createRoom", asked))["room_id"])
        await self.is_in(room)
        return room

    async def joins(self, room: str) -> None:
        """Go into a room, invited or because it is open."""
        await self._asks("POST", f"/rooms/{room}/join", {})
        await self.is_in(room)

    async def accepts(self, room: str | None = None, *, by: str | None = None) -> str:
        """Wait for an invitation (to `room`, or `by` somebody) and take it; gives the room."""

        def invited() -> str | None:
            return next(
                (
                    each
                    for each, event in self.invites_open.items()
                    if room in (None, each) and by in (None, event["sender"])
                ),
                None,
            )

        found = await self.when(invited, f"an invitation to {room or 'a room'} by {by or 'anyone'}")
        await self.joins(found)
        return found

    async def declines(self, room: str) -> None:
        """Refuse an invitation."""
        await self.leaves(room)

    async def knocks(self, room: str, reason: str = "") -> None:
        """Ask to be let in."""
        await self._asks("POST", f"/knock/{room}", {"reason": reason} if reason else {})

    async def leaves(self, room: str) -> None:
        """Leave a room, or refuse an invitation."""
        await self._asks("POST", f"/rooms/{room}/leave", {})
        await self.is_out(room)

    async def invites(self, room: str, who: Human | str) -> None:
        """Ask somebody in."""
        await self._asks("POST", f"/rooms/{room}/invite", {"user_id": _user(who)})

    async def kicks(self, room: str, who: Human | str) -> None:
        """Put somebody out."""
        await self._asks("POST", f"/rooms/{room}/kick", {"user_id": _user(who)})

    async def bans(self, room: str, who: Human | str) -> None:
        """Put somebody out for good."""
        await self._asks("POST", f"/rooms/{room}/ban", {"user_id": _user(who)})

    async def is_in(self, room: str) -> None:
        """Wait until she is in a room, as far as her client knows."""
        await self.when(lambda: room in self.joined or None, f"being in {room}")

    async def is_out(self, room: str) -> None:
        """Wait until she is out of a room, as far as her client knows."""
        await self.when(
            lambda: (room not in self.joined and room not in self.invites_open) or None,
            f"being out of {room}",
        )

    async def members(self, room: str, membership: str = "join") -> set[str]:
        """Who is in a room right now, as the homeserver says."""
        told = await self._asks("GET", f"/rooms/{room}/members?membership={membership}")
        return {event["state_key"] for event in told["chunk"]}

    async def state(self, room: str, kind: str, key: str = "") -> Json:
        """The content of a state event right now, or an empty one."""
        try:
            return await self._asks("GET", f"/rooms/{room}/state/{kind}/{key}")
        except NotAllowed as refused:
            if refused.code != "M_NOT_FOUND":
                raise
            return {}

    async def sets(self, room: str, kind: str, content: Json, key: str = "") -> None:
        """Send a state event."""
        await self._asks("PUT", f"/rooms/{room}/state/{kind}/{key}", content)

    async def gives_power(self, room: str, who: Human | str, level: int | None) -> None:
        """Give somebody a power level, or with None the one that everybody has."""
        levels = await self.state(room, "m.room.power_levels")
        users = {k: v for k, v in levels.get("users", {}).items() if k != _user(who)}
        if level is not None:
            users[_user(who)] = level
        await self.sets(room, "m.room.power_levels", {**levels, "users": users})

    def direct(self, with_: Human | str) -> str | None:
        """The room of the direct chat that somebody opened with her and that she is in."""
        return next(
            (
                r
                for r, by in self._invited_directly.items()
                if by == _user(with_) and r in self.joined
            ),
            None,
        )

    async def has_direct(self, with_: Human | str) -> str:
        """Wait for a direct chat, accepting the invitation; gives the room."""

        room = await self.when(
            lambda: next(iter(self._direct_chats(with_)), None),
            f"a direct chat opened by {_user(with_)}",
        )
        if room not in self.joined:
            await self.joins(room)
        return room

    def _direct_chats(self, with_: Human | str) -> list[str]:
        return [room for room, by in self._invited_directly.items() if by == _user(with_)]

    # -- saying ------------------------------------------------------------------------------

    async def writes(
        self,
        room: str,
        text: str,
        *,
        html: str | None = None,
        reply_to: str | None = None,
        thread: str | None = None,
    ) -> str:
        """Write in a room, encrypted where the room is; gives the message."""
        content: Json = {"msgtype": "m.text", "body": text}
        if html is not None:
            content |= {"format": "org.matrix.custom.html", "formatted_body": html}
        relation: Json = {}
        if thread is not None:
            relation = {"rel_type": "m.thread", "event_id": thread}
        if reply_to is not None:
            relation["m.in_reply_to"] = {"event_id": reply_to}
        return await self.sends(
            room, "m.room.message", content | ({"m.relates_to": relation} if relation else {})
        )

    async def edits(self, room: str, message: str, text: str) -> str:
        """Change an own message; gives the event of the change."""
        return await self.sends(
            room,
            "m.room.message",
            {
                "msgtype": "m.text",
                "body": f"* {text}",
                "m.new_content": {"msgtype": "m.text", "body": text},
                "m.relates_to": {"rel_type": "m.replace", "event_id": message},
            },
        )

    async def reacts(self, room: str, message: str, key: str) -> str:
        """Put a reaction on a message; gives its event."""
        relation = {"rel_type": "m.annotation", "event_id": message, "key": key}
        return await self.sends(room, "m.reaction", {"m.relates_to": relation})

    async def presses(self, room: str, message: str, key: str) -> str:
        """Press a reaction that somebody else put on a message; waits until it is there."""
        await self.when(
            lambda: self.sight.has_reaction(room, message, key, not_by=self.user_id) or None,
            f"a {key} to press on {message}",
        )
        return await self.reacts(room, message, key)

    async def removes(self, room: str, event: str) -> None:
        """Remove a message or take a reaction back."""
        await self._asks("PUT", f"/rooms/{room}/redact/{event}/{uuid4()}", {})

    async def pins(self, room: str, *messages: str) -> None:
        """Pin these messages and no others."""
        await self.sets(room, "m.room.pinned_events", {"pinned": list(messages)})

    async def sends(self, room: str, kind: str, content: Json) -> str:
        """Send any event, encrypted where the room is; gives its id."""
        try:
            sent = await self.client.room_send(
                room, kind, content, tx_id=str(uuid4()), ignore_unverified_devices=True
            )
        except nio.LocalProtocolError as error:
            raise NotAllowed("not in the room", str(error)) from error
        return str(_done(sent).event_id)

    async def may_write(self, room: str) -> bool:
        """Whether she can write in a room; leaves a message there where she can."""
        try:
            await self.writes(room, "May I?")
        except NotAllowed:
            return False
        return True

    async def knows(self, device: Human) -> None:
        """Wait until her client would encrypt for a device."""
        of, wanted = device.user_id, device.credentials.device_id
        await self.when(
            lambda: wanted in self.client.device_store[of] or None, f"the keys of {of} on {wanted}"
        )

    # -- seeing ------------------------------------------------------------------------------

    def reads(self, room: str | None = None) -> list[Message]:
        """The messages in sight, in one room or in all that she is in, oldest first."""
        return [
            message
            for each in self.joined
            if room in (None, each)
            for message in self.sight.messages(each)
        ]

    async def catches_up(self) -> None:
        """Return when she sees all that happened until now."""
        mark = str(uuid4())
        to = f"/user/{self.user_id}/account_data/{_MARK}"
        await self._asks("PUT", to, {"mark": mark})
        await self.when(lambda: self._mark == mark or None, "the present")

    async def sees(self, text: str, room: str | None = None, *, by: str | None = None) -> Message:
        """Wait until a message with this text is in sight; gives the newest."""

        def found() -> Message | None:
            return next(
                (
                    message
                    for message in reversed(self.reads(room))
                    if text in message.text and by in (None, message.sender)
                ),
                None,
            )

        return await self.when(found, f"a message with {text!r}")

    async def sees_no(self, text: str, room: str | None = None) -> None:
        """Wait until no message in sight has this text."""
        await self.when(
            lambda: all(text not in each.text for each in self.reads(room)) or None,
            f"no message with {text!r}",
        )

    async def when(
        self, condition: Callable[[], _T | None], what: str, within: float = PATIENCE
    ) -> _T:
        """Wait until a condition gives something, looked at after each news."""
        try:
            async with asyncio.timeout(within), self._news:
                while True:
                    if self._following is not None and self._following.done():
                        self._following.result()
                    found = condition()
                    if found is not None:
                        return found
                    await self._news.wait()
        except TimeoutError as error:
            raise AssertionError(
                f"{self.user_id} waited {within:g} s for {what}.\n{self._told()}"
            ) from error

    def _told(self) -> str:
        lines = [f"in {room}: {self.sight.told(room)}" for room in self.joined]
        return "\n".join([*lines, f"invited to: {sorted(self.invites_open)}"])

    # -- the client --------------------------------------------------------------------------

    async def _asks(self, method: str, path: str, body: Json | None = None) -> Json:
        headers = {
            "Authorization": f"Bearer {self.credentials.access_token}",
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body)
        while True:
            answer = await self.client.send(method, f"/_matrix/client/v3{path}", data, headers)
            given: Json = await answer.json()
            if answer.status == 200:
                return given
            if answer.status != 429:
                raise NotAllowed(given.get("errcode", str(answer.status)), given.get("error", ""))
            await asyncio.sleep(given["retry_after_ms"] / 1000)

    async def _follow(self) -> None:
        while True:
            try:
                await self._look(30_000)
            except (ClientConnectionError, TimeoutError):
                # The homeserver is away; a client tries again.
                await asyncio.sleep(0.2)

    async def _look(self, wait_ms: int) -> None:
        told = await self.client.sync(timeout=wait_ms, sync_filter=_FILTER)
        if isinstance(told, nio.SyncError):
            if told.status_code == "M_UNKNOWN_TOKEN":
                raise NotAllowed(told.status_code, told.message)
            await asyncio.sleep(0.2)
            return
        self._take(told)
        self._read_again()
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()
        async with self._news:
            self._news.notify_all()

    def _take(self, told: nio.SyncResponse) -> None:
        for event in told.account_data_events:
            if isinstance(event, nio.UnknownAccountDataEvent) and event.type == _MARK:
                self._mark = event.content["mark"]
        for room, left in told.rooms.leave.items():
            self._show(room, left.timeline.events)
            self.joined.discard(room)
            self.invites_open.pop(room, None)
        for room, invited in told.rooms.invite.items():
            for event in invited.invite_state:
                if isinstance(event, nio.InviteMemberEvent) and event.state_key == self.user_id:
                    self.invites_open[room] = event.source
                    if event.content.get("is_direct"):
                        self._invited_directly[room] = event.sender
        for room, joined in told.rooms.join.items():
            self.joined.add(room)
            self.invites_open.pop(room, None)
            self._show(room, joined.timeline.events)

    def _show(self, room: str, events: list[nio.Event]) -> None:
        for event in events:
            if isinstance(event, nio.MegolmEvent):
                self._unread.append(event)
            self.sight.take(room, event.source)

    def _read_again(self) -> None:
        """Keys may come after the message that they open."""
        for event in list(self._unread):
            try:
                opened = self.client.decrypt_event(event)
            except nio.EncryptionError:
                continue
            self._unread.remove(event)
            self.sight.take(event.room_id, opened.source)


def _user(who: Human | str) -> str:
    return who if isinstance(who, str) else who.user_id


def _done(answer: Any) -> Any:
    if isinstance(answer, nio.ErrorResponse):
        raise NotAllowed(answer.status_code or "no answer", answer.message)
    return answer
