"""How a row of the hot path becomes a statement: the types of the columns bind it once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Dialect, Table
from sqlalchemy.types import TypeDecorator

# SQLite takes at most 32,766 values in a statement.
_LARGEST: Final = 512


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
        return tuple(
            [
                value if binder is None else binder(value)
                for binder, value in zip(self._binders, values, strict=True)
            ]
        )

    @abstractmethod
    def statements(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The statements that insert bound rows, each with its values."""


class SqlitePlan(Plan):
    """Many rows to a statement. `executemany` would let go of Python's lock at every row, and
    wait at every row until a busy event loop gives it back."""

    def __init__(self, table: Table, names: tuple[str, ...], dialect: Dialect) -> None:
        super().__init__(table, names, dialect)
        row = f"({', '.join('?' * len(names))})"
        sizes = [size for size in _sizes() if size * len(names) < 30_000]
        # Powers of two: any number of rows is a handful of statements that stay prepared.
        self._by_size = [
            (size, f"{self._head} VALUES {', '.join([row] * size)} ON CONFLICT DO NOTHING")
            for size in sizes
        ]

    def statements(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The fewest statements of prepared sizes."""
        at = 0
        for size, sql in self._by_size:
            while len(rows) - at >= size:
                yield sql, tuple([value for row in rows[at : at + size] for value in row])
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


def _sizes() -> Iterator[int]:
    size = _LARGEST
    while size:
        yield size
        size //= 2


def _binder(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(kind, TypeDecorator):
        # Our own types end in bytes and whole numbers, which both drivers take as they are.
        bind = kind.process_bind_param
        return lambda value: bind(value, dialect)
    found = kind.dialect_impl(dialect).bind_processor(dialect)
    return found  # type: ignore[no-any-return]
