"""Anonymous posting: write without your name, keep the receipt; moderators hide and silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.cog import Arg, Cog, Context, Outcome, Stage, command, listens
from bot.events import (
    Delivered,
    GroupReady,
    MessageRemoved,
    RoomChange,
    RoomChanged,
    Undelivered,
)
from bot.model import MessageRef, Role, Room
from bot.reply import HELP_NOW, Button, Form, Reply, Text, Value
from bot.services.anonymity.changes import PURPOSE
from bot.services.anonymity.moderation import AnonymousModeration, HideReason
from bot.services.anonymity.posts import AnonymousPosts, Standing
from bot.services.anonymity.receipts import tidied
from bot.services.anonymity.replies import BlindReplies, shown
from bot.services.anonymity.silences import Silences
from bot.services.anonymity.states import PostState
from bot.services.anonymity.writing import (
    LONGEST_TEXT,
    SMALL_GROUP,
    Anonymity,
    Held,
    Preview,
    Sent,
    When,
)
from bot.services.numbered import Numbered

Receipt = Annotated[str, Arg("arg-receipt", max_length=100, fleeting=True)]
Draft = Annotated[str, Arg("arg-draft", max_length=100, fleeting=True)]

WHY = {
    "gone": "anon-why-gone",
    "forbidden": "anon-why-forbidden",
    "silenced": "anon-why-silenced",
    "paused": "anon-why-paused",
    "thread-gone": "anon-why-thread-gone",
    "unknown": "anon-why-unknown",
}

CANNOT_HIDE = (
    Text("anon-limits-words"),
    Text("anon-limits-time"),
    Text("anon-limits-after"),
    Text("anon-limits-slip"),
    Text("anon-limits-platform"),
    Text("anon-limits-app"),
    Text("anon-limits-others"),
)


class Anonymous(Cog):
    """Posts without a name, for members and moderators."""

    def __init__(
        self,
        anonymity: Anonymity,
        posts: AnonymousPosts,
        moderation: AnonymousModeration,
        silences: Silences,
        replies: BlindReplies,
    ) -> None:
        self.anonymity = anonymity
        self.posts = posts
        self.moderation = moderation
        self.silences = silences
        self.replies = replies
        self._listed = Numbered()

    async def start(self) -> None:
        """Know which messages are posts before the first event."""
        await self.posts.load()

    # For members.

    @command("anon")
    async def anon(
        self,
        ctx: Context,
        room: Room,
        text: Annotated[
            str, Arg("arg-anon-text", long=True, max_length=LONGEST_TEXT, fleeting=True)
        ],
    ) -> Reply:
        """Post in a room without your name. You see it first."""
        return _shown(await self.anonymity.submit(ctx.group, ctx.account, room, text))

    @command("anon answer")
    async def answer(
        self,
        ctx: Context,
        receipt: Receipt,
        text: Annotated[
            str, Arg("arg-anon-text", long=True, max_length=LONGEST_TEXT, fleeting=True)
        ],
    ) -> Reply:
        """Answer below a post of yours, under the same label. You need its receipt."""
        return _shown(await self.anonymity.answer(ctx.group, ctx.account, receipt, text))

    @command("anon change", hidden=True)
    async def change(self, ctx: Context, draft: Draft) -> Form:
        """Change a draft; the form opens with your words in it."""
        kept = self.anonymity.draft(ctx.account, draft)
        if kept.answering is not None:
            return Form("anon answer", filled={"receipt": kept.answering, "text": kept.text})
        return Form("anon", filled={"room": kept.room, "text": kept.text})

    @command("anon cancel", hidden=True)
    async def cancel(self, ctx: Context, draft: Draft) -> Reply:
        """Forget a draft."""
        self.anonymity.cancel(ctx.account, draft)
        return Reply("anon-cancelled")

    @command("anon send", hidden=True)
    async def send(
        self, ctx: Context, draft: Draft, when: Annotated[When, Arg("arg-when")]
    ) -> Reply:
        """Send a draft: soon or later, at a random moment."""
        sent = await self.anonymity.send(ctx.group, ctx.account, draft, when)
        if isinstance(sent, Held):
            return _shown(sent)
        receipt, how = sent
        if isinstance(how, Standing):
            # Sent before, and a crash may have swallowed the answer with the receipt in it.
            shown = (Text("anon-receipt", {"receipt": receipt}),)
            return replace(_standing(how, receipt), lines=shown)
        return _sent(how)

    @command("anon limits")
    async def limits(self, ctx: Context) -> Reply:
        """See what cannot be hidden when you post without your name, and what you can do."""
        return Reply("anon-limits", lines=CANNOT_HIDE, buttons=(HELP_NOW,))

    @command("anon status")
    async def status(self, ctx: Context, receipt: Receipt) -> Reply:
        """See what became of a post, and what moderators wrote to you. You need its receipt."""
        post = await self.posts.find(ctx.group, ctx.account, receipt)
        replies = shown(await self.replies.to(post))
        return replace(_standing(self.posts.standing(post), receipt), lines=replies)

    @command("anon take back")
    async def take_back(self, ctx: Context, receipt: Receipt) -> Reply:
        """Take a post back. You need its receipt."""
        return _standing(await self.posts.take_back(ctx.group, ctx.account, receipt), receipt)

    # For moderators.

    @command("anon hide", needs=Role.MODERATOR)
    async def hide(
        self,
        ctx: Context,
        message: MessageRef,
        reason: Annotated[HideReason, Arg("arg-hide-reason")],
    ) -> Reply:
        """Hide an anonymous post. Its writer is shown the reason, and you never see who it was."""
        post, hidden = await self.moderation.hide(ctx.group, ctx.account, message, reason)
        args = {"post": post}
        return Reply(
            "anon-hide-done" if hidden else "anon-hide-already",
            buttons=(
                Button("button-silence", "anon silence hidden", args),
                Button("button-write-to-author", "anon reply", args),
                Button("button-life-in-danger", "break-glass request", args),
            ),
        )

    @command("anon silence", needs=Role.MODERATOR)
    async def silence(
        self,
        ctx: Context,
        message: MessageRef,
        lasts: Annotated[timedelta, Arg("arg-silence-lasts")],
    ) -> Reply:
        """Stop a writer's anonymous posts for a while. Nobody learns who it is."""
        until = await self.moderation.silence(ctx.group, ctx.account, message, lasts)
        return Reply("anon-silence-done", {"until": until})

    @command("anon silence hidden", needs=Role.MODERATOR, hidden=True)
    async def silence_hidden(
        self,
        ctx: Context,
        post: Annotated[str, Arg("arg-post")],
        lasts: Annotated[timedelta, Arg("arg-silence-lasts")],
    ) -> Reply:
        """Stop the writer of a post that you have just hidden."""
        until = await self.moderation.silence(ctx.group, ctx.account, post, lasts)
        return Reply("anon-silence-done", {"until": until})

    @command("anon silences", needs=Role.MODERATOR)
    async def list_silences(self, ctx: Context) -> Reply:
        """See how many writers are silenced, and until when. It shows no names."""
        silences = await self.silences.all(ctx.group)
        self._listed.shown(ctx.group, ctx.account, [silence_id for silence_id, _ in silences])
        if not silences:
            return Reply("anon-silences-none")
        lines = tuple(
            Text("anon-silences-line", {"position": position, "until": until})
            for position, (_, until) in enumerate(silences, 1)
        )
        return Reply("anon-silences", {"count": len(silences)}, lines=lines)

    @command("anon unsilence", needs=Role.MODERATOR)
    async def unsilence(
        self, ctx: Context, number: Annotated[int, Arg("arg-silence-number")]
    ) -> Reply:
        """End a silence early, by its number in the list."""
        silence_id = self._listed.chosen(ctx.group, ctx.account, number)
        until = await self.silences.end(ctx.group, ctx.account, silence_id)
        return Reply("anon-unsilenced", {"until": until})

    @command("anon pause", needs=Role.MODERATOR)
    async def pause(self, ctx: Context) -> Reply:
        """Take no anonymous posts for now, and hold those that wait."""
        await self.moderation.pause(ctx.group, ctx.account)
        return Reply("anon-pause-done")

    @command("anon resume", needs=Role.MODERATOR)
    async def resume(self, ctx: Context) -> Reply:
        """Take anonymous posts again."""
        await self.moderation.resume(ctx.group, ctx.account)
        return Reply("anon-resume-done")

    # What happens elsewhere.

    @listens(GroupReady)
    async def ready(self, event: GroupReady) -> None:
        """Finish what a crash interrupted."""
        await self.posts.open(event.group)

    @listens(Delivered, stage=Stage.RETENTION)
    async def delivered(self, event: Delivered) -> None:
        """A post is up."""
        if event.purpose == PURPOSE:
            await self.posts.delivered(event)

    @listens(Undelivered)
    async def undelivered(self, event: Undelivered) -> None:
        """A post cannot be put up."""
        if event.purpose == PURPOSE:
            await self.posts.undelivered(event)

    @listens(MessageRemoved)
    def removed(self, event: MessageRemoved) -> Outcome:
        """A post may have left its room."""
        return self.posts.removed(event.ref)

    @listens(RoomChanged)
    async def room_changed(self, event: RoomChanged) -> None:
        """With a room go its posts, and those that wait for it."""
        if event.change is RoomChange.GONE:
            await self.posts.room_gone(event.room)


def _shown(draft: Preview | Held) -> Reply:
    if isinstance(draft, Held):
        lines = (Text("anon-your-words", {"text": draft.words}),) if draft.words else ()
        buttons = () if draft.draft is None else (_change(draft.draft.id),)
        return Reply(draft.reason.key, draft.reason.args, lines=lines, buttons=(*buttons, HELP_NOW))
    kept = draft.draft
    small: tuple[Text, ...] = ()
    if draft.members < SMALL_GROUP:
        size = {"members": draft.members, "others": max(0, draft.members - 1)}
        small = (Text("anon-preview-small", size),)
    danger = (Text("anon-preview-danger"),) if draft.in_danger else ()
    return Reply(
        "anon-preview-answer" if draft.answering else "anon-preview",
        {"room": kept.room, "text": kept.text},
        lines=(
            *danger,
            _seal(draft.sealed_days),
            Text("anon-preview-limits"),
            Text("anon-preview-mark"),
            *small,
            Text("anon-preview-check"),
            Text("anon-preview-when"),
        ),
        buttons=(
            _button("button-post-soon", "anon send", draft=kept.id, when="soon"),
            _button("button-post-later", "anon send", draft=kept.id, when="later"),
            _change(kept.id),
            _button("button-cancel-post", "anon cancel", draft=kept.id),
            _button("button-anon-limits", "anon limits"),
            HELP_NOW,
        ),
    )


def _seal(days: int | None) -> Text:
    return Text("anon-not-sealed") if days is None else Text("anon-sealed", {"days": days})


def _button(label: str, command: str, **args: str) -> Button:
    # Static: a row for it would tell when somebody was writing.
    return Button(label, command, args, static=True)


def _change(draft_id: str) -> Button:
    return _button("button-change", "anon change", draft=draft_id)


def _take_back(receipt: str) -> Button:
    return _button("button-take-back", "anon take back", receipt=tidied(receipt))


def _sent(sent: Sent) -> Reply:
    return Reply(
        "anon-sent",
        {"until": sent.at_latest},
        lines=(
            Text("anon-receipt", {"receipt": sent.receipt}),
            _seal(sent.sealed_days),
            Text("anon-sent-after"),
            Text("anon-sent-replies"),
        ),
        buttons=(_take_back(sent.receipt), HELP_NOW),
    )


def _standing(how: Standing, receipt: str) -> Reply:
    state = how.state
    args: dict[str, Value] = {}
    key = f"anon-status-{state.value}"
    if how.at_latest is not None:
        args["until"] = how.at_latest
        if how.late and state is PostState.WAITING:
            key = "anon-status-late"
    if state in (PostState.HIDING, PostState.HIDDEN):
        args["why"] = Text(f"anon-reason-{how.why}")
    elif state is PostState.NOT_SENT:
        args["why"] = Text(WHY.get(how.why or "", "anon-why-failed"))
    buttons: tuple[Button, ...] = ()
    if state in (PostState.WAITING, PostState.HELD):
        buttons = (_take_back(receipt),)
    elif state is PostState.POSTED:
        answer = _button("button-answer-below", "anon answer", receipt=tidied(receipt))
        buttons = (_take_back(receipt), answer)
    return Reply(key, args, buttons=(*buttons, HELP_NOW))
