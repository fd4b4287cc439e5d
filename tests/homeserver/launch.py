"""Starts Synapse, in the venv of Synapse, with a database that does not wait for the disk.

What is written survives the end of the process, not the end of the machine; and a test that fills
rooms takes a quarter of the time.
"""

from typing import Any

from synapse.app.homeserver import main  # type: ignore[import-not-found]
from synapse.storage.engines.sqlite import Sqlite3Engine  # type: ignore[import-not-found]

_on_new_connection = Sqlite3Engine.on_new_connection


def _hurried(self: Any, connection: Any) -> None:
    _on_new_connection(self, connection)
    connection.execute("PRAGMA synchronous = OFF;")


Sqlite3Engine.on_new_connection = _hurried

if __name__ == "__main__":
    main()
