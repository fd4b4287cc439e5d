"""Every benchmark runs to its end and prints what it promises. No figure is judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.results import Goal, Line, compared, percentile
from tests import needs

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_prints_lines_with_every_field(name: str, tmp_path: Path) -> None:
    if name == "matrix" and needs.synapse_python() is None:
        pytest.skip(str(needs.SYNAPSE))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", name),
            *("--quick", "--repeat", "1", "--folder", str(tmp_path)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines
    for line in lines:
        assert set(line) == {field.name for field in fields(Line)}
        # What is left of one figure without another is noise in a run as short as this.
        assert line["value"] > 0 or line["name"].endswith("without detection")
        assert line["unit"]
        assert line["runs"] >= 1
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_a_ratio_is_the_median_of_each_repeats_own_ratio() -> None:
    line = compared("x", "us", [1, 2, 30], "peer", [10, 10, 100], Goal(0.2))
    assert (line.value, line.ratio, line.met, line.runs) == (2, 0.2, True, 3)
    assert Line.from_json(line.to_json()) == line


def test_a_goal_may_be_a_lower_bound() -> None:
    assert Goal(0.5, at_least=True).met(0.6)
    assert not Goal(0.5, at_least=True).met(0.4)
    assert str(Goal(0.01)) == "at most 0.01"


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(range(100), 0.99) == 99
    assert percentile([5.0], 0.99) == 5


def test_an_unknown_name_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "nonsense"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pipeline" in done.stderr
