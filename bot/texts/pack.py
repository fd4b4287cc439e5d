"""A group's ground rules: one Markdown document with fixed sections, hashed and versioned.

    # Essentials
    # Rules
    # What may be said outside
    # Limits
    # What the bot keeps

A section begins with its mark; after a colon its title may follow in the group's language
("# Limits: Was wir nicht versprechen"). Groups write their own words; that nothing is missing,
and that nothing in them can ping people or hide, is checked here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.errors import Refused
from bot.reply import File
from bot.texts import DEFAULT_LANGUAGE, FOLDER, clean

FILE_NAME: Final = "ground_rules.md"
LONGEST: Final = 20_000
"""Characters in the whole document."""
LONGEST_SECTION: Final = 6_000
LONGEST_ESSENTIALS: Final = 600
"""The essentials stand on one card."""
PAGE: Final = 1_500
"""Characters on a page, while somebody pages through all of it."""


class Section(Enum):
    """The sections every document has, in this order. The value is the mark."""

    ESSENTIALS = "Essentials"
    RULES = "Rules"
    OUTSIDE = "What may be said outside"
    LIMITS = "Limits"
    KEEPS = "What the bot keeps"

    @property
    def longest(self) -> int:
        """How many characters it may have."""
        return LONGEST_ESSENTIALS if self is Section.ESSENTIALS else LONGEST_SECTION


_HEADING: Final = re.compile(r"#[ \t]+([^#\n][^\n]*)")
_BY_MARK: Final = {section.value.lower(): section for section in Section}
# Words that ping a whole room, and a platform's own way to write a mention.
_PING_ALL: Final = re.compile(r"@+(?=(?:everyone|here|room)\b)", re.IGNORECASE)
_MENTION: Final = re.compile(r"<(?:@[!&]?|#)\d{1,25}>")
_MATRIX_LINK: Final = re.compile(r"(?:https?://)?matrix\.to/#/\S*|(?<!\S)@[\w.=/+-]+:[\w.-]+\.\w+")
# Invisible marks that no script needs inside a document of ours.
_INVISIBLE: Final = re.compile("[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2060-\u2064]")
_UNNAMED: Final = "(a name was here)"


@dataclass(frozen=True)
class GroundRules:
    """One version of the ground rules. Made by `parse`, so it is whole and safe to show."""

    titles: Mapping[Section, str]
    sections: Mapping[Section, str]

    @classmethod
    def parse(cls, text: str) -> GroundRules:
        """Read a document. Raises `Refused` with what is missing or too long."""
        if len(text) > LONGEST:
            raise Refused("rules-too-long", {"limit": LONGEST, "length": len(text)})
        titles: dict[Section, str] = {}
        lines: dict[Section, list[str]] = {}
        here: Section | None = None
        for line in _canonical(text).split("\n"):
            if heading := _HEADING.fullmatch(line):
                mark, _, title = heading[1].partition(":")
                here = _BY_MARK.get(mark.strip().lower())
                if here is None:
                    raise Refused("rules-section-unknown", {"section": heading[1].strip()[:60]})
                if here in lines:
                    raise Refused("rules-section-twice", {"section": here.value})
                titles[here], lines[here] = title.strip() or here.value, []
            elif here is not None:
                lines[here].append(line)
            elif line:
                raise Refused("rules-before-sections")
        sections = {section: "\n".join(found).strip("\n") for section, found in lines.items()}
        for section in Section:
            if section not in sections:
                raise Refused("rules-section-missing", {"section": section.value})
            body = sections[section]
            if not any(letter.isalpha() for letter in body):
                raise Refused("rules-section-empty", {"section": section.value})
            if len(body) > section.longest:
                sizes = {"limit": section.longest, "length": len(body)}
                raise Refused("rules-section-too-long", {"section": section.value, **sizes})
        ordered = {section: sections[section] for section in Section}
        return cls(MappingProxyType(titles), MappingProxyType(ordered))

    @classmethod
    def default(cls, language: str = DEFAULT_LANGUAGE) -> GroundRules:
        """The pack that ships with the bot, in this language or in English."""
        for folder in (language, language.split("-")[0], DEFAULT_LANGUAGE):
            path: Path = FOLDER / folder / FILE_NAME
            # The language may come from outside: it must be the name of one folder.
            if path.parent.parent == FOLDER and path.is_file():
                return cls.parse(path.read_text(encoding="utf-8"))
        raise FileNotFoundError(FILE_NAME)

    @cached_property
    def text(self) -> str:
        """The whole document as it is kept, hashed and handed out. Parsing it gives the same."""
        return "\n".join(
            f"# {_heading(section, self.titles[section])}\n\n{self.sections[section]}\n"
            for section in Section
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of `text`: what an acknowledgement is about. `sha256sum` of the file is it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def section(self, section: Section) -> str:
        """The words of one section, without its heading, as people read them."""
        return _readable(self.sections[section])

    def title(self, section: Section) -> str:
        """What a section is called."""
        return self.titles[section]

    def pages(self) -> tuple[str, ...]:
        """The whole document in pages of a length that is good to read in a chat."""
        return self._pages

    @cached_property
    def _pages(self) -> tuple[str, ...]:
        return tuple(
            f"{self.titles[section]}\n\n{_readable(page)}"
            for section in Section
            for page in _paged(self.sections[section], PAGE)
        )

    @property
    def minutes(self) -> int:
        """How long reading all of it takes, at 200 words a minute."""
        return max(1, round(len(self.text.split()) / 200))

    def as_file(self, version: int) -> File:
        """The member's copy."""
        return File(f"ground-rules-version-{version}.md", self.text)


def _heading(section: Section, title: str) -> str:
    return section.value if title == section.value else f"{section.value}: {title}"


def _canonical(text: str) -> str:
    """The same words are the same document, whatever editor wrote them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = unicodedata.normalize("NFC", text.replace("\u2029", "\n").replace("\t", "    "))
    # What cannot be shown is dropped: half characters would not even be hashed.
    text = text.encode("utf-8", "ignore").decode()
    text = _INVISIBLE.sub("", clean(text))
    text = _MENTION.sub(_UNNAMED, text)
    text = _MATRIX_LINK.sub(_UNNAMED, text)
    text = _PING_ALL.sub("", text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _readable(body: str) -> str:
    """Without heading marks: in a chat they are noise, to a screen reader most of all."""
    return re.sub(r"^#{2,6}[ \t]+", "", body, flags=re.MULTILINE)


def _paged(body: str, longest: int) -> Iterator[str]:
    """Cut between paragraphs; within one only where it is longer than a page by itself."""
    page = ""
    # A heading stays with what it is about.
    glued = re.sub(r"^(#.*)\n\n", r"\1\n", body, flags=re.MULTILINE)
    for paragraph in glued.split("\n\n"):
        for part in _parts(paragraph, longest):
            if page and len(page) + 2 + len(part) > longest:
                yield page
                page = part
            else:
                page = f"{page}\n\n{part}" if page else part
    yield page


def _parts(paragraph: str, longest: int) -> Iterator[str]:
    while len(paragraph) > longest:
        cut = max(paragraph.rfind(mark, 1, longest) for mark in ("\n", ". ", " "))
        cut = longest if cut < longest // 2 else cut + 1
        yield paragraph[:cut].rstrip()
        paragraph = paragraph[cut:].lstrip()
    yield paragraph
