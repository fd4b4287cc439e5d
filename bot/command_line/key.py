"""`circlekeeper key`: a key-holder's own key, on their own computer. Needs no bot."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from bot.command_line.answers import at_terminal, text
from bot.command_line.console import Exit, complain, say
from bot.sealing import CannotOpen, NotSuchText, PrivateKey, SealedHalf
from bot.sealing.keys import SHORTEST_PASSPHRASE

FROM_ENVIRONMENT: Final = "CIRCLEKEEPER_KEY_PASSPHRASE"
"""The environment variable for those who script it. Typing it leaves no trace; this may."""

_KEY_FILE: Final = typer.Argument(metavar="FILE", help="Your key file.")


def commands() -> typer.Typer:
    """The commands below `key`."""
    app = typer.Typer(
        name="key",
        help="A key-holder's own key: make it, show it, open a half with it.",
        no_args_is_help=True,
    )
    app.callback()(lambda: None)
    for command in (new, show, open_, page):
        app.command(name=command.__name__.rstrip("_"))(command)
    return app


def new(path: Annotated[Path, _KEY_FILE]) -> None:
    """Make a key, locked with a passphrase, in a new file.

    On your own computer, not on the one where the bot runs: whoever runs the bot must not have
    it. Keep the file in two places that only you can reach. If the file or the passphrase is
    lost, nobody can bring it back. The public key, which the bot needs, is shown at the end.

    Examples:

      circlekeeper key new my-key.txt
    """
    if path.exists():
        _refuse(f"{path} is there already, and a key is never written over. Take another name.")
    say("Choose a passphrase of several words.")
    passphrase = _passphrase(again=True)
    try:
        locked = (key := PrivateKey.make()).under(passphrase)
    except ValueError:
        _refuse(f"A passphrase needs at least {SHORTEST_PASSPHRASE} letters.")
    try:
        # Not to be read by others for even a moment.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(locked + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _refuse(f"{path} cannot be written: {error.strerror}.")
    say(f"Written to {path}. Keep it, and show it to nobody.")
    _tell(key)


def show(path: Annotated[Path, _KEY_FILE]) -> None:
    """Show the public key of a key file, and its fingerprint.

    Examples:

      circlekeeper key show my-key.txt
    """
    _tell(_key(path))


def open_(
    path: Annotated[Path, _KEY_FILE],
    sealed: Annotated[
        str | None, typer.Argument(help="The text from the bot; it begins with cksealed1-.")
    ] = None,
) -> None:
    """Open a half that was sealed to you.

    The post's id is shown before you are asked for your passphrase: look whether it is the post
    that you were asked about.

    Examples:

      circlekeeper key open my-key.txt
    """
    try:
        half = SealedHalf.of(text("The text from the bot", "it after the file", sealed))
    except NotSuchText as error:
        _refuse(f"The text from the bot: {error}")
    say(f"Post: {half.post.hex()}")
    try:
        opened = half.opened(_key(path))
    except CannotOpen as error:
        _refuse(str(error))
    say("Your half, opened. Give it to the bot, and to nobody else:")
    say(opened.text)


def page(
    to: Annotated[Path, typer.Argument(help="A new file for the page.")] = Path("key-page.html"),
) -> None:
    """Write the key page: the same in a browser, for key-holders without this command.

    One file that works without the internet and sends nothing. Its hash is printed, so that
    key-holders can see that they all have the same.

    Examples:

      circlekeeper key page

      circlekeeper key page /srv/www/key-page.html
    """
    whole = files("bot.sealing").joinpath("key_page.html").read_bytes()
    try:
        with open(to, "xb") as file:
            file.write(whole)
    except FileExistsError:
        _refuse(f"{to} is there already. Take another name.")
    except OSError as error:
        _refuse(f"{to} cannot be written: {error.strerror}.")
    say(f"Written to {to}.")
    say(f"SHA-256 {hashlib.sha256(whole).hexdigest()}")


def _tell(key: PrivateKey) -> None:
    say(f"Public key, for the bot:    {key.public.text}")
    say(f"Fingerprint, to read aloud: {key.public.fingerprint}")


def _key(path: Path) -> PrivateKey:
    try:
        locked = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        _refuse(f"{path} cannot be read. It has to be the file that `key new` or the page made.")
    try:
        return PrivateKey.of(locked, _passphrase())
    except NotSuchText as error:
        _refuse(f"{path} holds no private key. {error}")
    except CannotOpen as error:
        _refuse(str(error))


def _passphrase(*, again: bool = False) -> str:
    if (found := os.environ.get(FROM_ENVIRONMENT)) is not None:
        return found
    if not at_terminal():
        _refuse(f"Nobody is here to type the passphrase. Put it into {FROM_ENVIRONMENT}.")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=again))


def _refuse(why: str) -> NoReturn:
    complain(why)
    raise typer.Exit(Exit.FAILED)
