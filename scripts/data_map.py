"""Write the data map into docs/privacy.md, out of the schema: `make data-map`.

A test compares the two, so a table or a field that is new cannot be forgotten there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Table, Text

import bot.store  # noqa: F401  (every table is there before they are walked)
from bot.store.columns import Blind, RowId, Sealed, UtcTime
from bot.store.erasing import erasing_of
from bot.store.tables import Erase, Keep, Leads, metadata

PAGE: Final = Path(__file__).parents[1] / "docs" / "privacy.md"
BEGINS: Final = "<!-- The data map begins. `make data-map` writes it; changes by hand are lost. -->"
ENDS: Final = "<!-- The data map ends. -->"

_KINDS: Final[tuple[tuple[type[Any], str], ...]] = (
    (Sealed, "sealed text"),
    (Blind, "keyed hash of a handle"),
    (RowId, "random number"),
    (UtcTime, "moment"),
    (Date, "day"),
    (LargeBinary, "bytes: a hash, a mark, a key or a sealed box"),
    (Boolean, "yes or no"),
    (Integer, "number"),
    (Text, "word in the clear"),
)
_LEADS: Final = {
    Leads.MEMBER: "the member",
    Leads.ACCOUNT: "the account, for who has the keys",
    Leads.TAG: "the author, for who has the keys and tests each account",
    Leads.MENTIONS: "an account that its text may name",
}


def data_map() -> str:
    """The whole map as Markdown, with its marks."""
    parts = [part for table in sorted(metadata.tables.values(), key=_name) for part in _of(table)]
    return "\n".join([BEGINS, "", *parts, ENDS])


def _name(table: Table) -> str:
    return table.name


def _of(table: Table) -> Iterator[str]:
    yield f"### {table.name}"
    yield ""
    yield str(table.comment)
    yield ""
    yield f"- Stays {table.info['retention']}."
    yield f"- When a member is erased: {_erased(table)}."
    yield ""
    yield "| field | kept as | leads to |"
    yield "|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {_kept(column)} | {_leads(column)} |"
    yield ""


def _erased(table: Table) -> str:
    rule = erasing_of(table)
    if isinstance(rule, Keep):
        return f"the row stays, since nobody can tell whose it is; {rule.until}"
    if rule is Erase.DELETE:
        return "the row goes"
    if rule is Erase.UNLINK:
        return "the row stays and leads to them no more"
    return "nothing, since no row is about a member"


def _kept(column: Column[Any]) -> str:
    for target in column.foreign_keys:
        return f"random number of a row in `{target.column.table.name}`"
    return next(words for kind, words in _KINDS if isinstance(column.type, kind))


def _leads(column: Column[Any]) -> str:
    return _LEADS[column.info["leads"]] if "leads" in column.info else ""


def page_with(text: str) -> str:
    """A page with its map as it is to be. Raises ValueError where its marks are missing."""
    before, after = text.index(BEGINS), text.index(ENDS) + len(ENDS)
    return text[:before] + data_map() + text[after:]


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
