# What is said all over: failures, wrong values, roles, units, buttons.

# Shown when a text is missing. It must be true whatever was meant.
missing-text = I have no words for this yet. A moderator can help you.

## When something goes wrong

# $number: the error id, as in the host's log.
bug = Something went wrong here. It was not you. Please try again. If it goes on, tell a moderator this number: { $number }.
# Nothing of what was asked for was done.
not-stored = I could not save that, so nothing has changed. Please try again in a minute.
# $why: forbidden, gone, cannot-reach, try-later or failed.
platform-failed =
    { $why ->
        [forbidden] I am not allowed to do that here. A moderator can check my rights.
        [gone] That is not there any more.
        [cannot-reach] I cannot write to that person.
        [try-later] The chat is busy right now. Please try again in a minute.
       *[failed] The chat did not take that. Please try again in a minute.
    }
# The same words for what does not exist and for what is not open to the reader.
not-allowed = I cannot find that, or it is not open to you. Type help to see what you can do.
unknown-command = { not-allowed }
join-first = You need to join before you can do that. Press { button-join }. For help right now, press { button-help-now }. You do not have to join for that.
only-for-other = That button is for somebody else.
button-too-old = That button no longer works. Please start again.

## When a value cannot be used. $name: what the value is called.

bad-duration = I could not read that time. Write it like 30 minutes, 2 hours or 7 days.
# $longest: the longest time that is taken.
bad-duration-too-long = That is too long. The longest is { $longest }.
bad-number = { $name }: I need a whole number, like 5.
bad-yes-no = { $name }: Please answer yes or no.
bad-text = { $name }: I could not read that. Please use plain text.
bad-room = { $name }: I do not know that room. Pick one of the rooms of this group.
bad-account = { $name }: I do not know that person. Pick somebody from this group.
bad-message = { $name }: I cannot find that message. It may be gone.
# $choices: the words that can be chosen, with commas.
bad-choice = { $name }: Pick one of these: { $choices }.
# $limit, $length: numbers of characters.
too-long = { $name }: That is too long. You have { $length } letters, and { $limit } is the most. Your words were not used.

## How things are shown when nothing better is known

yes = yes
no = no
shown-account = someone
shown-room = a room
shown-message = a message
# In the sandbox, whose page makes a way there out of it. $number: as text.
sandbox-message = message { $number }
# A point in time. $time is 14:30, $day is the text "day".
moment = { $time } UTC on { $day }
# $month is a number; $day and $year are written as they are.
day =
    { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
duration-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
duration-hours =
    { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
duration-minutes =
    { $count ->
        [one] 1 minute
       *[other] { $count } minutes
    }
duration-seconds =
    { $count ->
        [one] 1 second
       *[other] { $count } seconds
    }
# $first is the larger unit: 1 day and 2 hours.
duration-two = { $first } and { $second }

## What values are called, where a command does not say it better

arg-room = Room
arg-account = Person
arg-message = Message

## Buttons that many cards have. At most 25 characters, verb first where there is one.

button-help-now = Help now
button-join = Join
button-write-to-group = Write to the group

## Lock-screen lines: no names, no content.

lock-for-you = Circlekeeper: something for you.
lock-not-urgent = Circlekeeper: one thing to look at. Not urgent.

## Before everything is ready

not-ready = I am still starting. Please try again in a minute.

## What erasing leaves, and why

kept-post-tag = A mark of who wrote a post without a name. It shows no name and goes 7 days after the post. In groups with key-holders, the writer of a post stays sealed. Two of them together can open it, until its time is over, 90 days at most.
kept-silence = A mark of a writer whom a moderator silenced. It shows no name and goes when the silence ends, after 30 days at most.
