"""The routes about messages, pins, threads and webhooks of a channel."""

from __future__ import annotations

from typing import Any

from tests.discord_server import channels, messages, payloads
from tests.discord_server.call import Call, Created, Handler
from tests.discord_server.errors import Refused
from tests.discord_server.permissions import Permission, require
from tests.discord_server.state import PRIVATE_THREAD, THREADS, Json, Webhook


async def _list(call: Call) -> Any:
    return messages.history(call.gateway, call.channel, call.bot, call.query)


async def _post(call: Call) -> Any:
    channel = call.channel
    message = messages.post(call.gateway, channel, call.bot, call.json)
    told = messages.seen(call.gateway, channel, message)
    return told | ({"nonce": message.nonce} if message.nonce is not None else {})


async def _get(call: Call) -> Any:
    channel = call.channel
    now = call.world.clock.now()
    reading = Permission.READ_MESSAGE_HISTORY
    require(call.world.guild_of(channel), call.bot.id, channel, now, reading)
    return messages.seen(call.gateway, channel, call.message)


async def _edit(call: Call) -> Any:
    message = call.message
    messages.edit(call.gateway, call.channel, message, call.json, call.bot)
    return payloads.message(message)


async def _delete(call: Call) -> Any:
    _see(call)
    messages.delete(call.gateway, call.channel, call.message, call.bot)


async def _bulk(call: Call) -> Any:
    ids = [int(each) for each in call.json["messages"]]
    messages.bulk_delete(call.gateway, call.channel, ids, call.bot)


def _see(call: Call) -> None:
    channel = call.channel
    guild = call.world.guild_of(channel)
    require(guild, call.bot.id, channel, call.world.clock.now(), Permission.VIEW_CHANNEL)


async def _pins(call: Call) -> Any:
    _see(call)
    pinned = [each for each in call.channel.shown(newest_first=True) if each.pinned_at]
    items = [
        {"pinned_at": payloads.when(each.pinned_at), "message": payloads.message(each)}
        for each in pinned
        if each.pinned_at is not None
    ]
    return {"items": items, "has_more": False}


async def _pin(call: Call) -> Any:
    messages.pin(call.gateway, call.channel, call.message, call.bot, pinned=True)


async def _unpin(call: Call) -> Any:
    messages.pin(call.gateway, call.channel, call.message, call.bot, pinned=False)


async def _thread_here(call: Call) -> Any:
    parent = call.channel
    thread = channels.start_thread(call.gateway, parent, call.bot, call.json)
    told = payloads.channel(thread)
    if thread.id in thread.messages:
        told["message"] = payloads.message(thread.messages[thread.id])
    return Created(told)


async def _thread_at(call: Call) -> Any:
    origin = call.message
    return Created(
        payloads.channel(
            channels.start_thread(call.gateway, call.channel, call.bot, call.json, origin)
        )
    )


async def _thread_put(call: Call) -> Any:
    channels.set_thread_member(call.gateway, call.channel, call.bot, call.user, is_in=True)


async def _thread_remove(call: Call) -> Any:
    channels.set_thread_member(call.gateway, call.channel, call.bot, call.user, is_in=False)


async def _thread_members(call: Call) -> Any:
    _see(call)
    thread = call.channel
    if thread.thread is None:
        raise Refused(50024)
    return [payloads.thread_member(thread, each) for each in thread.thread.members]


def _archived(call: Call, *, private: bool) -> Json:
    parent = call.channel
    guild = call.world.guild_of(parent)
    needed = [Permission.READ_MESSAGE_HISTORY] + ([Permission.MANAGE_THREADS] if private else [])
    require(guild, call.bot.id, parent, call.world.clock.now(), *needed)
    assert guild is not None
    found = [
        each
        for each in guild.channels.values()
        if each.parent_id == parent.id
        and each.thread is not None
        and each.thread.archived
        and (each.type == PRIVATE_THREAD) == private
    ]
    threads = [payloads.channel(each) for each in sorted(found, key=lambda each: -each.id)]
    return {"threads": threads, "members": [], "has_more": False}


async def _archived_public(call: Call) -> Any:
    return _archived(call, private=False)


async def _archived_private(call: Call) -> Any:
    return _archived(call, private=True)


async def _channel_webhooks(call: Call) -> Any:
    channel = call.channel
    guild = call.world.guild_of(channel)
    now = call.world.clock.now()
    require(guild, call.bot.id, channel, now, Permission.MANAGE_WEBHOOKS)
    assert guild is not None
    found = [each for each in guild.webhooks.values() if each.channel_id == channel.id]
    return [payloads.webhook(each) for each in found]


async def _new_webhook(call: Call) -> Any:
    webhook = channels.create_webhook(
        call.gateway, call.channel, call.bot, call.json["name"], call.reason
    )
    return payloads.webhook(webhook)


def find_webhook(call: Call) -> Webhook:
    """The webhook of the path, with its token checked."""
    number = int(call.ids["webhook_id"])
    for guild in call.world.guilds.values():
        if number in guild.webhooks:
            webhook = guild.webhooks[number]
            if webhook.token != call.ids["webhook_token"]:
                raise Refused(50027)
            return webhook
    raise Refused(10015)


async def execute_webhook(call: Call) -> Any:
    """https://discord.com/developers/docs/resources/webhook#execute-webhook"""
    webhook = find_webhook(call)
    channel = call.world.channel(int(call.query.get("thread_id") or webhook.channel_id))
    if channel.id != webhook.channel_id and not (
        channel.type in THREADS and channel.parent_id == webhook.channel_id
    ):
        raise Refused(10003)
    author = type(call.bot)(webhook.id, call.json.get("username") or webhook.name, bot=True)
    message = messages.post(call.gateway, channel, author, call.json, webhook=webhook)
    return payloads.message(message) if call.query.get("wait") in ("true", "1") else None


async def webhook_message(call: Call) -> Any:
    """A message that the webhook wrote."""
    webhook = find_webhook(call)
    channel = call.world.channel(int(call.query.get("thread_id") or webhook.channel_id))
    message = call.world.message(channel, int(call.ids["message_id"]))
    if message.webhook_id != webhook.id:
        raise Refused(10008)
    return channel, message


async def _delete_webhook(call: Call) -> Any:
    channels.delete_webhook(call.gateway, find_webhook(call))


_M = "/channels/{channel_id}/messages"
_T = "/channels/{channel_id}/thread-members"
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", _M, _list),
    ("POST", _M, _post),
    ("POST", f"{_M}/bulk-delete", _bulk),
    ("GET", f"{_M}/pins", _pins),
    ("PUT", f"{_M}/pins/{{message_id}}", _pin),
    ("DELETE", f"{_M}/pins/{{message_id}}", _unpin),
    ("GET", f"{_M}/{{message_id}}", _get),
    ("PATCH", f"{_M}/{{message_id}}", _edit),
    ("DELETE", f"{_M}/{{message_id}}", _delete),
    ("POST", f"{_M}/{{message_id}}/threads", _thread_at),
    ("POST", "/channels/{channel_id}/threads", _thread_here),
    ("GET", "/channels/{channel_id}/threads/archived/public", _archived_public),
    ("GET", "/channels/{channel_id}/threads/archived/private", _archived_private),
    ("GET", _T, _thread_members),
    ("PUT", f"{_T}/@me", _thread_put),
    ("DELETE", f"{_T}/@me", _thread_remove),
    ("PUT", f"{_T}/{{user_id}}", _thread_put),
    ("DELETE", f"{_T}/{{user_id}}", _thread_remove),
    ("GET", "/channels/{channel_id}/webhooks", _channel_webhooks),
    ("POST", "/channels/{channel_id}/webhooks", _new_webhook),
    ("DELETE", "/webhooks/{webhook_id}/{webhook_token}", _delete_webhook),
]
