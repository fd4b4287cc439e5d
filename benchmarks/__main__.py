"""`python -m benchmarks [NAME ...]`: JSON lines on stdout, a table on stderr."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.results import Line, Options

NAMES = (
    "pipeline",
    "detection",
    "personal",
    "commits",
    "restart",
    "lateness",
    "gate",
    "command",
    "matrix",
    "discord",
)
ON_ONE_CORE = {"pipeline", "detection", "personal", "command"}


def main(words: Sequence[str] | None = None) -> int:
    """Run what was asked for; every benchmark in a process of its own."""
    asked = _parser().parse_args(words)
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    if asked.here:
        _measure(asked.names[0], Options(Path(asked.here), asked.repeat, asked.quick))
        return 0
    names = list(dict.fromkeys(asked.names)) or list(NAMES)
    folder = Path(asked.folder)
    print(f"The disk under {folder.name or folder} is {_file_system(folder)}.", file=sys.stderr)
    lines: list[Line] = []
    failed = []
    for number, name in enumerate(names, 1):
        print(f"[{number}/{len(names)}] {name} ...", end=" ", file=sys.stderr, flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as place:
            # In a checkout, what a killed run leaves behind is nobody's change.
            (Path(place) / ".gitignore").write_text("*\n")
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "benchmarks", name, "--here", place),
                    *("--repeat", str(asked.repeat)),
                    *(["--quick"] if asked.quick else []),
                ],
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
        if done.returncode:
            failed.append(name)
        for line in done.stdout.splitlines():
            print(line, flush=True)
            lines.append(Line.from_json(line))
    _show(lines)
    if failed:
        print(f"Did not run to its end: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--repeat", type=int, default=5, help="interleaved repeats (default 5)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, only to see it run")
    parser.add_argument("--folder", default=".", help="where the databases go (default: here)")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    return parser


def _measure(name: str, options: Options) -> None:
    if name in ON_ONE_CORE:
        # Set before there are threads, which inherit it.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for line in importlib.import_module(f"benchmarks.{name}").run(options):
        print(line.to_json(), flush=True)


def _file_system(folder: Path) -> str:
    path, best = folder.resolve(), ("", "unknown")
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if path.is_relative_to(where) and len(where) >= len(best[0]):
            best = (where, kind)
    return best[1]


def _show(lines: Sequence[Line]) -> None:
    table = Table("benchmark", "value", "against", "ratio", "goal", "")
    for line in lines:
        table.add_row(
            line.name,
            f"{line.value:g} {line.unit}",
            line.against,
            "" if line.ratio is None else f"{line.ratio:g}",
            line.goal or "",
            {None: "", True: "met", False: "missed"}[line.met],
        )
    Console(stderr=True).print(table)


if __name__ == "__main__":
    sys.exit(main())
