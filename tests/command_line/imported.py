"""Imports what any command imports: for the process that the tests of the commands fork."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import bot.command_line
from bot.texts import default_texts

for each in pkgutil.walk_packages(bot.command_line.__path__, "bot.command_line."):
    import_module(each.name)
default_texts()
