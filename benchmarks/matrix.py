"""The bot on Matrix beside a bare nio client that does nothing, at one homeserver in one run."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import nio

from adapters.matrix.transport import Transport, path
from benchmarks.looking import Looking
from benchmarks.results import Goal, Line, Options, compared, percentile, plain
from benchmarks.separate import Meter, Run, fork_for, forked
from benchmarks.talk import keywords, messages, none_too_broad
from bot.events import Event, MessagePosted
from bot.router import Router
from bot.texts import default_texts
from tests.homeserver.server import Credentials, Homeserver, running
from tests.matrix.circle import GROUP, MatrixCircle, Place
from tests.matrix.human import Human

WATCHED: Final = 1_000
"""Keywords; none of them stands in what the backlog says."""
AT_ONCE: Final = 8
"""How many messages are being sent at a time."""
_LOT: Final = 90
"""Messages sent in one go: fewer than are encrypted with one key."""
LIFETIME: Final = timedelta(days=7)
_SETTINGS: Final = "settings.json"
_EVERYTHING: Final = {"room": {"timeline": {"limit": 100_000}}, "presence": {"types": []}}


def run(options: Options) -> Iterator[Line]:
    """Latencies, rates and CPU, in rooms with and without encryption."""
    folder = options.folder / "matrix"
    for name in ("homeserver", "matrix", "matrix-encrypted"):
        (folder / name).mkdir(parents=True)
    homeserver = running(folder / "homeserver", limits=False)
    with homeserver as server, forked("benchmarks.matrix") as apart:
        yield from asyncio.run(_both(server, apart, folder, options))


async def _both(server: Homeserver, apart: Run, folder: Path, options: Options) -> list[Line]:
    lines: list[Line] = []
    written = arrived = 0
    for encrypted in (False, True):
        kind = "matrix encrypted" if encrypted else "matrix"
        place = folder / kind.replace(" ", "-")
        async with _scene(server, apart, place, encrypted) as scene:
            lines += await scene.latencies(kind, options.size(10, 1))
            lines += await scene.live(kind, options.size(300, 10))
            await scene.circle.stop()
            # Half of ten thousand in each kind of room, over all repeats.
            count = options.size(5_000 // options.repeat, 20)
            costs = [await scene.backlog(count) for _ in range(options.repeat)]
        bots, bares = [cost["bot"] for cost in costs], [cost["bare"] for cost in costs]
        written += count * options.repeat
        arrived += sum(bot["seen"] for bot in bots)
        whole, idle = [bot["cpu"] for bot in bots], [bare["cpu"] for bare in bares]
        found = [bot["detection"] for bot in bots]
        rest = [cpu - looking for cpu, looking in zip(whole, found, strict=True)]
        unit = "us/message"
        lines += [
            compared(f"{kind} cpu", unit, whole, "bare nio", idle),
            plain(f"{kind} cpu, of it detection", unit, found),
            compared(f"{kind} cpu without detection", unit, rest, "bare nio", idle, Goal(1.5)),
        ]
        rates = [bot["rate"] for bot in bots], [bare["rate"] for bare in bares]
        lines.append(compared(f"{kind} backlog", "messages/s", rates[0], "bare nio", rates[1]))
    lines.append(
        compared(
            "matrix arrived", "messages", [arrived], "written", [written], Goal(1, at_least=True)
        )
    )
    return lines


@asynccontextmanager
async def _scene(
    homeserver: Homeserver, apart: Run, folder: Path, encrypted: bool
) -> AsyncIterator[Scene]:
    host = await Human.arrives(homeserver, "Host", folder / "people")
    # Before the start: an inbox keeps the way by which events go.
    with Seen() as seen:
        circle = await MatrixCircle.start(folder, homeserver, host, encrypted=encrypted)
    # A member, since the gate would put anybody else out; from here on its client is bare.
    member = await Human.arrives(homeserver, "Bare", folder / "people")
    await circle.let_in(member)
    await member.closes_client()
    bare = member.credentials
    words = "\n".join([*keywords(WATCHED), "maple street"])
    await circle.core.keywords.take_in(GROUP, words, none_too_broad)
    await circle.core.retention.set_lifetime(circle.as_room("circle"), LIFETIME)
    scene = Scene(homeserver, apart, folder, circle, host, bare, seen, encrypted=encrypted)
    try:
        yield scene
    finally:
        await circle.stop()
        for human in scene.people:
            await human.closes_client()


class Scene:
    """A circle with its host, a member for each measurement, and the bare client beside them."""

    def __init__(
        self,
        homeserver: Homeserver,
        apart: Run,
        folder: Path,
        circle: MatrixCircle,
        host: Human,
        bare: Credentials,
        seen: Seen,
        *,
        encrypted: bool,
    ) -> None:
        self.circle = circle
        self.people = [host]
        self._homeserver = homeserver
        self._apart = apart
        self._folder = folder
        self._encrypted = encrypted
        self._seen = seen
        self._room = circle.room("circle")
        bot = circle.place.bot
        self._settings: dict[str, Any] = {
            "url": homeserver.url,
            "bot": vars(bot) | {"rooms": circle.place.rooms},
            "bare": vars(bare),
            "since": None,
        }

    async def latencies(self, kind: str, count: int) -> list[Line]:
        """From the last acknowledgement to being inside; from a message to its alert."""
        host, circle = self.people[0], self.circle
        inside, alerted = [], []
        for number in range(count):
            human = await Human.arrives(self._homeserver, f"Member-{number}", self._folder)
            self.people.append(human)
            await human.joins(circle.room("lobby"))
            chat = await circle.alone(human)
            for words, answer in (("join", "start with"), ("I agree", "cannot promise")):
                await human.writes(chat, words)
                await human.sees(answer, chat)
            began = time.perf_counter()
            await human.writes(chat, "I understand")
            await human.accepts(self._room)
            inside.append(1_000 * (time.perf_counter() - began))
            began = time.perf_counter()
            said = await human.writes(self._room, f"we met in maple street, {number}")
            # A card of its own, or one that names it beside others.
            await host.sees(quote(said, safe=""), circle.room("moderators"))
            alerted.append(1_000 * (time.perf_counter() - began))
        return [
            plain(f"{kind} gate", "ms", inside, "last acknowledgement to being inside, median"),
            plain(f"{kind} leak", "ms", alerted, "sending to the alert being seen, median"),
        ]

    async def live(self, kind: str, count: int) -> list[Line]:
        """How fast messages are seen through while they are written, and how long each takes."""
        sent: dict[str, float] = {}
        seen = self._seen
        began = time.perf_counter()
        await self._write(count, sent)
        written = time.perf_counter() - began
        await seen.until(lambda: sent.keys() <= seen.at.keys())
        took = max(seen.at[event] for event in sent) - began
        waits = [1_000 * (seen.at[event] - at) for event, at in sent.items()]
        rate, limit = [count / took], [count / written]
        return [
            compared(f"{kind} live", "messages/s", rate, "what the homeserver took", limit),
            plain(f"{kind} latency", "ms", [median(waits)], "sending to its row on disk, median"),
            plain(f"{kind} latency p95", "ms", [percentile(waits, 0.95)]),
        ]

    async def backlog(self, count: int) -> dict[str, Any]:
        """Both stay away while people write, and catch up. CPU and time above an idle start."""
        costs: dict[str, Any] = {}
        self._settings["sent"] = []
        idle = {who: await self._one_run(who) for who in ("bot", "bare")}
        self._settings["sent"] = [one async for one in self._crowd(count)]
        # Whoever comes second finds the homeserver's caches warm.
        for who in random.sample(["bot", "bare"], 2):
            busy = await self._one_run(who)
            seconds = max(busy["seconds"] - idle[who]["seconds"], busy["span"])
            cpu = max(busy["cpu"] - idle[who]["cpu"], 0.000_001)
            costs[who] = {**busy, "cpu": 1e6 * cpu / count, "rate": count / seconds}
        return costs

    async def _one_run(self, who: str) -> dict[str, Any]:
        (self._folder / _SETTINGS).write_text(json.dumps(self._settings))
        cost = await asyncio.to_thread(self._apart, who, self._folder)
        result: dict[str, Any] = cost.result
        self._settings["since"] = result.get("since", self._settings["since"])
        return result

    async def _write(self, count: int, sent: dict[str, float]) -> None:
        """Somebody writes; when each message was on its way goes into `sent`."""
        writer = self.people[-1]
        texts = messages(count)
        if self._encrypted:
            for text in texts:
                at = time.perf_counter()
                sent[await writer.writes(self._room, text)] = at
            return
        transport = Transport(self._homeserver.url, writer.credentials.access_token)
        left = iter(texts)

        async def write() -> None:
            for text in left:
                to = path("rooms", self._room, "send", "m.room.message", str(uuid4()))
                at = time.perf_counter()
                said = await transport.request("PUT", to, {"msgtype": "m.text", "body": text})
                sent[said["event_id"]] = at

        await asyncio.gather(*(write() for _ in range(AT_ONCE)))
        await transport.close()

    async def _crowd(self, count: int) -> AsyncIterator[str]:
        """Somebody writes so much that it would take one message after the other half an hour."""
        writer, left = self.people[-1], messages(count)
        while left:
            if self._encrypted:
                # The first of each lot hands out the key that the others are encrypted with.
                writer.client.invalidate_outbound_session(self._room)
                yield await writer.writes(self._room, left.pop())
            lot, left = left[:_LOT], left[_LOT:]
            said: list[dict[str, Any]] = [{"msgtype": "m.text", "body": text} for text in lot]
            kind = "m.room.message"
            if self._encrypted:
                said = [writer.client.encrypt(self._room, kind, each)[1] for each in said]
                kind = "m.room.encrypted"
            if said:
                who = writer.credentials
                for event in await self._homeserver.crowds(who, self._room, said, kind):
                    yield event


class Seen:
    """Bots started within it note the messages whose consequences are durable, and when."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._news = asyncio.Event()
        self._offer = Router.offer

    def __enter__(self) -> Seen:
        offer = self._offer

        async def noted(router: Router, event: Event) -> None:
            await offer(router, event)
            if isinstance(event, MessagePosted):
                self.at[event.ref.handle] = time.perf_counter()
                self._news.set()

        Router.offer = noted  # type: ignore[assignment, method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        Router.offer = self._offer  # type: ignore[method-assign]

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait until that is so, or for two minutes: what is lost never comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(120):
                while not enough():
                    self._news.clear()
                    await self._news.wait()


async def _bot(folder: Path, settings: dict[str, Any], meter: Meter) -> dict[str, Any]:
    account = dict(settings["bot"])
    place = Place(_At(settings["url"]), Credentials(**_without(account, "rooms")))
    place.rooms = account["rooms"]
    circle = MatrixCircle(folder, place)
    wanted = set(settings["sent"])
    with meter, Seen() as seen, Looking() as looking:
        cpu = time.process_time()
        await circle.up()
        await seen.until(lambda: wanted <= seen.at.keys())
        cpu = time.process_time() - cpu
    seconds = meter._seconds
    await circle.stop()
    at = [seen.at[event] for event in wanted & seen.at.keys()]
    span = max(at) - min(at) if at else 0.0
    detection = 1e6 * looking.seconds / max(len(wanted), 1)
    told = {"seconds": seconds, "span": max(span, 0.001), "seen": len(at)}
    return {"cpu": cpu, "detection": detection, **told}


class _At(Homeserver):
    """A homeserver that runs elsewhere."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """Where it is."""
        return self._url


def _without(of: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in of.items() if key != name}


async def _bare(folder: Path, settings: dict[str, Any], meter: Meter) -> dict[str, Any]:
    account = Credentials(**settings["bare"])
    client = nio.AsyncClient(
        settings["url"],
        account.user_id,
        store_path=str(folder / "people" / account.device_id),
        config=nio.AsyncClientConfig(
            store_sync_tokens=False,
            store_name=f"{account.device_id}.db",
            pickle_key="a person's own",
        ),
    )
    client.restore_login(account.user_id, account.device_id, account.access_token)
    seen = []

    async def nothing(_room: nio.MatrixRoom, event: nio.Event) -> None:
        seen.append(event.event_id)

    client.add_event_callback(nothing, nio.RoomMessageText)
    with meter:
        cpu = time.process_time()
        told = await client.sync(since=settings["since"], full_state=True, sync_filter=_EVERYTHING)
        cpu = time.process_time() - cpu
    if client.should_upload_keys:
        await client.keys_upload()
    await client.close()
    assert set(settings["sent"]) <= set(seen)
    return {"cpu": cpu, "seconds": meter._seconds, "span": 0.001, "since": told.next_batch}


def _one(who: str, folder: Path) -> None:
    settings = json.loads((folder / _SETTINGS).read_text())
    meter = Meter()
    work = {"bot": _bot, "bare": _bare}[who]
    meter.report(asyncio.run(work(folder, settings, meter)))


if __name__ == "__main__":
    # Once, and not as a part of each start.
    default_texts()
    fork_for(_one)
