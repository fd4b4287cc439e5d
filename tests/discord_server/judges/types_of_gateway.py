"""The second judge: the types of `discord-api-types`, over what the gateway sends."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.discord_server.state import Json
from tests.node import NODE, has_packages

FOLDER: Final = Path(__file__).parent / "types"
# Sums of an enum's members, which TypeScript does not take for members.
_SUMS: Final = ("flags", "public_flags", "system_channel_flags")
# Enums of strings, whose members TypeScript wants by name; here by value, and checked.
_ENUMS: Final = {"locale": "Locale", "guild_locale": "Locale", "preferred_locale": "Locale"}
_ENUMS_OF_TYPE: Final = "EmbedType"
# Its data is undefined in the types; Discord sends a trace there that means nothing.
_WITHOUT_DATA: Final = "RESUMED"


def is_there() -> bool:
    """Whether the types and their compiler are there; fetches them once."""
    return has_packages(FOLDER)


def complaints(events: Sequence[Json], folder: Path) -> list[str]:
    """Everything wrong with gateway events; empty where all is well. `folder`: to work in."""
    events = [each for each in events if each["t"] != _WITHOUT_DATA]
    types = (FOLDER / "node_modules" / "discord-api-types" / "v10").as_posix()
    head = [
        f"import type {{ EmbedType, GatewayDispatchPayload, Locale }} from {json.dumps(types)};",
        "type Told = { [P in GatewayDispatchPayload as `${P['t']}`]: P['d'] };",
    ]
    lines = [
        f"export const e{number}: Told[{json.dumps(each['t'])}] = {_written(each['d'])};"
        for number, each in enumerate(events)
    ]
    source = folder / "told.ts"
    source.write_text("\n".join([*head, *lines]) + "\n")
    tsc = FOLDER / "node_modules" / "typescript" / "lib" / "tsc.js"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--pretty", "false"]
    options += ["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]
    done = subprocess.run(
        [str(NODE), str(tsc), *options, source.name],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
    )
    found = re.findall(r"^told\.ts\((\d+),\d+\): error (.*(?:\n .*)*)", done.stdout, re.MULTILINE)
    assert bool(found) == (done.returncode != 0), done.stdout + done.stderr
    return [_named(events, int(line) - len(head) - 1, words) for line, words in found]


def _named(events: Sequence[Json], number: int, words: str) -> str:
    return f"{events[number]['t'] if number >= 0 else 'types'}: {words}"


def _written(value: Any, key: str = "") -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(k)}: {_written(v, k)}" for k, v in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        return f"[{', '.join(_written(each) for each in value)}]"
    enum = _ENUMS_OF_TYPE if key == "type" else _ENUMS.get(key)
    if isinstance(value, str) and enum is not None:
        return f"(({json.dumps(value)} satisfies `${{{enum}}}`) as {enum})"
    if isinstance(value, int) and key in _SUMS:
        return f"({value} as number)"
    return json.dumps(value)
