"""Every sentence a person reads, in the reader's language.

The words are Fluent files, one folder a language: `bot/texts/en/*.ftl`. Code names a key and
hands over the gaps; `Texts.say` makes the sentence. How to write and translate them stands in
`README.md` beside this file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from logging import getLogger
from pathlib import Path
from typing import Any, Final, TypeAlias

from fluent.runtime import FluentBundle
from fluent.runtime.resolver import CurrentEnvironment, ResolverEnvironment
from fluent.runtime.types import FluentInt
from fluent.syntax import FluentParser, ast

from bot.errors import StartError
from bot.model import Account, MessageRef, Room
from bot.reply import Args, Text, Value

FOLDER: Final = Path(__file__).parent
DEFAULT_LANGUAGE: Final = "en"

Show: TypeAlias = "Callable[[Value], str | None]"
"""How an adapter shows a person's words, a time, a room, an account or a message its own way.

None means: as everybody does. Words that a person wrote come through here too, so that an
adapter can take the markup out of them; our own texts hold no markup.
"""

logger = getLogger(__name__)

# What could reorder or hide the words around it. Line breaks, tabs and the joiners that
# languages and emoji need stay.
_UNSAFE: Final = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_GAP: Final = re.compile("\0(\\d+)\0")
_DEEPEST_TEXT: Final = 8


def clean(words: str) -> str:
    """A person's words without control characters and without marks that reorder text."""
    return _UNSAFE.sub("", words.replace("\r\n", "\n"))


class TextsError(StartError):
    """The files of a language cannot be used. The message names the file, and the line."""


class _Gap(str):
    """Stands for one value while Fluent works, so that Fluent never sees a person's words.

    As text it is a mark that is filled in afterwards (Fluent also refuses values above 2,500
    characters). Compared with the name of a variant it is the value itself.
    """

    value: str

    def __new__(cls, number: int, value: str) -> _Gap:
        gap = super().__new__(cls, f"\0{number}\0")
        gap.value = value
        return gap

    def __eq__(self, other: object) -> bool:
        return self.value == other

    __hash__ = str.__hash__


class _Number(FluentInt):
    """A number that remembers how it is written: Babel takes 20 us to say "4,000"."""

    def format(self, locale: Any) -> str:
        return _written(int(self), locale)


@lru_cache(maxsize=1024)
def _written(number: int, locale: Any) -> str:
    return str(FluentInt(number).format(locale))


class Texts:
    """All texts of all languages that were loaded."""

    def __init__(self, bundles: Mapping[str, FluentBundle]) -> None:
        if DEFAULT_LANGUAGE not in bundles or not bundles[DEFAULT_LANGUAGE].has_message(
            "missing-text"
        ):
            raise TextsError(f"the texts of {DEFAULT_LANGUAGE!r} are missing or not whole")
        self._bundles = dict(bundles)
        self.missing: Counter[str] = Counter()
        """How often a key was asked for that is in no file. By key only."""
        self.incomplete: Counter[str] = Counter()
        """How often a text was shown with one of its gaps not filled. By key only."""
        self._words = lru_cache(maxsize=4096)(self._make_words)

    @classmethod
    def load(cls, languages: Iterable[str] | None = None, *, folder: Path = FOLDER) -> Texts:
        """Read every .ftl file, of all languages or of these (and the one all fall back to)."""
        found = sorted(path.name for path in folder.iterdir() if any(path.glob("*.ftl")))
        wanted = found if languages is None else {*languages, DEFAULT_LANGUAGE}
        if unknown := sorted(set(wanted) - set(found)):
            raise TextsError(f"no texts in: {', '.join(unknown)} (there are: {', '.join(found)})")
        read = {language: _read(folder / language) for language in wanted}
        bundles = {}
        for language in wanted:
            # What a translation lacks comes from its base language, then from English.
            bundle = FluentBundle([language], use_isolating=False)
            for source in dict.fromkeys((language, _base(language), DEFAULT_LANGUAGE)):
                for resource in read.get(source, ()):
                    bundle.add_resource(resource)
            bundles[language] = bundle
        return cls(bundles)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have texts of their own."""
        return tuple(self._bundles)

    def language(self, asked: str) -> str:
        """The language that is shown to somebody who asks for this one."""
        wanted = asked.replace("_", "-").lower()
        for candidate in (wanted, _base(wanted)):
            for language in self._bundles:
                if language.lower() == candidate:
                    return language
        return DEFAULT_LANGUAGE

    def has(self, key: str, language: str = DEFAULT_LANGUAGE) -> bool:
        """Whether a key has words, in a language of `languages` or in what that falls back to."""
        return bool(self._bundles[language].has_message(key))

    def say(self, text: Text, language: str, show: Show | None = None) -> str:
        """The sentence that a person reads. Never raises for a key that has no words."""
        if language not in self._bundles:
            language = self.language(language)
        return self._say(text.key, text.args, language, show, 0)

    def label(self, key: str, language: str) -> str:
        """The words of a text without gaps, such as a button's label."""
        return self.say(Text(key), language)

    def _say(self, key: str, args: Args, language: str, show: Show | None, depth: int) -> str:
        bundle = self._bundles[language]
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is None or depth > _DEEPEST_TEXT:
            self.missing[key] += 1
            logger.warning("no such text", extra={"key": key})
            return self._say("missing-text", {}, language, None, 0)
        shown: list[str] = []
        given: dict[str, Any] = {}
        for name, value in args.items():
            if isinstance(value, int) and not isinstance(value, bool):
                given[name] = _Number(value)
                continue
            plain = value if isinstance(value, str) else ""
            if isinstance(value, bool):
                plain = "yes" if value else "no"
            given[name] = _Gap(len(shown), plain)
            shown.append(self._show(value, language, show, depth))
        # What FluentBundle.format_pattern does, without converting what is converted already.
        environment = ResolverEnvironment(bundle, [], CurrentEnvironment(given))
        try:
            words = str(pattern(environment))
        except ValueError:  # a text of ours that grew beyond all bounds
            return self._say("missing-text", {}, language, None, 0)
        if environment.errors:
            self.incomplete[key] += 1
            logger.warning("a text has an empty gap", extra={"key": key})
        if not shown:
            return words
        return _GAP.sub(lambda gap: shown[int(gap[1])], words)

    def _show(self, value: Value, language: str, show: Show | None, depth: int) -> str:
        if isinstance(value, Text):
            return self._say(value.key, value.args, language, show, depth + 1)
        if isinstance(value, bool):
            return self._words(language, "yes" if value else "no")
        if isinstance(value, timedelta):
            return self._words(language, value)
        if isinstance(value, str):
            value = clean(value)
        if show is not None and (own := show(value)) is not None:
            return own
        if isinstance(value, datetime):
            # Seconds are of no use to a reader, and the fewer values the better the cache.
            return self._words(language, value.astimezone(UTC).replace(second=0, microsecond=0))
        if isinstance(value, Account):
            return self._words(language, "shown-account")
        if isinstance(value, Room):
            return self._words(language, "shown-room")
        if isinstance(value, MessageRef):
            return self._words(language, "shown-message")
        return str(value)

    def _make_words(self, language: str, value: str | timedelta | datetime) -> str:
        """Our own words for a value; cached, since the same few are shown again and again."""
        if isinstance(value, timedelta):
            return self._say(*_duration(value), language, None, 0)
        if isinstance(value, datetime):
            parts: dict[str, Value] = {"time": f"{value:%H:%M}", "day": day(value)}
            return self._say("moment", parts, language, None, 0)
        return self._say(value, {}, language, None, 0)


def _base(language: str) -> str:
    return language.split("-", 1)[0]


def _read(folder: Path) -> list[ast.Resource]:
    """The parsed files of one language, refusing what cannot be read and what is there twice."""
    resources: list[ast.Resource] = []
    homes: dict[str, str] = {}
    for path in sorted(folder.glob("*.ftl")):
        name = f"{folder.name}/{path.name}"
        try:
            source = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise TextsError(f"{name}: is not UTF-8 text") from error
        resource = FluentParser(with_spans=True).parse(source)
        for entry in resource.body:
            line = source.count("\n", 0, entry.span.start) + 1 if entry.span else 0
            if isinstance(entry, ast.Junk):
                raise TextsError(f"{name}, line {line}: cannot be read as Fluent")
            if isinstance(entry, ast.Message | ast.Term):
                key = f"{'-' if isinstance(entry, ast.Term) else ''}{entry.id.name}"
                if key in homes:
                    raise TextsError(f"{name}, line {line}: {key} is already in {homes[key]}")
                homes[key] = name
        resources.append(resource)
    return resources


_UNITS: Final = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


def _duration(duration: timedelta) -> tuple[str, Args]:
    """The text of a duration: its two largest units, rounded down ("1 day and 2 hours")."""
    left = max(0, int(duration.total_seconds()))
    parts: list[Text] = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count and len(parts) < 2:
            parts.append(Text(f"duration-{unit}", {"count": count}))
    if not parts:
        return "duration-seconds", {"count": 0}
    if len(parts) == 1:
        return parts[0].key, parts[0].args
    return "duration-two", {"first": parts[0], "second": parts[1]}


def day(when: date) -> Text:
    """A day as a text: "3 May 2026". For what happened on a day rather than at a moment."""
    return Text("day", {"day": str(when.day), "month": when.month, "year": str(when.year)})


_loaded: Texts | None = None


def default_texts() -> Texts:
    """The texts that ship with the bot, read once."""
    global _loaded
    if _loaded is None:
        _loaded = Texts.load()
    return _loaded
