"""`circlekeeper scan`: texts in, findings out, line by line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import orjson

from bot.command_line.console import Exit, complain
from bot.detection import KeywordError, Keywords, Scanner, check_phrase


def scan(keywords: Path | None) -> Exit:
    """Scan standard input to standard output."""
    try:
        phrases = [] if keywords is None else _phrases(keywords)
    except (OSError, UnicodeDecodeError):
        complain(f"{keywords} cannot be read. It has to be a text file in UTF-8.")
        return Exit.SETTINGS
    scanner = Scanner(Keywords(phrases))
    out = sys.stdout.buffer
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            # The standard library's: it also takes half a surrogate pair, as hostile text has.
            read = json.loads(line)
            name, text = read["id"], read["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, KeyError):
            complain(f'Line {number} is not {{"id": ..., "text": "..."}} as JSON.')
            return Exit.FAILED
        findings = scanner.scan(text)
        found = {
            "id": name,
            "kinds": sorted({finding.kind.name for finding in findings}),
            "findings": [
                {
                    "kind": finding.kind.name,
                    "start": finding.start,
                    "end": finding.end,
                    "severity": finding.severity.value,
                }
                for finding in findings
            ],
        }
        out.write(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()
    return Exit.DONE


def _phrases(path: Path) -> list[str]:
    """The keywords of a file. Says which lines cannot be keywords, and goes on without them."""
    phrases = []
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        phrase = " ".join(line.split())
        if not phrase or phrase.startswith("#"):
            continue
        try:
            check_phrase(phrase)
        except KeywordError as error:
            complain(f"Line {number} of {path} cannot be a keyword ({error.why}); left out.")
        else:
            phrases.append(phrase)
    return phrases
