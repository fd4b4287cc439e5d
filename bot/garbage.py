"""Garbage: Python's collector of cycles, set for a process that runs for weeks."""

from __future__ import annotations

import gc
from typing import Final

_YOUNG: Final = 50_000
"""Objects made, less those dropped, until the collector looks among the new ones. With Python's
700, a flood of messages that wait for the disk is looked through again and again in vain: that was
a fifth of the CPU of a message. What is dropped without a cycle, as most is, goes at once anyway.
"""


def collect_seldom() -> None:
    """Leave what is there now (mostly code) out of every later look, and look less often.

    For the process of a host, once it has what it needs to begin.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
