"""The store's fixtures serve the migrations too."""

from __future__ import annotations

from tests.store.conftest import keys, sqlite_file, sqlite_url, url

__all__ = ["keys", "sqlite_file", "sqlite_url", "url"]
