#!/bin/sh
# Pins every package with its hashes, for pip and uv alike, on every Python and system we support.
# More words go to uv: --upgrade takes the newest versions that pyproject.toml allows.
set -eu
cd "$(dirname "$0")/.."

if command -v uv >/dev/null 2>&1; then
  uv=uv
else
  # Only the lock needs uv, so it stays out of .venv and out of the lock itself.
  tools=$(mktemp -d)
  trap 'rm -rf "$tools"' EXIT INT TERM
  "${PYTHON:-python3}" -m venv "$tools/venv"
  "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
  uv=$tools/venv/bin/uv
fi

# No header, notes or index: they would carry names of the machine that compiled the lock.
compile() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

ours="pyproject.toml --extra postgres --group build"
# shellcheck disable=SC2086
compile $ours --output-file requirements.lock "$@"
# The developers' lock follows the runtime's, so one .venv serves both.
# shellcheck disable=SC2086
compile $ours --group dev --constraint requirements.lock --output-file requirements-dev.lock "$@"
# The homeserver has a venv of its own, so its lock follows nobody.
compile tests/homeserver/requirements.in --output-file tests/homeserver/requirements.lock "$@"
