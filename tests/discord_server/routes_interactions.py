"""The routes about commands, answers to interactions, and what follows them."""

from __future__ import annotations

from typing import Any

from tests.discord_server import messages, payloads, routes_messages
from tests.discord_server.call import Call, Handler
from tests.discord_server.errors import Refused
from tests.discord_server.interactions import Interaction


def _guild_id(call: Call) -> int | None:
    if int(call.ids["application_id"]) != call.world.application.id:
        raise Refused(50001)
    return int(call.ids["guild_id"]) if "guild_id" in call.ids else None


async def _commands(call: Call) -> Any:
    return list(call.commands.of(_guild_id(call)).values())


async def _replace_commands(call: Call) -> Any:
    return call.commands.replace(_guild_id(call), call.body)


async def _callback(call: Call) -> Any:
    number, token = int(call.ids["interaction_id"]), call.ids["interaction_token"]
    told = call.interactions.answer(number, token, call.json)
    return told if call.query.get("with_response") in ("1", "true") else None


def _interaction(call: Call) -> Interaction | None:
    """The interaction of the path; None where the path is a webhook's."""
    if int(call.ids["webhook_id"]) != call.world.application.id:
        return None
    return call.interactions.by_token(call.ids["webhook_token"])


async def _follow(call: Call) -> Any:
    made = _interaction(call)
    if made is None:
        return await routes_messages.execute_webhook(call)
    return payloads.message(call.interactions.follow(made, call.json))


def _which(call: Call) -> str:
    return call.ids.get("message_id", "@original")


async def _get(call: Call) -> Any:
    made = _interaction(call)
    if made is None:
        return payloads.message((await routes_messages.webhook_message(call))[1])
    return payloads.message(call.interactions.find(made, _which(call)))


async def _edit(call: Call) -> Any:
    made = _interaction(call)
    if made is None:
        channel, message = await routes_messages.webhook_message(call)
        messages.rewrite(call.gateway, channel, message, call.json)
    else:
        message = call.interactions.find(made, _which(call))
        call.interactions.rewrite(made, message, call.json)
    return payloads.message(message)


async def _delete(call: Call) -> Any:
    made = _interaction(call)
    if made is None:
        messages.forget(call.gateway, *await routes_messages.webhook_message(call))
    else:
        call.interactions.delete(made, call.interactions.find(made, _which(call)))


_A = "/applications/{application_id}"
_W = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", f"{_A}/commands", _commands),
    ("PUT", f"{_A}/commands", _replace_commands),
    ("GET", f"{_A}/guilds/{{guild_id}}/commands", _commands),
    ("PUT", f"{_A}/guilds/{{guild_id}}/commands", _replace_commands),
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", _callback),
    ("POST", _W, _follow),
    ("GET", f"{_W}/messages/@original", _get),
    ("PATCH", f"{_W}/messages/@original", _edit),
    ("DELETE", f"{_W}/messages/@original", _delete),
    ("GET", f"{_W}/messages/{{message_id}}", _get),
    ("PATCH", f"{_W}/messages/{{message_id}}", _edit),
    ("DELETE", f"{_W}/messages/{{message_id}}", _delete),
]
