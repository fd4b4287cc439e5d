"""Settings: everything wrong is told at once, with what to do, and no secret is repeated."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.settings import NAMES, LogLevel, SandboxMode, Settings, SettingsError

ROOT = Path(__file__).parents[1]
SECRET = "MTIzNDU2Nzg5.planted-token.c2VjcmV0"
P = "CIRCLEKEEPER_"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("CIRCLE") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(*lines: str) -> Settings:
    Path(".env").write_text("\n".join(lines), encoding="utf-8")
    return Settings.load()


def mistakes(*lines: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(*lines)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert all(mistake in str(caught.value) for mistake in caught.value.mistakes)
    return caught.value.mistakes


def test_without_any_file_everything_has_a_good_value() -> None:
    settings = Settings.load()

    assert settings.database == "sqlite+aiosqlite:///data/circlekeeper.sqlite3"
    assert settings.master_key == Path("keys/master.key")
    assert settings.platforms == ()
    assert settings.runs_sandbox
    assert settings.log_level is LogLevel.INFO


def test_the_example_is_a_file_that_works_and_changes_nothing() -> None:
    assert Settings.load(ROOT / ".env.example") == Settings.load()


def test_the_example_names_every_setting_with_a_comment_each() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {}
    for before, line in pairwise(lines):
        if match := re.match(r"([A-Z_]+)=", line):
            named[match[1]] = before
    assert set(named) == NAMES
    assert all(before.startswith("# ") for before in named.values())


def test_the_environment_wins_and_an_empty_value_is_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"{P}SANDBOX", "off")
    monkeypatch.setenv(f"{P}SANDBOX_PORT", "")
    settings = load(f"{P}SANDBOX=ON", f"{P}SANDBOX_PORT=9000", f"{P}DISCORD_TOKEN=")

    assert settings.sandbox is SandboxMode.OFF
    assert settings.sandbox_port == 9000
    assert settings.platforms == ()
    assert not settings.runs_sandbox


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{P}TYPO", SECRET)
    monkeypatch.setenv("CIRCLEKEEPR_LANGUAGE", SECRET)
    told = mistakes(
        f"{P}SANDBOX_PRT=1",
        "",
        "# a comment",
        f"DISCORD_TOKEN={SECRET}",
        SECRET,
        f"what is this {SECRET}",
        f"{P}SANDBOX=on",
        f"{P}SANDBOX=maybe",
        f"{P}SANDBOX_PORT={SECRET}",
        f"{P}LOG_LEVEL=debug",
        f"{P}DATABASE_URL=mysql://{SECRET}@host/x",
        f'{P}DISCORD_TOKEN="{SECRET} twice"',
        f"{P}LANGUAGE=tlh",
        f"{P}MATRIX_USER=@bot:example.org",
        f"{P}DATA_FOLDER=all",
        f"{P}KEYS_FOLDER=all/keys",
    )

    starts = [
        f".env, line 1: {P}SANDBOX_PRT is not a setting. Did you mean {P}SANDBOX_PORT?",
        f".env, line 4: DISCORD_TOKEN is not known. Did you mean {P}DISCORD_TOKEN?",
        ".env, line 5: has no value. Write it as NAME=value.",
        ".env, line 6: cannot be read. Write it as NAME=value.",
        f".env, line 8: {P}SANDBOX is already in line 7. Keep one of them.",
        f"CIRCLEKEEPR_LANGUAGE is not a setting. Did you mean {P}LANGUAGE?",
        f"{P}TYPO is not a setting. Remove it or correct it.",
        f".env, line 11: {P}DATABASE_URL: that value cannot be used. Write postgresql://",
        f".env, line 13: {P}LANGUAGE: there are no texts in that language. There are: en.",
        f".env, line 8: {P}SANDBOX: that value cannot be used. Write on, off or auto.",
        f".env, line 9: {P}SANDBOX_PORT: that value cannot be used. Write a whole number",
        f".env, line 12: {P}DISCORD_TOKEN: that value cannot be used. Write the token",
        f".env, line 10: {P}LOG_LEVEL: DEBUG is refused",
        f"{P}MATRIX_HOMESERVER: is missing",
        f"{P}MATRIX_TOKEN: is missing",
        f".env, line 16: {P}KEYS_FOLDER: the keys lie with the data",
    ]
    for start in starts:
        assert sum(mistake.startswith(start) for mistake in told) == 1, start
    assert len(told) == len(starts)


def test_one_mistake_is_told_as_one() -> None:
    with pytest.raises(
        StartError, match=r"^There is a mistake in the settings:\n  - \.env, line 1: "
    ):
        load(f"{P}SANDBOX_PORT=0")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"{P}LANGUAGE=en".encode("utf-16"), "is not saved as UTF-8 text"),
        (b"# caf\xe9\n", "is not saved as UTF-8 text"),
    ],
)
def test_a_file_in_another_encoding(content: bytes, told: str) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(SettingsError, match=told):
        Settings.load()


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    Path(".env").write_bytes(f"\ufeff{P}SANDBOX=off\r\n{P}SANDBOX_PORT=9000\r\n".encode())
    settings = Settings.load()
    assert (settings.sandbox, settings.sandbox_port) == (SandboxMode.OFF, 9000)


def test_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").mkdir()
    with pytest.raises(SettingsError, match=r"\.env: is a folder"):
        Settings.load()
    Path(".env").rmdir()
    Path(".env").write_text(f"{P}SANDBOX=off")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    # Root may read everything, so the refusal is played.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SettingsError, match=r"\.env: cannot be read. .* chmod 600"):
        Settings.load()


def test_a_token_that_became_a_name_is_not_repeated() -> None:
    told = mistakes(f"{P}DISCORD_TOKEN{SECRET.replace('.', '_').replace('-', '_')}=x")
    assert len(told) == 1
    assert "PLANTED" not in told[0].upper()


def test_names_of_other_programs_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{P}TEST_DATABASE", "x")
    monkeypatch.setenv("CIRCLECI", "true")
    assert load("POSTGRES_PASSWORD=x", "PATH=/bin", "TOKEN=x") == Settings.load(Path("none"))


def test_no_secret_in_what_settings_print() -> None:
    settings = load(
        f"{P}DISCORD_TOKEN={SECRET}",
        f"{P}MATRIX_TOKEN={SECRET}",
        f"{P}MATRIX_USER=@bot:example.org",
        f"{P}MATRIX_HOMESERVER=https://example.org",
        f"{P}DATABASE_URL=postgres://bot:{SECRET}@localhost/circle",
    )
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == SECRET
    assert settings.database == f"postgresql+asyncpg://bot:{SECRET}@localhost/circle"


def test_with_a_platform_the_sandbox_does_not_start_by_itself() -> None:
    settings = load(f"{P}DISCORD_TOKEN={SECRET}")
    assert settings.platforms == ("discord",)
    assert not settings.runs_sandbox
    assert load(f"{P}DISCORD_TOKEN={SECRET}", f"{P}SANDBOX=on").runs_sandbox


def test_shards_are_some_of_all_there_are() -> None:
    assert load(f"{P}DISCORD_SHARDS=0,1/4").discord_shards == "0,1/4"
    for wrong in ("4/4", "0", "0/", "a/4", "0,/4"):
        (told,) = mistakes(f"{P}DISCORD_SHARDS={wrong}")
        assert "such as 0,1/4" in told


def test_where_the_master_key_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert load().master_key == Path("keys/master.key")
    (credentials / "circlekeeper-master-key").write_bytes(b"x")
    assert load().master_key == credentials / "circlekeeper-master-key"
    assert load(f"{P}MASTER_KEY_FILE=/run/k").master_key == Path("/run/k")


def test_the_keys_are_never_with_the_data() -> None:
    assert len(mistakes(f"{P}MASTER_KEY_FILE=data/k")) == 1
    assert len(mistakes(f"{P}DATA_FOLDER=.")) == 1
    assert len(mistakes(f"{P}SANDBOX_FOLDER=data")) == 1


def test_debug_only_where_it_is_called_unsafe() -> None:
    assert len(mistakes(f"{P}LOG_LEVEL=DEBUG")) == 1
    settings = load(f"{P}LOG_LEVEL=DEBUG", f"{P}UNSAFE_DEBUG=yes")
    assert settings.log_level is LogLevel.DEBUG


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().language = "de"


def test_reading_them_prints_nothing_of_its_own() -> None:
    Path(".env").write_text(f"no equals sign {SECRET}\n")
    program = "from bot.settings import *\ntry: Settings.load()\nexcept StartError: pass"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
