"""The table of rules and the tests belong together."""

from __future__ import annotations

import re
from pathlib import Path

from tests.discord_server.rules import DOCS, RULES

HERE = Path(__file__).parent
# Not about Discord: what the stand-in itself can do.
OWN = {"test_rules.py", "test_judges.py", "test_human.py"}


def test_every_rule_has_its_page_and_its_test() -> None:
    tests = {
        f"{path.name}::{name}"
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert [rule.test for rule in RULES if rule.test not in tests] == []
    assert all(rule.url.startswith(f"{DOCS}/") for rule in RULES)
    assert len({rule.words for rule in RULES}) == len(RULES) > 30


def test_a_test_names_what_the_table_says() -> None:
    files = {rule.test.partition("::")[0] for rule in RULES}
    assert files == {path.name for path in HERE.glob("test_*.py")} - OWN
