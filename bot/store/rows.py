"""How a row of the hot path becomes a statement: the types of the columns bind it once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import call
from typing import Any, Final, TypeAlias

from sqlalchemy import Dialect, Table

from bot.store.columns import Blind, RowId, Sealed, UtcTime

MOST_IN_ONE: Final = 128
# SQLite takes at most 32,766 values in a statement, and no table has 60 columns.
_LARGE: Final = (512, 256, 128)


Make: TypeAlias = "Callable[[Sequence[Any]], list[tuple[Any, ...]]]"
"""Gives the values of a row, as a driver takes them, for each of what was appended, in order."""


class RowRefused(Exception):
    """The database refused one row, and would again. Names the table and nothing of the row."""


class Rows:
    """Rows of one plan that are made just before their commit, all together.

    What each of thousands a second needs is done in one pass over them then, which costs half of
    what it costs one by one.
    """

    def __init__(self, plan: Plan, make: Make) -> None:
        self.plan = plan
        self._make = make

    def made(self, whats: Sequence[Any]) -> list[tuple[Any, ...]]:
        """What the driver is given. Raises `RowRefused` where a row cannot be made."""
        try:
            return self._make(whats)
        except Exception as error:
            # What went wrong may quote the row.
            why = type(error).__name__
        raise RowRefused(f"{self.plan.table.name}: {why}")


class Plan(ABC):
    """How rows of one table that give the same columns are inserted."""

    def __init__(self, table: Table, names: tuple[str, ...], dialect: Dialect) -> None:
        self.table = table
        columns = [table.c[name] for name in names]
        self._binders = [_binder(column.type, dialect) for column in columns]
        quote = dialect.identifier_preparer
        self._types = [column.type.compile(dialect=dialect) for column in columns]
        listed = ", ".join(quote.quote(column.name) for column in columns)
        self._head = f"INSERT INTO {quote.format_table(table)} ({listed})"

    def bind(self, values: Iterable[Any]) -> tuple[Any, ...]:
        """What the driver is given for a row. Raises TypeError where a column's type refuses."""
        return tuple(map(call, self._binders, values))

    @abstractmethod
    def statements(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The statements that insert bound rows, each with its values."""


class SqlitePlan(Plan):
    """Many rows to a statement. `executemany` would let go of Python's lock at every row, and
    wait at every row until a busy event loop gives it back."""

    def __init__(self, table: Table, names: tuple[str, ...], dialect: Dialect) -> None:
        super().__init__(table, names, dialect)
        self._row = f"({', '.join('?' * len(names))})"
        # Every small number has a statement of its own, so that the usual commit is one call;
        # larger ones are put together. All of them stay prepared.
        self._by_size: dict[int, str] = {}

    def statements(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The fewest statements."""
        at = 0
        while at < len(rows):
            left = len(rows) - at
            size = left if left <= MOST_IN_ONE else next(n for n in _LARGE if n <= left)
            sql = self._by_size.get(size)
            if sql is None:
                listed = ", ".join([self._row] * size)
                sql = self._by_size[size] = f"{self._head} VALUES {listed} ON CONFLICT DO NOTHING"
            # For everything but numbers, text and bytearrays, the driver looks for an adapter
            # first, which takes it longer than all else that it does with a value.
            values = [
                bytearray(value) if type(value) is bytes else value
                for row in rows[at : at + size]
                for value in row
            ]
            yield sql, tuple(values)
            at += size


class PostgresPlan(Plan):
    """One statement for any number of rows: an array for each column."""

    def __init__(self, table: Table, names: tuple[str, ...], dialect: Dialect) -> None:
        super().__init__(table, names, dialect)
        arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(self._types, start=1))
        self._sql = " ".join(
            [self._head, "SELECT * FROM", f"unnest({arrays})", "ON CONFLICT DO NOTHING"]
        )

    def statements(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """A single statement."""
        yield self._sql, tuple(map(list, zip(*rows, strict=True)))


def _binder(kind: Any, dialect: Dialect) -> Callable[[Any], Any]:
    if isinstance(kind, RowId | Sealed | Blind | UtcTime):
        # They end in bytes and whole numbers, which both drivers take as they are.
        return kind.bound
    return kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
