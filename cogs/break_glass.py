"""Break-glass: when a life may be in danger, two key-holders together look who wrote a post."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot.cog import Arg, Cog, Context, command, listens
from bot.errors import Refused
from bot.events import Delivered, GroupReady, Undelivered
from bot.model import Account, Group, Role
from bot.reply import Button, Reply, Text, Value
from bot.services.break_glass.cases import Case, Cases, asks, described
from bot.services.break_glass.counts import Counts, shown
from bot.services.break_glass.opening import NOTICE, Author, Opening
from bot.services.break_glass.states import (
    LONGEST_ANSWER,
    SHOWN,
    CaseState,
    Notice,
    Reason,
    Soon,
)
from bot.services.break_glass.telling import Telling, drill_line, number, see
from bot.services.crisis.words import CrisisWords
from bot.texts import day

CaseId = Annotated[str, Arg("arg-case", max_length=32)]
PostId = Annotated[str, Arg("arg-post", max_length=32)]


class BreakGlass(Cog):
    """Asking, agreeing, handing back halves, and what the writer hears afterwards."""

    def __init__(
        self,
        cases: Cases,
        opening: Opening,
        telling: Telling,
        counts: Counts,
        words: CrisisWords,
    ) -> None:
        self.cases = cases
        self.opening = opening
        self.telling = telling
        self.counts = counts
        self.words = words

    # For moderators.

    @command("break-glass request", needs=Role.MODERATOR, hidden=True)
    async def request(
        self, ctx: Context, post: PostId, reason: Annotated[Reason, Arg("arg-reason")]
    ) -> Reply:
        """Say why you would need to know who wrote a post, and see what helps first."""
        write = Button("button-write-to-author", "anon reply", {"post": post})
        helplines = Button("button-helplines-below", "anon helplines", {"post": post})
        if not reason.opens:
            return Reply(f"break-glass-not-for-{reason.code}", buttons=(write,))
        try:
            await self.cases.may_ask(ctx.group, post)
        except Refused as refused:
            help_instead = (Text("break-glass-still-helps"), self.words.emergency(ctx.group))
            return Reply(
                refused.text.key, refused.text.args, help_instead, buttons=(write, helplines)
            )
        more = Button(
            "button-ask-key-holders", "break-glass ask", {"post": post, "reason": reason.value}
        )
        return Reply(
            "break-glass-first",
            lines=(self.words.emergency(ctx.group), Text("break-glass-then")),
            buttons=(write, helplines, more),
        )

    @command("break-glass ask", needs=Role.MODERATOR, hidden=True)
    async def ask(
        self,
        ctx: Context,
        post: PostId,
        reason: Annotated[Reason, Arg("arg-reason")],
        endangered: Annotated[str, Arg("arg-who-in-danger", max_length=LONGEST_ANSWER)],
        soon: Annotated[Soon, Arg("arg-how-soon")],
        tried: Annotated[str, Arg("arg-what-was-tried", long=True, max_length=LONGEST_ANSWER)],
    ) -> Reply:
        """Ask the key-holders to look who wrote a post."""
        asked = await self.cases.ask(ctx.group, ctx.account, post, reason, endangered, soon, tried)
        return await self._asked(ctx, asked)

    @command("break-glass drill", needs=Role.MODERATOR)
    async def drill(self, ctx: Context) -> Reply:
        """Practise with the other key-holders, on a post that is none."""
        return await self._asked(ctx, await self.cases.drill(ctx.group, ctx.account))

    async def _asked(self, ctx: Context, case: Case) -> Reply:
        row = case.row
        mine = await self.cases.is_holder(ctx.group, ctx.account)
        return Reply(
            "break-glass-is-asked",
            {"case": number(row), "until": row.expires_at},
            lines=drill_line(row),
            buttons=(see(row),) if mine else (),
        )

    @command("break-glass counts")
    async def count(self, ctx: Context) -> Reply:
        """See how often someone asked who wrote a post, month by month."""
        lines = [
            Text("break-glass-month", shown(month))
            for month in await self.counts.months(ctx.group)
            if month.asked
        ]
        return Reply("break-glass-counts" if lines else "break-glass-counts-none", lines=(*lines,))

    @command("break-glass supervisor", needs=Role.ADMIN)
    async def supervisor(
        self, ctx: Context, account: Annotated[Account, Arg("arg-supervisor")]
    ) -> Reply:
        """Name the person who hears of every step, and whom moderators can consult."""
        await self.telling.name_supervisor(ctx.group, ctx.account, account)
        return Reply("break-glass-supervisor-named", {"who": account})

    # For key-holders.

    @command("break-glass cases", needs=Role.MODERATOR)
    async def list_cases(self, ctx: Context) -> Reply:
        """See the requests of your group, if you hold a key."""
        if not await self.cases.is_holder(ctx.group, ctx.account):
            raise Refused("break-glass-holders-only")
        cases = await self.cases.newest(ctx.group)
        lines = [await self._line(ctx.group, case) for case in cases]
        buttons = [see(case.row) for case in cases[:1]]
        key = "break-glass-cases" if lines else "break-glass-cases-none"
        return Reply(key, lines=(*lines,), buttons=(*buttons,))

    async def _line(self, group: Group, case: Case) -> Text:
        row = case.row
        about: dict[str, Value] = {
            "case": number(row),
            "at": row.asked_at,
            "reason": Text(f"break-glass-reason-{row.reason}"),
            "state": Text(f"break-glass-state-{row.state}"),
            "notice": await self._notice(group, case),
        }
        return Text("break-glass-case-line", about)

    async def _notice(self, group: Group, case: Case) -> Text:
        row = case.row
        if row.notice is None:
            return Text("break-glass-notice-none")
        if row.notice == Notice.TOLD.value:
            reached = await self.opening.in_their_hands(group, row)
            if reached is False:
                return Text("break-glass-notice-uncollected")
            if reached is None:
                return Text("break-glass-notice-is-sent", {"at": row.notice_at or row.asked_at})
        return Text(f"break-glass-notice-is-{row.notice}", {"at": row.notice_at or row.asked_at})

    @command("break-glass case", needs=Role.MODERATOR, hidden=True)
    async def case(self, ctx: Context, case: CaseId) -> Reply:
        """See one request, and what you can do."""
        found, _ = await self.cases.look(ctx.group, ctx.account, case)
        return await self._shown(ctx, found)

    @command("break-glass agree", needs=Role.MODERATOR, hidden=True)
    async def agree(self, ctx: Context, case: CaseId) -> Reply:
        """Say that you would look, too."""
        await self.cases.answer(ctx.group, ctx.account, case, agreed=True)
        return await self._shown(ctx, await self.cases.find(ctx.group, case))

    @command("break-glass decline", needs=Role.MODERATOR, hidden=True)
    async def decline(self, ctx: Context, case: CaseId) -> Reply:
        """Say that you would not look."""
        await self.cases.answer(ctx.group, ctx.account, case, agreed=False)
        return Reply("break-glass-you-declined")

    @command("break-glass hand back", needs=Role.MODERATOR, hidden=True)
    async def hand_back(
        self, ctx: Context, half: Annotated[str, Arg("arg-half", max_length=200, fleeting=True)]
    ) -> Reply:
        """Hand back your half, opened on your own device."""
        author = await self.opening.hand_in(ctx.group, ctx.account, half)
        return Reply("break-glass-half-is-here") if author is None else _author(author)

    @command("break-glass show", needs=Role.MODERATOR, hidden=True)
    async def show(self, ctx: Context, case: CaseId) -> Reply:
        """See who it was, while I have it in memory."""
        return _author(await self.opening.author(ctx.group, ctx.account, case))

    @command("break-glass tell later", needs=Role.MODERATOR, hidden=True)
    async def later(
        self,
        ctx: Context,
        case: CaseId,
        lasts: Annotated[timedelta, Arg("arg-later-lasts")],
        why: Annotated[str, Arg("arg-later-why", max_length=LONGEST_ANSWER)],
    ) -> Reply:
        """Have the writer told later. The other key-holder must ask for it too."""
        at = await self.opening.later(ctx.group, ctx.account, case, lasts, why)
        return Reply("break-glass-later", {"at": at})

    @command("break-glass tell now", needs=Role.MODERATOR, hidden=True)
    async def now(self, ctx: Context, case: CaseId) -> Reply:
        """Have the writer told at once."""
        await self.opening.now(ctx.group, ctx.account, case)
        return Reply("break-glass-told-now")

    async def _shown(self, ctx: Context, case: Case) -> Reply:
        row, args = case.row, {"case": case.row.id.hex()}
        requester = None if row.requester is None else Account(ctx.group.platform, row.requester)
        message = await self.cases.message(row.post_id)
        lines = [*drill_line(row), *described(row, requester, message)]
        lines += [
            Text(
                "break-glass-has-agreed" if answer.agreed else "break-glass-has-declined",
                {"who": Account(ctx.group.platform, answer.account)},
            )
            for answer in case.answers
            if answer.account is not None
        ]
        buttons: tuple[Button, ...] = ()
        give = Button("button-hand-back", "break-glass hand back", static=True)
        match CaseState(row.state):
            case CaseState.ASKED:
                agreed = case.has_agreed(ctx.account)
                lines.append(Text("break-glass-waits" if agreed else "break-glass-think"))
                buttons = asks(row)[1:] if agreed else asks(row)
            case CaseState.PAIRED if case.has_agreed(ctx.account):
                if self.opening.handed_in(ctx.account, case):
                    lines.append(Text("break-glass-half-is-here"))
                half = await self.opening.half(ctx.group, ctx.account, case)
                lines += [
                    Text("break-glass-half", {"half": half or ""}),
                    Text("break-glass-half-how"),
                ]
                buttons = (give, *asks(row)[1:])
            case CaseState.OPENED if case.has_agreed(ctx.account):
                buttons = (Button("button-show-author", "break-glass show", args), give)
                if row.notice == Notice.WAITING.value:
                    buttons += _telling(args)
        if row.notice is not None:
            lines.append(await self._notice(ctx.group, case))
        if row.review_on is not None:
            lines.append(Text("break-glass-review", {"on": day(row.review_on)}))
        about: dict[str, Value] = {
            "case": number(row),
            "state": Text(f"break-glass-state-{row.state}"),
            "until": row.expires_at,
        }
        return Reply("break-glass-case", about, lines=(*lines,), buttons=buttons)

    # What happens by itself.

    @listens(GroupReady)
    async def ready(self, event: GroupReady) -> None:
        """Go on with the requests that are open."""
        await self.cases.open(event.group)

    @listens(Delivered)
    async def delivered(self, event: Delivered) -> None:
        """The writer has been told."""
        if event.purpose == NOTICE:
            await self.opening.told(event)

    @listens(Undelivered)
    async def undelivered(self, event: Undelivered) -> None:
        """The writer could not be told."""
        if event.purpose == NOTICE:
            await self.opening.told(event)


def _author(author: Author) -> Reply:
    if author.account is None:
        return Reply("break-glass-drill-worked")
    return Reply(
        "break-glass-author",
        {"who": author.account, "handle": author.account.handle},
        lines=(Text("break-glass-author-next"),),
        buttons=_telling({"case": author.case}),
        lifetime=SHOWN,
    )


def _telling(args: dict[str, str]) -> tuple[Button, ...]:
    return (
        Button("button-tell-now", "break-glass tell now", args),
        Button("button-tell-later", "break-glass tell later", args),
    )
