"""`run`: the sandbox from nothing, twice, on a taken port, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import stat
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.command_line.conftest import Start
from tests.command_line.process import ADDRESS, assert_quiet

pytestmark = pytest.mark.slow


def get(address: str) -> int:
    """The status of a page."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_from_nothing_to_a_page_and_to_a_clean_end(start: Start, tmp_path: Path, port: str) -> None:
    bot = start(sandbox_port=port)
    address = bot.address()
    assert bot.output.startswith("Starting ...\n")
    assert "press Join, I agree, I understand" in bot.output
    assert f":{port}/" in address
    assert get(address) == 200
    assert get(address.partition("?")[0]) == 403
    assert get(address + "x") == 403
    for folder in ("sandbox", "sandbox/keys"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
    assert not (tmp_path / "data").exists(), "the sandbox shares no folder with a real circle"
    assert bot.stops(signal.SIGINT) == 0
    assert bot.output.endswith("Stopped. Nothing is lost: the next start goes on from here.\n")
    assert bot.complaints == ""
    assert_quiet(bot.output)


def test_a_second_start_says_where_the_first_is(start: Start, port: str) -> None:
    address = start(sandbox_port=port).address()
    second = start(sandbox_port=port)
    assert second.ends() == 0
    assert "already running at" in second.output
    assert address in second.output
    assert get(address) == 200


def test_two_starts_at_once_are_one_bot(start: Start, port: str) -> None:
    both = [start(sandbox_port=port), start(sandbox_port=port)]
    for bot in both:
        bot.says("http://")
    assert len({ADDRESS.search(bot.says("?key="))[0] for bot in both}) == 1  # type: ignore[index]
    assert sorted("already running" in bot.output for bot in both) == [False, True]


def test_a_taken_port_gives_the_next_free_one(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        bot = start(sandbox_port=str(taken))
        address = bot.address()
        assert f"Port {taken} is taken" in bot.output
        assert f":{taken}/" not in address
        assert get(address) == 200
        assert bot.stops() == 0


def test_a_killed_bot_comes_back_with_its_rooms(start: Start, tmp_path: Path, port: str) -> None:
    first = start(sandbox_port=port)
    first.address()
    # A clean end first, so that the rooms are on disk; then a start that is killed.
    assert first.stops() == 0
    before = world(tmp_path)
    killed = start(sandbox_port=port)
    killed.address()
    assert killed.stops(signal.SIGKILL) == -signal.SIGKILL
    again = start(sandbox_port=port)
    assert get(again.address()) == 200
    assert "You were here before. Start over" in again.output
    assert "press Join" not in again.output
    assert again.stops() == 0
    after = world(tmp_path)
    assert after["id"] == before["id"]
    assert after["seq"] > before["seq"], "numbers that a crash may have used are not used again"
    cards = [m for m in after["rooms"]["start-here"]["messages"].values() if not m["only"]]
    assert len(cards) == 1, "the join card stands there once"


def test_a_second_signal_ends_at_once(start: Start, port: str) -> None:
    bot = start(sandbox_port=port)
    bot.address()
    # Both are there when it wakes, so the second is never too late to be one.
    bot.sends(signal.SIGSTOP)
    bot.sends(signal.SIGTERM)
    bot.sends(signal.SIGINT)
    bot.sends(signal.SIGCONT)
    assert bot.ends() == 130
    assert "Stopped at once." in bot.output
    assert_quiet(bot.output)


def test_the_circle_starts_furnished(start: Start, tmp_path: Path, port: str) -> None:
    bot = start(sandbox_port=port)
    bot.address()
    assert bot.stops() == 0
    people = world(tmp_path)["people"]["circle"]
    assert not people["juniper"]["held"]
    assert not people["basil"]["held"]
    assert people["wren"]["held"]


async def test_start_over_makes_a_fresh_circle_under_the_open_page(
    start: Start, tmp_path: Path, port: str
) -> None:
    bot = start(sandbox_port=port)
    address = bot.address()
    ring = (tmp_path / "sandbox" / "keys" / "ring.json").read_bytes()
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        session.get(address) as page,
    ):
        assert page.status == 200
        origin = address.partition("/?")[0]
        async with session.ws_connect(f"{origin}/live", origin=origin) as live:
            first = (await live.receive_json())["state"]["world"]
            words = {"account": "juniper", "room": "evening-circle", "text": "before"}
            await live.send_json({"number": 1, "what": "write", "with": words})
            await live.send_json({"number": 2, "what": "start_over", "with": {}})
            answered, joined, shown = False, False, ""
            while not (answered and joined):
                told = await live.receive_json(timeout=30)
                if told["type"] == "state":
                    state = told["state"]
                    card = str(state["rooms"]["start-here"]["messages"])
                    joined = state["world"] != first and state["bot"] and "Join" in card
                    shown = str(state["rooms"]["evening-circle"]["messages"])
                elif told["number"] == 2:
                    assert told["type"] == "did", told
                    answered = True
            assert "before" not in shown
            # The fresh circle is furnished too: Juniper may write, and a word is watched for.
            words["text"] = "we met on Maple Street"
            await live.send_json({"number": 3, "what": "write", "with": words})
            while True:
                told = await live.receive_json(timeout=30)
                if told["type"] == "state" and told["state"]["rooms"]["moderators"]["messages"]:
                    break
    assert (tmp_path / "sandbox" / "keys" / "ring.json").read_bytes() != ring
    assert bot.stops() == 0
    assert bot.complaints == ""


def world(folder: Path) -> Any:
    """The sandbox's rooms as they are on disk."""
    return json.loads((folder / "sandbox" / "world.json").read_bytes())
