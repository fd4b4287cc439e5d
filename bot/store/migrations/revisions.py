"""The names of the revisions, told from their files: a start at the newest needs no more.

Alembic takes half a second and 15 MB to be there, and is asked only when something changes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

VERSIONS: Final = Path(__file__).parent / "versions"


@cache
def revisions() -> tuple[str, ...]:
    """Every revision that this version knows, oldest first. A file is named after its own."""
    return tuple(sorted(path.name.split("_", 1)[0] for path in VERSIONS.glob("r*_*.py")))


def newest_revision() -> str:
    """The schema that this version works with."""
    return revisions()[-1]


def is_known(revision: str) -> bool:
    """Whether this version knows a schema; it does not know those of newer versions."""
    return revision in revisions()
