"""The data map of docs/privacy.md is the schema, field by field."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from bot.store.tables import NOT_ABOUT_MEMBERS, metadata

ROOT = Path(__file__).parents[1]


@pytest.fixture
def script() -> ModuleType:
    """The script that writes the map."""
    spec = importlib.util.spec_from_file_location("data_map", ROOT / "scripts" / "data_map.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_map_is_up_to_date(script: ModuleType) -> None:
    page = script.PAGE.read_text(encoding="utf-8")
    assert page == script.page_with(page), "run: make data-map"


def test_every_field_of_every_table_is_on_it(script: ModuleType) -> None:
    written = script.data_map()
    for table in metadata.sorted_tables:
        part = written.partition(f"### {table.name}\n")[2].partition("###")[0]
        assert [c.name for c in table.columns if f"| `{c.name}` |" not in part] == []


def test_a_new_table_is_missed(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = MetaData()
    size = Column("size", Integer)
    about = {"erasing": NOT_ABOUT_MEMBERS, "retention": "a day"}
    Table("shoes", newer, size, comment="Shoes.", info=about)
    monkeypatch.setattr(script, "metadata", newer)
    assert "| `size` | number |  |" in script.data_map()
    page = script.PAGE.read_text(encoding="utf-8")
    assert page != script.page_with(page)
