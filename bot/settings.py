"""Settings: from the environment and `.env`, checked once, frozen. All mistakes at once.

`load` raises `SettingsError`, whose message lists every mistake with what to do. It never
repeats a value: a token often lands in the wrong line.
"""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Iterator, Mapping, Set
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Self

from dotenv.parser import parse_stream
from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import StartError

PREFIX: Final = "CIRCLEKEEPER_"
MASTER_KEY_NAME: Final = "circlekeeper-master-key"
"""The name of the systemd credential that holds the master key."""
DATABASE_NAME: Final = "circlekeeper.sqlite3"

_TEXTS: Final = Path(__file__).parent / "texts"
_DATABASE: Final = re.compile(r"(?:sqlite(?:\+aiosqlite)?:///|postgres(?:ql)?(?:\+asyncpg)?://)\S+")
_SHARDS: Final = re.compile(r"[0-9]{1,4}(?:,[0-9]{1,4})*/[0-9]{1,4}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
SETUP_PREFIX: Final = f"{PREFIX}SETUP_"
"""What the set-up alone asks for and never writes down, such as a password."""
# The second and third are set by our own tests and by what runs them. No settings of the bot.
_NOT_OURS: Final = (SETUP_PREFIX, f"{PREFIX}TEST_", f"{PREFIX}BENCH_")

# It would print a line of its own for what is told below with the line's number.
logging.getLogger("dotenv").setLevel(logging.ERROR)


class SettingsError(StartError):
    """The settings hold mistakes. The message lists all of them."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        count = "is a mistake" if len(mistakes) == 1 else f"are {len(mistakes)} mistakes"
        lines = "\n".join(f"  - {mistake}" for mistake in mistakes)
        super().__init__(f"There {count} in the settings:\n{lines}\n.env.example shows them all.")


class LogLevel(Enum):
    """How much is logged. Never what people write."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class SandboxMode(Enum):
    """Whether the sandbox runs: the platform in a browser page, to try things out."""

    ON = "on"
    OFF = "off"
    AUTO = "auto"
    """Only when no other platform is configured."""


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Everything a host can set. Each description says what may be written there."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        # A byte order mark, as some editors write it, is no mistake.
        env_file_encoding="utf-8-sig",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        validate_default=False,
    )

    data_folder: Path = Field(Path("data"), description="a folder, such as data")
    keys_folder: Path = Field(
        Path("keys"), description="a folder outside the data folder, such as keys"
    )
    master_key_file: Path | None = Field(
        None, description="a file outside the data folder, or leave it empty"
    )
    backup_recipient: str | None = Field(
        None, description="what circlekeeper backup-key shows (age1...), or leave it empty"
    )
    database_url: SecretStr | None = Field(
        None,
        description="postgresql://name:password@host/database or sqlite:///path/file.sqlite3, "
        "or leave it empty for a file in the data folder",
    )
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        LogLevel.INFO, description="INFO, WARNING or ERROR"
    )
    unsafe_debug: bool = Field(False, description="yes or no")
    language: str = Field("en", description="a language that has texts, such as en")
    sandbox: Annotated[SandboxMode, BeforeValidator(_lower)] = Field(
        SandboxMode.AUTO, description="on, off or auto"
    )
    sandbox_port: int = Field(
        8420, ge=1, le=65535, description="a whole number from 1 to 65535, such as 8420"
    )
    sandbox_folder: Path = Field(
        Path("sandbox"), description="a folder of its own, such as sandbox"
    )
    discord_token: SecretStr | None = Field(
        None, description="the token from the Bot page of your Discord application"
    )
    discord_shards: str | None = Field(
        None,
        description="which of how many shards this process serves, such as 0,1/4 for the first "
        "two of four, or leave it empty",
    )
    matrix_homeserver: str | None = Field(
        None, description="the server's address, such as https://matrix.example.org"
    )
    matrix_user: str | None = Field(
        None, description="the bot's full name there, such as @circle:example.org"
    )
    matrix_token: SecretStr | None = Field(None, description="the bot's access token there")
    credentials_directory: Path | None = Field(
        None,
        validation_alias="CREDENTIALS_DIRECTORY",
        description="nothing yourself: systemd sets it",
    )

    @classmethod
    def load(cls, env_file: Path = Path(".env")) -> Settings:
        """Read and check everything. Raises `SettingsError` with every mistake in it."""
        lines: dict[str, int] = {}
        mistakes = [*_mistakes_in_file(env_file, lines), *_mistakes_in_names()]
        readable = _text(env_file) is not None
        try:
            settings = cls(_env_file=env_file if readable else None)  # type: ignore[call-arg]
        except ValidationError as error:
            told = error.errors()[0]["msg"].split("\n")
            mistakes += [_placed(mistake, env_file, lines) for mistake in told]
            settings = None
        if mistakes or settings is None:
            # Without the cause: it would be printed, and it knows the values.
            raise SettingsError(mistakes) from None
        return settings

    @property
    def database(self) -> str:
        """The database's address with its driver. May hold a password: never show it."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_folder / DATABASE_NAME}"
        scheme, rest = self.database_url.get_secret_value().split("://", 1)
        driver = "sqlite+aiosqlite" if scheme.startswith("sqlite") else "postgresql+asyncpg"
        return f"{driver}://{rest}"

    @property
    def master_key(self) -> Path:
        """Where the master key is: the file that was set, systemd's credential, the keys folder."""
        if self.master_key_file is not None:
            return self.master_key_file
        if self.credentials_directory is not None:
            credential = self.credentials_directory / MASTER_KEY_NAME
            if credential.exists():
                return credential
        return self.keys_folder / "master.key"

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that are configured, the sandbox apart."""
        given = {"discord": self.discord_token, "matrix": self.matrix_token}
        return tuple(name for name, token in given.items() if token is not None)

    @property
    def runs_sandbox(self) -> bool:
        """Whether this start brings up the sandbox."""
        if self.sandbox is SandboxMode.AUTO:
            return not self.platforms
        return self.sandbox is SandboxMode.ON

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _DATABASE.fullmatch(value.get_secret_value().strip()):
            raise ValueError
        return value

    @field_validator("language")
    @classmethod
    def _has_texts(cls, value: str) -> str:
        known = {path.parent.name for path in _TEXTS.glob("*/*.ftl")}
        if not _LANGUAGE.fullmatch(value) or not {value, value.split("-")[0]} & known:
            raise PydanticCustomError(
                "own",
                "there are no texts in that language. There are: {known}",
                {"known": ", ".join(sorted(known))},
            )
        return value

    @field_validator("matrix_homeserver")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+/?", value):
            raise ValueError
        return value

    @field_validator("matrix_user")
    @classmethod
    def _is_matrix_id(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"@[^\s:]+:\S+", value):
            raise ValueError
        return value

    @field_validator("discord_shards")
    @classmethod
    def _are_shards(cls, value: str | None) -> str | None:
        if value is not None:
            ids, _, count = value.partition("/")
            if not _SHARDS.fullmatch(value) or max(map(int, ids.split(","))) >= int(count):
                raise ValueError
        return value

    @field_validator("discord_token", "matrix_token")
    @classmethod
    def _is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().split()) != 1:
            raise ValueError
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _all_mistakes(cls, data: dict[str, Any], handler: ModelWrapValidatorHandler[Self]) -> Self:
        """What does not fit together is told even where single values are wrong too."""
        mistakes: list[str] = []
        wrong: set[str] = set()
        try:
            settings = handler(data)
        except ValidationError as error:
            wrong = {str(mistake["loc"][0]).lower() for mistake in error.errors()}
            mistakes += _explained(error)
            settings = handler({k: v for k, v in data.items() if k.lower() not in wrong})
        mistakes += [f"{PREFIX}{n}: {m}" for n, m in settings._misfits(wrong)]
        if mistakes:
            raise PydanticCustomError("all", "{mistakes}", {"mistakes": "\n".join(mistakes)})
        return settings

    def _misfits(self, wrong: Set[str]) -> Iterator[tuple[str, str]]:
        """Name and mistake. What is `wrong` by itself has its default here; it was set, though."""
        if self.log_level is LogLevel.DEBUG and not self.unsafe_debug:
            yield (
                "LOG_LEVEL",
                "DEBUG is refused, since the platforms' own debug lines hold what people write. "
                "Use INFO.",
            )
        matrix = {
            "MATRIX_HOMESERVER": self.matrix_homeserver,
            "MATRIX_USER": self.matrix_user,
            "MATRIX_TOKEN": self.matrix_token,
        }
        unset = [n for n, value in matrix.items() if value is None and n.lower() not in wrong]
        if unset and len(unset) < len(matrix):
            for name in unset:
                yield (
                    name,
                    "is missing, and Matrix needs it. Set it too, or leave all three empty and "
                    "let circlekeeper setup matrix write them.",
                )
        data, keys = self.data_folder.resolve(), self.keys_folder.resolve()
        if keys.is_relative_to(data) or data.is_relative_to(keys):
            yield (
                "KEYS_FOLDER",
                "the keys lie with the data, so a copy of the data could be read by whoever gets "
                "it. Use two folders, side by side.",
            )
        if self.master_key_file and self.master_key_file.resolve().is_relative_to(data):
            yield "MASTER_KEY_FILE", "lies in the data folder. Move it out of there."
        if self.sandbox_folder.resolve() in (data, keys):
            yield "SANDBOX_FOLDER", "the sandbox needs a folder of its own."


NAMES: Final = frozenset(
    f"{PREFIX}{name.upper()}"
    for name, field in Settings.model_fields.items()
    if field.validation_alias is None
)
"""The name of every setting, as it stands in `.env`."""


def _explained(error: ValidationError) -> Iterator[str]:
    """Our own sentence for each mistake pydantic found: it knows the value, we do not repeat it."""
    for mistake in error.errors(include_url=False, include_input=False):
        name = str(mistake["loc"][0]).lower()
        full = f"{PREFIX}{name.upper()}"
        if mistake["type"] == "own":
            yield f"{full}: {mistake['msg']}."
        else:
            field = Settings.model_fields.get(name)
            told = field.description if field else "something else"
            yield f"{full}: that value cannot be used. Write {told}."


def _text(env_file: Path) -> str | None:
    """The text of `.env`; None when it is not there or cannot be read."""
    try:
        return env_file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _placed(mistake: str, env_file: Path, lines: Mapping[str, int]) -> str:
    """The mistake with the line of `.env` that the value is in, when it is from there."""
    name = mistake.partition(":")[0]
    # What the environment sets counts more than the file.
    if name not in lines or any(n.upper() == name and value for n, value in os.environ.items()):
        return mistake
    return f"{env_file.name}, line {lines[name]}: {mistake}"


def _mistakes_in_file(env_file: Path, lines: dict[str, int]) -> Iterator[str]:
    """Mistakes in the file itself. Notes in `lines` where each name stands."""
    file = env_file.name
    try:
        text = env_file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return
    except IsADirectoryError:
        yield f"{file}: is a folder. Put a file of that name in its place."
        return
    except OSError:
        yield f"{file}: cannot be read. Let the user who runs the bot read it: chmod 600 {file}."
        return
    except UnicodeDecodeError:
        yield f"{file}: is not saved as UTF-8 text. Save it again with the encoding UTF-8."
        return
    for binding in parse_stream(StringIO(text)):
        # The parser counts the blank lines before a binding as part of it.
        blank = len(binding.original.string) - len(binding.original.string.lstrip())
        line = binding.original.line + binding.original.string.count("\n", 0, blank)
        if binding.error:
            yield f"{file}, line {line}: cannot be read. Write it as NAME=value."
            continue
        if binding.key is None:
            continue
        name = binding.key.upper()
        if binding.value is None:
            yield f"{file}, line {line}: has no value. Write it as NAME=value."
        elif (advice := _advice(name)) is not None:
            yield f"{file}, line {line}: {advice}"
        elif name in lines:
            yield f"{file}, line {line}: {name} is already in line {lines[name]}. Keep one of them."
        lines[name] = line


def _mistakes_in_names() -> Iterator[str]:
    """Names in the environment that were meant for us and are no setting."""
    for name in sorted(os.environ):
        if name.upper().startswith("CIRCLE") and (advice := _advice(name.upper())) is not None:
            yield advice


def _advice(name: str) -> str | None:
    """What to say about a name that is no setting; None for settings and for what is not ours."""
    if name in NAMES or name.startswith(_NOT_OURS):
        return None
    if f"{PREFIX}{name}" in NAMES:
        return f"{name} is not known. Did you mean {PREFIX}{name}?"
    close = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.8)
    ours = name.startswith(PREFIX)
    if not ours and not close:
        return None
    # A token pasted without its name looks like a name too; only what reads like one is shown.
    shown = name if re.fullmatch(r"[A-Z_]{1,40}", name) else "a name there"
    if ours and not close:
        ending = name.removeprefix(PREFIX)
        close = [n for n in sorted(NAMES) if n.removeprefix(PREFIX).startswith(ending[:4])][:1]
    hint = f"Did you mean {close[0]}?" if close else "Remove it or correct it."
    return f"{shown} is not a setting. {hint}"
