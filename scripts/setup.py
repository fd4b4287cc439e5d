"""Make .venv ready: `setup.py runtime` for a host, `setup.py dev` for someone who works on it.

`setup.py homeserver` makes .venv-synapse instead: the Matrix homeserver that the tests talk to, a
service with packages of its own. Does nothing at all, and asks no network, when the last set-up
still fits. It is started by the Python of the host, however old, so it uses the standard library
and plain old syntax only.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from typing import List, Optional

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCKS = {
    "runtime": "requirements.lock",
    "dev": "requirements-dev.lock",
    "homeserver": os.path.join("tests", "homeserver", "requirements.lock"),
}
VENVS = {"runtime": ".venv", "dev": ".venv", "homeserver": ".venv-synapse"}
INSTALL_VENV = "sudo apt-get install -y python3-venv"


class Failed(Exception):
    """A sentence for the person at the keyboard; never shown with a traceback."""


def with_new_enough_python(arguments: List[str]) -> None:
    """Go on under a newer Python when the one that started us is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            os.execv(found, [found, os.path.abspath(__file__), *arguments])  # noqa: S606
    raise Failed(
        "Circlekeeper needs Python 3.11 or newer; %s is %d.%d. If a newer one is installed "
        "elsewhere, name it: make run PYTHON=/path/to/python3"
        % (sys.executable, *sys.version_info[:2])
    )


def python_of(kind: str) -> str:
    return os.path.join(VENVS[kind], "bin", "python")


def stamp(kind: str) -> str:
    """Where the success of a set-up is noted; another lock, place or project gives another name."""
    digest = hashlib.sha256()
    for name in [LOCKS[kind]] + ([] if kind == "homeserver" else ["pyproject.toml"]):
        with open(name, "rb") as file:
            digest.update(file.read())
    # The venv and the link to the project hold absolute paths: a moved folder starts afresh.
    digest.update(os.fsencode(ROOT))
    return os.path.join(VENVS[kind], ".set-up-%s-%s" % (kind, digest.hexdigest()[:16]))


def fits(kind: str) -> bool:
    """Whether what is installed is what this kind of set-up would install."""
    # The developers' lock contains all of the runtime's, with the same versions.
    kinds = ("runtime", "dev") if kind == "runtime" else (kind,)
    # access() follows the link, so a venv whose Python went away does not count.
    runs = os.access(python_of(kind), os.X_OK)
    return runs and any(os.path.exists(stamp(each)) for each in kinds)


def succeeds(command: List[str]) -> bool:
    """Run quietly; only the outcome matters."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def installer(python: str) -> Optional[List[str]]:
    """The command that installs into a venv, or None when the venv is missing or broken."""
    if not succeeds([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        return None
    if succeeds([python, "-c", "import pip"]):
        return [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    uv = shutil.which("uv")
    return [uv, "pip", "install", "--python", python] if uv else None


def make_venv(venv: str) -> None:
    """An empty venv, by whichever of the two ways this machine has."""
    shutil.rmtree(venv, ignore_errors=True)
    if succeeds([sys.executable, "-m", "venv", venv]):
        return
    # Debian's Python without python3-venv leaves half a venv behind.
    shutil.rmtree(venv, ignore_errors=True)
    uv = shutil.which("uv")
    if uv and succeeds([uv, "venv", "--quiet", "--python", sys.executable, venv]):
        return
    raise Failed(
        "This Python cannot make a virtual environment, and uv is not installed either. "
        "Install what is missing with:\n\n    %s\n" % INSTALL_VENV
    )


def pinned(lock: str) -> int:
    """How many packages a lock names: the length of the progress."""
    with open(lock) as file:
        return sum(1 for line in file if "==" in line and not line.startswith((" ", "#")))


class Progress:
    """One line that is written over on a terminal; nothing but start and end elsewhere."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.seen = 0
        self.live = sys.stdout.isatty()

    def show(self, line: str) -> None:
        """Understand what pip says, package by package."""
        found = re.match(r"(?:Collecting|Processing|Requirement already satisfied:) (\S+)", line)
        if found:
            self.seen = min(self.seen + 1, self.total)
            name = re.split("==|-[0-9]", os.path.basename(found.group(1)))[0]
            self.write("%d of %d: %s" % (self.seen, self.total, name))
        elif line.startswith("Installing collected packages"):
            self.write("unpacking %d packages ..." % self.seen)

    def write(self, text: str) -> None:
        if self.live:
            sys.stdout.write("\r\033[K  " + text[:70])
            sys.stdout.flush()

    def end(self) -> None:
        if self.live:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()


def run(command: List[str], progress: Optional[Progress] = None) -> None:
    """Run an installer, keeping what it says for the case that it fails."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
    )
    assert child.stdout is not None  # noqa: S101
    said = []
    for line in child.stdout:
        said.append(line.rstrip())
        if progress:
            progress.show(line)
    if progress:
        progress.end()
    child.stdout.close()
    if child.wait() != 0:
        raise Failed(
            "Setting up did not work. The last words of the installer:\n\n    %s\n\n"
            "The first set-up needs the network. Once it works, run the same command again."
            % "\n    ".join(said[-12:])
        )


def set_up(kind: str) -> None:
    started = time.monotonic()
    what = " Synapse for the tests" if kind == "homeserver" else ""
    print("Setting up%s, one to three minutes the first time ..." % what)
    sys.stdout.flush()
    venv, python = VENVS[kind], python_of(kind)
    if installer(python) is None:
        make_venv(venv)
    install = installer(python)
    if install is None:
        raise Failed("The new venv has no installer. Install one with:\n\n    %s\n" % INSTALL_VENV)
    lock = LOCKS[kind]
    run([*install, "--require-hashes", "-r", lock], Progress(pinned(lock)))
    if kind != "homeserver":
        # What builds the project is in the lock: this needs neither network nor an own build area.
        run([*install, "--no-deps", "--no-build-isolation", "--no-index", "--editable", "."])
    for name in os.listdir(venv):
        if name.startswith(".set-up-"):
            os.remove(os.path.join(venv, name))
    with open(stamp(kind), "w"):
        pass
    print("Set up in %d s." % (time.monotonic() - started))
    sys.stdout.flush()


def main(arguments: List[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        sys.stderr.write("usage: setup.py %s\n" % " | ".join(LOCKS))
        return 2
    kind = arguments[0]
    os.chdir(ROOT)
    try:
        if fits(kind):
            return 0
        with_new_enough_python(arguments)
        # Two makes at once would install over each other; the folder itself is the lock.
        folder = os.open(".", os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not fits(kind):
            set_up(kind)
    except Failed as failed:
        sys.stderr.write("%s\n" % failed)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; the next run goes on from here.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
