# Anonymous posting: words without a name, and honest words about what cannot be hidden.
# Never say that nobody can find out. Say who can.

## Writing

arg-anon-text = What to post
arg-receipt = Receipt
arg-draft = Draft
arg-when = Soon or later
button-change = Change
button-cancel-post = Cancel
button-post-soon = Post soon
button-post-later = Post later
button-take-back = Take it back
button-answer-below = Answer below it

## The preview. $room: where. $text: the writer's words. The five texts below it follow.
## Buttons: Post soon, Post later, Change, Cancel, Help now.

anon-preview =
    Not posted yet. In { $room } it will say:

    { $text }

anon-preview-answer =
    Not posted yet. Below your post in { $room }, under the same label, it will say:

    { $text }

# Two key-holders or more. Stands in the preview and with the receipt. $days: a number.
anon-sealed = Your name is not shown, and no single moderator can look it up. For { $days } days two key-holders together can. They may only if a life is in danger, a child is at risk or a court orders it. You will be told.
# Fewer than two. Must stay true: nobody can look it up here; the host and others still may find out.
anon-not-sealed = Your name is not shown, and nobody can look it up in the bot, not in an emergency either. This group has no two key-holders.
anon-preview-limits = The person who runs the server could find out while it runs. The company or server behind this chat can always find out. People may know you by your story or by how you write. A moderator can hide the post.
# Stands first where the words may speak of danger to a life.
anon-preview-danger = Is it hard for you right now? Press { button-help-now }, before or after you post. If your words speak of danger to a life, moderators get a note about the post. They do not learn who wrote it, unless you press { button-tell-moderator }: then they see your name.
anon-preview-mark = I keep a mark of the writer for 7 days, to keep the limits fair. It shows no name. Who runs the server could test it against each member.
# Fewer than 8 members. $members: how many. $others: how many without the writer.
anon-preview-small =
    { $others ->
        [0] This is a small group. You are the only member so far, so people will know that you wrote it.
        [1] This is a small group. There is one other member, who will know that you wrote it.
       *[other] This is a small group of { $members }. Somebody who only guesses is right one time in { $others }. Who knows you guesses better.
    }
anon-preview-check = Read it once more. Who could know these things about you? Short, plain words show less of your style.
anon-preview-when = Press { button-post-soon } and it goes out in 1 to 5 minutes. Press { button-post-later } and it takes half an hour to 3 hours. Later is safer, since people cannot match it with when you were here.

## What cannot be hidden, in full. Button of the preview, and a command.

button-anon-limits = What I cannot hide
anon-limits = Here is what I cannot hide when you post without your name, and what you can do.
anon-limits-words = Your words. People may know you by your story, or by what only you could know. They may know you by your language or how you write. I cannot hide your style. Plain, short words help.
anon-limits-time = The time. Who sees that you are online, typing or gone may match it with the post. Do not start typing in the group just before. { button-post-later } is safer. If you were the only one missing from a meeting, wait until the next one.
anon-limits-after = What you do after. If you answer or like the post under your own name soon, or know too much about it, people notice. I do not write to you when somebody answers. You look yourself, with the receipt.
anon-limits-slip = Slips. You may type something in a room by mistake. Others may have read it before it went, on their phones too. Other bots may have kept it. Ask your moderators which other bots can read the rooms.
anon-limits-platform = The company or server behind this chat. It sees that you write to me, when, and what. It keeps copies for a time after they are taken away. It can link you to a post. So can the person who runs me, while I run.
anon-limits-app = Your own app and phone. They may tell the others when you read. They may show this chat in your list, and words on a locked screen. Links that you post may lead to you.
anon-limits-others = Other people. Everybody who can read can copy it, take a picture or pass it on. A bridge may carry it to another chat. Moderators may read a post closely. A court can order the person who runs me to hand over what there is.

anon-cancelled = I have let go of it. Nothing was posted and nothing is kept.
# The bot restarted, or 30 minutes are over.
anon-draft-lost = I do not have that draft any more. I keep drafts for 30 minutes and lose them when I restart. Your words are still on your screen, so you can copy them and start again.

## Sent. $until: by when it is out. The receipt and the last text follow.

anon-sent = Thank you for writing. It goes out by { $until } at the latest, at a random moment.
# $receipt: the code, alone on its line, easy to copy.
anon-receipt =
    Your receipt:
    { $receipt }
anon-sent-after = Keep the receipt where only you look. With it you can see how the post is, take it back, or answer below it. Anyone who has it can do the same. I cannot give it to you again. Wait a while before you answer under your own name.

## Held: the words come back. The first text says why; "Your words" follows. Buttons: Change, Help now.

anon-your-words =
    Your words:

    { $text }

anon-held-empty = There are no words in it that I could post.
# $limit, $length: numbers of characters.
anon-held-too-long = I have not posted this. It has { $length } letters, and { $limit } is the most.
anon-held-invite = I have not posted this yet. It has a link that invites people to another place, and I do not post those. Can you leave the link out?
anon-held-label = I have not posted this yet. One line looks like the names that I put above posts, so people could take it for another person. Can you begin that line another way?
# $found: the part of their words that a moderator asked to watch for.
anon-held-keyword = I have not posted this yet. It says "{ $found }", and moderators asked me to watch for that. It may point to a person or a place. Can you say it without that part?

# $kind: what was found, in words, like "a phone number". $found: that part of their words.
anon-held-kind = I have not posted this yet. It shows { $kind }: "{ $found }". That can lead people to you or to someone else. Can you leave that part out?
# A member asked for it, and nobody may learn who.
anon-held-guard-word = I have not posted this yet. It says "{ $found }", and that may point to a person. Can you say it without that part?

# After several of these within a day. $most: how many. The words come back too.
anon-watched-often = I have not posted this. { $most } times within a day your words had something in them that moderators watch for. Please try again tomorrow, or ask a moderator. You can still write under your own name, and { button-help-now } works as always.

## Refused

anon-off = Posting without a name is switched off in this group. You can still write under your own name. { button-help-now } works as always.
anon-cannot-here = I cannot hide who writes on this platform, so I do not offer it here.
# $least: a number.
anon-too-few = This group takes posts without a name only with { $least } members or more. In a small group people can guess too easily.
anon-not-in-room = I cannot post there. Pick one of the rooms where the group talks.
anon-paused = The moderators have paused posts without a name for now. Please try again later. { button-help-now } works as always.
# $until: a point in time.
anon-silenced = A moderator has paused posting without a name for you until { $until }. Nobody was told who you are. You can still write under your own name, and { button-help-now } works as always.
# $most: a number.
anon-enough-today = You have posted { $most } times without a name today, and that is the most. You can post again tomorrow.
anon-room-full = Many posts without a name are on their way at the moment. Please try again in an hour.
anon-wait = You have tried many times within an hour. Please try again later.
anon-answer-not-now = You can answer below a post only while it is in the room.

## Receipts

# The same words for every receipt that is none.
anon-no-such-post = No such post. Please check the receipt, letter by letter.
anon-receipt-wait = That was the wrong receipt too many times. Please wait 10 minutes and try again.

# $until: a point in time.
anon-status-waiting = Your post is waiting. It goes out by { $until } at the latest.
anon-status-late = Your post should be out by now, but the chat has not told me that it took it. I keep trying. You can still take it back.
anon-status-held = Your post is waiting, because the moderators have paused posts without a name. If they open it again, it goes out then. If not, I let go of it at { $until }.
anon-status-posted = Your post is in the room.
# Somebody may have pinned it; then it stays until it is unpinned.
anon-status-recalling = You took it back, and I am removing it from the room. If a moderator has pinned it, it goes when they unpin it. Others may have read it already.
anon-status-taken-back = You took it back. It is not in the room. Nothing of your words is kept here.
# $why: one of the reasons below.
anon-status-hiding = A moderator is hiding your post: { $why } You can write it again without that part.
anon-status-hidden = A moderator has hidden your post: { $why } You can write it again without that part. Your words are not kept here.
anon-status-gone = Your post has left the room. Its time was over, or somebody removed it. Nothing of your words is kept here.
# $why: one of the whys below.
anon-status-not-sent = Your post was not sent. { $why }

anon-reason-names-somebody = it names somebody.
anon-reason-somebodys-story = it tells somebody else's story.
anon-reason-way-to-get-hurt = it names a way to get hurt, and that can put others at risk.
anon-reason-unkind = it could hurt somebody who reads it.
anon-reason-advertising = it looks like advertising.
anon-reason-other-rule = it does not fit one of the group's rules.

anon-why-gone = The room is gone. Nothing of your words is kept here.
anon-why-forbidden = I may not post in that room any more. Nothing of your words is kept here.
anon-why-failed = The chat did not take it. Nothing of your words is kept here.
anon-why-silenced = A moderator has paused posting without a name for you. Nobody was told who you are.
anon-why-paused = The moderators paused posts without a name for more than 3 days. Nothing of your words is kept here.
anon-why-thread-gone = The post that it answers has left the room. Nothing of your words is kept here.
anon-why-unknown = Something went wrong on the way, and I cannot tell if it came through. Please look in the room.

## In the room. $label: two plain words. $text: the writer's words.

anon-post =
    { $label }:
    { $text }
# $message: the post above.
anon-post-answer =
    { $label }, who wrote { $message } above:
    { $text }
# Stands in the room for a moment at most, when a post is taken back on its way.
anon-post-taken-back = A post was taken back by the person who wrote it.

## For moderators

arg-hide-reason = Why
arg-silence-lasts = For how long
arg-silence-number = Number in the list
arg-post = Post
button-silence = Silence its writer

# The same words for every message that is no anonymous post.
anon-not-a-post = That is not a post without a name, or it is too old for this.
# Buttons: Silence its writer.
anon-hide-done = I am removing it from the room. The writer is shown your reason with the receipt. I do not know who wrote it. If it is pinned, please unpin it, since I leave pinned messages alone.
# Its writer took it back, or another moderator hid it. Buttons: Silence its writer.
anon-hide-already = It is on its way out of the room already, so your reason is not shown to the writer. If it is pinned, please unpin it, since I leave pinned messages alone.
# $until: a point in time.
anon-silence-done = Whoever wrote it cannot post without a name here until { $until }. The person is told so when they try. Nobody learns who it is, and I do not know either.
# $shortest, $longest: durations.
anon-silence-range = A silence lasts from { $shortest } to { $longest }.
anon-silence-too-old = That post is more than 7 days old. I do not know any more which posts come from the same person, so I cannot silence its writer.
# $count: a number.
anon-silences =
    { $count ->
        [one] There is one silence.
       *[other] There are { $count } silences. Two of them can be about the same person.
    }
# $position: its number. $until: a point in time.
anon-silences-line = { $position }. Until { $until }
anon-silences-none = Nobody is silenced.
anon-silence-unknown = I cannot find that silence. Numbers change, so look at the list first. Type: anon silences
# $until: when it would have ended.
anon-unsilenced = That silence is over. It would have gone on until { $until }.
# No number: counted before and after a silence, it would show which posts are by one person.
anon-pause-done = Posts without a name are paused. What waits goes out when you open it again, or is let go after 3 days.
anon-resume-done = Posts without a name are open again. What waited goes out within half an hour, in no order.
# Told once a day at most. Says nothing about which post or room.
notice-anon-not-sent = A post without a name could not be sent. Its writer is told with the receipt. Type status to see if I lack a right somewhere.
