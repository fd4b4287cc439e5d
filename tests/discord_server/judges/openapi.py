"""The first judge: Discord's own OpenAPI document, over what went through HTTP."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.discord_server.call import Exchange

WHERE: Final = "CIRCLEKEEPER_TEST_DISCORD_OPENAPI"
_COPY: Final = Path(__file__).with_name("discord-openapi.json.gz")
_DOCUMENT: Final = "urn:discord"
# Smaller numbers than this are counts; larger ones are ids, which discord.py sends as numbers.
_SMALLEST_ID: Final = 1 << 40
_NEW: Final = "an attachment"

# Where the document and Discord's prose differ, and discord.py follows the prose or what works:
# rights go as strings, and a ban's query says how much to delete.

_RIGHTS: Final = ("allow", "deny", "permissions", "default_member_permissions")
_QUERIES: Final = {("PUT", "/guilds/{guild_id}/bans/{user_id}", "delete_message_seconds")}


def document() -> bytes:
    """The OpenAPI document: at the path in the environment, or the copy that lies here.

    The copy is Discord's own (https://github.com/discord/discord-api-spec, MIT), version 10,
    unchanged but for being packed.
    """
    told = os.environ.get(WHERE)
    return Path(told).read_bytes() if told else gzip.decompress(_COPY.read_bytes())


class OpenApi:
    """Says what is wrong with an exchange."""

    def __init__(self, document: bytes) -> None:
        self._spec: dict[str, Any] = json.loads(document)
        resource = Resource.from_contents(self._spec, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_DOCUMENT, resource)
        self._validators: dict[str, Draft202012Validator] = {}

    def complaints(self, exchange: Exchange) -> list[str]:
        """Everything wrong with a request and its answer; empty where all is well.

        A request that was refused may be wrong: that is what it was refused for.
        """
        name = f"{exchange.method} {exchange.template or exchange.path}"
        operation = self._spec["paths"].get(exchange.template, {}).get(exchange.method.lower())
        if operation is None:
            return [f"{name} is not known"]
        at = ["paths", exchange.template, exchange.method.lower()]
        found = self._answer(operation, at, exchange)
        if exchange.status < 400:
            found += self._request(operation, at, exchange)
        return [f"{name} ({exchange.status}): {each}" for each in found]

    def _request(self, operation: dict[str, Any], at: list[str], exchange: Exchange) -> list[str]:
        shared = self._spec["paths"][exchange.template].get("parameters", [])
        named = {each["name"] for each in (*operation.get("parameters", []), *shared)}
        found = [
            f"query {each} is not known"
            for each in exchange.query
            if each not in named and (exchange.method, exchange.template, each) not in _QUERIES
        ]
        content = operation.get("requestBody", {}).get("content", {})
        if exchange.request is None:
            return found
        if "application/json" not in content:
            return [*found, "a body that is not known"]
        where = [*at, "requestBody", "content", "application/json", "schema"]
        return found + self._wrong(where, _with_ids(exchange.request), "request")

    def _answer(self, operation: dict[str, Any], at: list[str], exchange: Exchange) -> list[str]:
        responses = operation["responses"]
        status = str(exchange.status)
        key = status if status in responses else f"{status[0]}XX"
        if key not in responses:
            return ["this status is not known"]
        where = [*at, "responses", key]
        if "$ref" in responses[key]:
            where = responses[key]["$ref"].removeprefix("#/").split("/")
        content = self._at(where).get("content")
        if exchange.answer is None:
            return ["an answer is missing"] if content else []
        if content is None:
            return ["an answer that is not known"]
        answer = exchange.answer
        if exchange.status >= 400 and isinstance(answer, dict):
            # The prose has words for the codes of single fields, the document numbers.
            answer = {key: each for key, each in answer.items() if key != "errors"}
        return self._wrong([*where, "content", "application/json", "schema"], answer, "answer")

    def _at(self, where: Sequence[str]) -> Any:
        found: Any = self._spec
        for part in where:
            found = found[part]
        return found

    def _wrong(self, where: Sequence[str], value: Any, what: str) -> list[str]:
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in where)
        if pointer not in self._validators:
            self._validators[pointer] = Draft202012Validator(
                {"$ref": f"{_DOCUMENT}#/{pointer}"}, registry=self._registry
            )
        errors: list[ValidationError] = list(self._validators[pointer].iter_errors(value))
        return [f"{what} {each.json_path}: {_told(each)}" for each in errors]


def _told(error: ValidationError) -> str:
    """The words of the innermost reason: the outer ones quote all there is."""
    inner = best_match([error])
    assert inner is not None
    return f"{inner.json_path} {inner.message}"[:300]


def _with_ids(value: Any, key: str = "") -> Any:
    """Ids as strings and rights as numbers: Discord takes both, and discord.py mixes them."""
    if key in _RIGHTS and isinstance(value, str):
        return int(value)
    if isinstance(value, dict):
        # The number of a new file stands where the id of an old one does.
        return {
            name: str(each) if (key, name) == (_NEW, "id") else _with_ids(each, name)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_with_ids(each, _NEW if key == "attachments" else "") for each in value]
    is_id = isinstance(value, int) and value >= _SMALLEST_ID
    return str(value) if is_id else value


@cache
def judge() -> OpenApi:
    """The judge, read once for each process."""
    return OpenApi(document())
