# Ephemeral messages, settings, status, and what moderators are told about the bot itself.
# Removed means removed from the room. Never say that something is erased everywhere.

## Ephemeral messages

arg-lifetime = How long (or "off")
arg-after = After how long (empty: now)

# $room: a room. $lifetime: a time span.
lifetime-is = New messages in { $room } are removed from the room after { $lifetime }. Older messages keep the time they had.
lifetime-off = Messages in { $room } stay until somebody removes them.
lifetime-not-here = Only the lobby and the rooms where the group talks can have a lifetime.
# $shortest, $longest: time spans.
lifetime-out-of-range = The shortest time is { $shortest } and the longest is { $longest }. To keep messages, say: off

# A line for each room follows.
lifetimes =
    How long messages stay. Removed means removed from the room. People may have read or copied a message before. What was read stays read.
lifetimes-line = { $room }: { $lifetime }
lifetimes-off = { $room }: messages stay

let-go-now = Done. Your message is being removed from the room. People may have read it already.
# $due: a point in time.
let-go-later = Your message will be removed from the room at { $due }.
let-go-forbidden = I am not allowed to remove messages in that room right now, so it stays. A moderator can remove it.
let-go-pinned = Pinned messages stay, and this one is pinned. Ask a moderator to unpin it, then try again.
not-your-message = Only the person who wrote a message can do that.
message-gone = That message is not there any more.

# $room: a room. $count: a number. The messages follow.
pins-left =
    { $count ->
        [one] In { $room } one pinned message is past its time. I leave pinned messages alone. Unpin it, and it goes.
       *[other] In { $room } { $count } pinned messages are past their time. I leave pinned messages alone. Unpin them, and they go.
    }
pins-line = { $message }
pins-none = In { $room } no pinned message is past its time.

removals = Messages whose time was over, by day:
removals-none = No message was due in the last seven days.
# $room, $day, $count.
removals-done = { $day }, { $room }: { $count } removed
removals-forbidden = { $day }, { $room }: { $count } not removed at the first try, because I lacked the right
removals-pinned = { $day }, { $room }: { $count } left alone at first, because they were pinned

## What moderators are told by itself

# $room: a room. $count: a number.
notice-cannot-remove-forbidden =
    { $count ->
        [one] I could not remove a message in { $room }: I lack the right to. Please give it back. I will try again by myself.
       *[other] I could not remove { $count } messages in { $room }: I lack the right to. Please give it back. I will try again by myself.
    }
notice-clock = My clock and the platform's clock do not agree. Until they do I remove nothing, so that nothing goes too early. Please ask your host to look at the clock.
notice-not-held = I could not close the rooms for somebody who has not agreed to the rules. They may be able to read there. Please check that I have the right to keep people out. I will try again by myself.
notice-not-let-in = I could not open the rooms for somebody who has agreed to the rules. Please check that I have the right to let people in. I will try again by myself.
notice-not-told = The rooms closed for somebody, and I could not write to them to say why. They can still join again in the lobby.
notice-not-announced = I could not tell people in { $room } about the new rules. Please tell them yourself, and check that I may post there.
# Told where a chat cannot say whether the bot's words came through before the bot was stopped.
notice-unknown = I was stopped while I was sending something. I cannot tell if it came through, so I did not send it twice. It may have been an alert or a post without a name. Please look in your rooms, and type alerts.
# $room: a room that was taken from the bot, or closed.
notice-room-gone = I am not in { $room } any more. I cannot look after what is written there, and I remove nothing. If that was not meant, please invite me again.
# $room: a room in whose place somebody put a new one (a room upgrade).
notice-room-replaced = A new room takes the place of { $room }, and I am no admin there. I cannot look after what is written in it: I remove nothing, and I keep nobody out. Please invite me to the new room, if I am not in it, and make me an admin there. Then I go on.
notice-no-card = I could not post the join card in { $room }. Newcomers may not find their way in. Please check that I may post there.

## Settings

arg-setting-name = Which setting
arg-setting-value = New value

settings = The settings of this group. An admin changes one with: set
# $name, $value, $about.
settings-line = { $name }: { $value }. { $about }
# $value: as it is.
value = { $value }
setting-empty = not set yet
# $name, $value.
setting-changed = { $name } is now: { $value }
# $names: all names, with commas.
setting-unknown = I do not know that setting. There are: { $names }.
# $least, $most: numbers or time spans.
setting-out-of-range = That is outside what I can take. It has to be from { $least } to { $most }.

setting-emergency-number = The number that Help now shows for danger. Check it yourself first.
setting-read-all-rules = Whether newcomers page through all the rules before they can join.
setting-grace = How long members have for new rules before the rooms close.
setting-anonymous = Whether people can post without their name.
setting-anonymous-per-day = How many posts without a name one person can write in a day.
setting-anonymous-per-room-and-hour = How many posts without a name a room takes in an hour.
setting-anonymous-least-members = Posting without a name is closed while the group has fewer members than this.
setting-sealed-days = For how many days two key-holders can open a post without a name. It counts for new posts.

## Help

help-for-guest = Here is what you can do. For all the rest, join first: it takes about a minute.
help-for-member = Here is what you can do:
help-for-moderator = Here is what you and the members can do:
help-for-admin = Here is what you, the moderators and the members can do:
# $name: what is typed. $help: one sentence.
help-command = { $name }: { $help }

## Status

status = How things stand:
# $count: a number.
status-members =
    { $count ->
        [one] One person has agreed to the rules and is inside.
       *[other] { $count } people have agreed to the rules and are inside.
    }
status-anonymous-on = Posting without a name is on.
status-anonymous-off = Posting without a name is off.
status-rights-fine = I have every right I need in every room.
status-cannot-hold = Not possible here: keeping newcomers out of the rooms. They can read before they agree.
status-cannot-remove = Not possible here: removing messages. Nothing is ephemeral.
status-cannot-hide-input = Not possible here: taking private words without the room seeing who types.
status-cannot-tell = Not possible here: writing to one person alone without being asked.
status-no-room-circle = There is no room for the group to talk in.
status-no-room-lobby = There is no lobby. Newcomers find no join card.
status-no-room-moderators = There is no moderators' room. Alerts reach nobody.
status-room-unknown = I cannot see my rights in { $room } right now.
status-lacks-read = In { $room } I cannot read, so I find no leaks there.
status-lacks-post = In { $room } I cannot post.
status-lacks-hold = I cannot keep people out of { $room } or let them in. Who has not agreed may be able to read there.
# $count: a number.
status-gate-failed =
    { $count ->
        [one] The rooms could not be opened or closed for one person. I will try again by myself.
       *[other] The rooms could not be opened or closed for { $count } people. I will try again by myself.
    }
status-notice-failed = My last words to moderators could not be posted in your room.
# $count: a number. Posts without a name are not counted: it would tell when one was written.
status-waiting =
    { $count ->
        [one] One thing waits to be sent. Posts without a name are not counted.
       *[other] { $count } things wait to be sent. Posts without a name are not counted.
    }
status-lacks-remove = In { $room } I cannot remove messages, so they stay.
status-no-emergency-number = No emergency number is set. Help now tells people to call the one where they are. Set it with: set emergency-number
status-no-helplines = No helpline is set up, so Help now has none to show. Add one with: helpline add
# $count: a number.
status-old-helplines =
    { $count ->
        [one] One helpline was checked more than 90 days ago. Please look at it again.
       *[other] { $count } helplines were checked more than 90 days ago. Please look at them again.
    }
status-overdue =
    { $count ->
        [one] One message is past its time and next in line to go.
       *[other] { $count } messages are past their time and in line to go.
    }
# $left: a duration.
status-overdue-left = At the pace of the last minutes that takes about { $left }.
status-clock = The clock cannot be trusted right now. I remove nothing until it can.
# $room, $count.
status-stuck-forbidden = In { $room }: { $count } not removed, because I lack the right.
status-stuck-pinned = In { $room }: { $count } past their time and pinned. I leave them alone.
# $room.
status-drops = In { $room } the platform itself drops messages too, soon after their time. If something is pinned there, that ends until it is unpinned.
