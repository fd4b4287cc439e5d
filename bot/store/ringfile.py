"""What stands in the key ring's file, and how it is read."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from bot.errors import StartError
from bot.store.masterkey import KEY_BYTES, MasterKey, sync_folder

_FORMAT: Final = 1


def coming(path: Path) -> Path:
    """The ring under the next master key, while that is changed."""
    return path.with_name(path.name + ".next")


def as_state(wrapped: dict[str, str], floor: int, last_silence: int) -> dict[str, Any]:
    """What stands in the file."""
    return {
        "format": _FORMAT,
        "keys": wrapped,
        "no_tags_before": floor,
        "last_silence": last_silence,
    }


def epoch_in(name: str) -> int:
    """The epoch in the name of a key that has one."""
    return int(name.rsplit("/", 1)[1])


def read_ring(path: Path, master: MasterKey) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The state and the keys in a ring's file.

    Raises `StartError` when it is missing, damaged or of another master key. Where a change of the
    master key was cut off after the new one was in place, it is ended here.
    """
    state, keys = _read(path, master)
    following = coming(path)
    if not keys and following.exists():
        state, keys = _read(following, master)
        if keys:
            # Whoever may only look reads it where it is.
            with suppress(OSError):
                os.replace(following, path)
                sync_folder(path.parent)
    if not keys:
        raise StartError(
            f"The master key does not fit the key ring {path}. Correct the setting, or put "
            "both files back as they belong together."
        )
    return state, keys


def _read(path: Path, master: MasterKey) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The same for one file; no keys where the master key is another."""
    try:
        state = json.loads(path.read_bytes())
        if state["format"] != _FORMAT:
            raise StartError(
                f"The key ring {path} was written by a newer Circlekeeper. Install that one."
            )
        wrapped: dict[str, str] = dict(state["keys"])
        _check_shape(state, wrapped)
    except FileNotFoundError:
        raise StartError(
            f"There is no key ring at {path}. Put the file back from where you keep its copy. "
            "Without it nothing that is stored can be read."
        ) from None
    except OSError as error:
        raise StartError(f"The key ring {path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise _damaged(path) from None
    keys: dict[str, bytes] = {}
    for name, box in wrapped.items():
        try:
            keys[name] = master.unwrap(name, box)
        except InvalidTag:
            continue
        except (ValueError, TypeError):
            raise _damaged(path) from None
    if keys and (len(keys) < len(wrapped) or any(len(key) != KEY_BYTES for key in keys.values())):
        raise _damaged(path)
    return state, keys


def _damaged(path: Path) -> StartError:
    return StartError(
        f"The key ring {path} is damaged. Put the file back from where you keep its copy."
    )


def _check_shape(state: dict[str, Any], wrapped: dict[str, str]) -> None:
    """Raise ValueError unless the file has every part that a ring needs."""
    for kind in ("column", "blind"):
        numbers = [int(name.split("/")[1]) for name in wrapped if name.startswith(f"{kind}/")]
        if not numbers or not all(0 < number < 2**16 for number in numbers):
            raise ValueError(kind)
    for name in wrapped:
        if name.startswith(("tag/", "epoch/")):
            epoch_in(name)
    if not all(type(state[name]) is int for name in ("no_tags_before", "last_silence")):
        raise ValueError("numbers")
