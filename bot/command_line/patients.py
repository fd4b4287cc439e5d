"""Whether the group is somebody's patients: then laws bind it that nothing in here fulfils.

Asked when a platform is set up for the first time. `docs/hosts/notices.md` says which laws.
"""

from __future__ import annotations

from bot.command_line import answers
from bot.command_line.console import complain, say
from bot.errors import StartError


def ask(*, given: bool, on_discord: bool) -> None:
    """Ask the host. Raises `StartError` for patients on Discord, before anything is made there."""
    say()
    say("A clinic, a practice, a health insurer, and whoever works for one with its patients, is")
    say("bound by laws such as HIPAA. A group of peers is mostly none of these.")
    if not answers.yes("Is this group for the patients of one?", given=given):
        return
    if on_discord:
        raise StartError(
            "Discord is not the place for that: it offers no contract about patients' data that "
            "we know of. Nothing was made. Ask a lawyer first; docs/hosts/notices.md says what to "
            "ask about. On a Matrix server of your own: circlekeeper setup matrix."
        )
    complain("Ask a lawyer before anybody joins: nothing in Circlekeeper makes you comply with")
    complain("such laws. docs/hosts/notices.md says what to ask about. The set-up goes on.")
