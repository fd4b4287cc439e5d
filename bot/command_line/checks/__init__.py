"""`check`: each setting, file, permission and key: ok, or what to do. It only looks."""

from __future__ import annotations

from bot.command_line.checks.report import check

__all__ = ["check"]
