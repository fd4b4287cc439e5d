"""What detection costs where it runs."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.events import MessageEdited, MessagePosted
from bot.services.leaks.scanning import Hit, Scanning


class Looking:
    """Counts, within `with`, the CPU seconds that looking at messages takes, with all of it: what
    the group watches for, personal data, danger to a life, and what only several messages show."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._look = Scanning.look

    def __enter__(self) -> Looking:
        look = self._look

        def counted(scanning: Scanning, event: MessagePosted | MessageEdited) -> Sequence[Hit]:
            began = time.thread_time()
            found = look(scanning, event)
            self.seconds += time.thread_time() - began
            return found

        Scanning.look = counted  # type: ignore[assignment, method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        Scanning.look = self._look  # type: ignore[method-assign]
