# Help now: what somebody in need reads. Never a promise that someone will come.
# People with lived experience and a crisis professional should read these before a group relies
# on them; see README.md in the folder above.

## The answer. Lines follow the first text, then the emergency line, then what is not kept.

# Buttons: I tried that, Write to the group.
help-now = I am glad you pressed this. I am a bot, not a person, so I cannot talk with you. These people can:

# One line for each helpline. $how: text, chat or call. $hours: in the moderators' words.
# $sends: yes, no or anything else. $old: whether the check is long ago. $checked: a day.
help-now-line =
    { $name }: { $how ->
        [text] text { $contact }
        [chat] chat at { $contact }
       *[call] call { $contact }
    }. Open: { $hours }. { $sends ->
        [yes] May send someone without asking you.
        [no] Says it sends no one without asking you.
       *[other] We do not know if it may send someone.
    } { $old ->
        [yes] Not checked since { $checked }.
       *[no] Checked on { $checked }.
    }

# $number: the emergency number that the moderators set.
help-now-emergency = In danger now? Call { $number }.
help-now-no-number = In danger now? Call the emergency number where you are.
help-now-not-kept = I keep no note that you pressed this.

# No helpline is confirmed. The emergency line follows.
help-now-none = I am glad you pressed this. I am a bot, not a person, so I cannot talk with you. No one has checked a helpline for this group yet. Is there one person you trust? You could write to them now.

# Follows everything in the sandbox, where nothing is real.
help-now-sandbox = This is a place to try things out. These lines are made up and reach no one. If you need help yourself, please use a real line.

button-tried-that = I tried that

## "I tried that": what got in the way

# Buttons: the five below.
help-tried = That is hard. It happens to many people. What got in the way? Pick one. I do not keep your answer.
button-cannot-talk = I can't talk out loud
button-waited = Waited too long
button-did-not-help = It didn't help
button-police = Afraid of police
button-no-helpline = No helpline please

# The text and chat lines follow. Buttons: Help now, Write to the group.
help-text-only = You do not have to speak. These lines use text or web chat. You can start with one line, like: I am not okay tonight.
help-text-only-none = You do not have to speak. No one has checked a text or chat line for this group yet. You can write to the group, or to one person you trust. You can start with: I am not okay tonight.
help-waited = Waiting is hard when things are bad. You did nothing wrong. You could try another line, or the same one in a while. Until then you can write to the group.
help-did-not-help = I am sorry. Reaching out took strength, and it should have gone better. Another line, or another person on the same line, may fit you more. You do not have to explain why it did not help.
# The lines follow, each with what it says about sending someone.
help-police = That is a fair worry. Some lines may send police or an ambulance without asking. Some will not. Here is what we know of each line, and when we checked. You can ask them first: When would you send someone?
help-company = Okay. No helpline. Small things help some people get to morning. Drink water, sit somewhere warm, message one person you trust. Put some space between you and anything you could use to hurt yourself. You can also write to the group.
# For a guest, when Write to the group is pressed.
help-join-to-write = To write to the group, you join first. It takes about one minute. Press { button-join }. { button-help-now } stays open to you.
# $room: where to write.
help-write-here = You can write in { $room }. You do not have to say much. A few words are enough.

## What is said by itself, without a person behind it

automatic-answer = This is an automatic answer. It does not come from a person.

## The sandbox's lines, which nobody can take for real

sandbox-line-text = Pretend Text Line (not real)
sandbox-line-call = Pretend Night Line (not real)
sandbox-hours = only in this game
sandbox-emergency = 12 34 56 (not real)

## For moderators: keeping the helplines

# $name: the line. $again: how long until it should be checked again.
helpline-added = { $name } is now shown under { button-help-now }. I will ask you to check it again in { $again }.
helpline-confirmed = Thank you. { $name } counts as checked today. I will ask you again in { $again }.
helpline-removed = { $name } is no longer shown.
# $count: a number.
helpline-list =
    { $count ->
        [one] One helpline is shown under { button-help-now }:
       *[other] { $count } helplines are shown under { button-help-now }:
    }
# $number: to name the line in other commands.
helpline-list-line =
    { $number }. { $name }, { $how ->
        [text] text { $contact }
        [chat] chat at { $contact }
       *[call] call { $contact }
    }. { $old ->
        [yes] Not checked since { $checked }. Please check it again.
       *[no] Checked on { $checked }.
    }
helpline-list-none = No helpline is set up. Someone who presses { button-help-now } now sees only the emergency number. Please add a line that you have tried yourself.
# A card in the moderators' room. $count: a number.
helpline-check-again =
    { $count ->
        [one] One helpline has not been checked for a long time. Please try it, then confirm or remove it.
       *[other] { $count } helplines have not been checked for a long time. Please try them, then confirm or remove them.
    }
button-it-works = It works
button-it-is-wrong = It is wrong
helpline-ask-checked = Did you try { $name } yourself just now, and does it work? Only then should people see it.

helpline-bad-number = That is not a phone number I can show. Use digits, spaces and a plus sign, up to 32 of them.
helpline-bad-address = That is not an address I can show. It must start with https:// and be one line without spaces.
helpline-incomplete = A helpline needs a name, a way to reach it, and its hours. Please fill in all of them.
helpline-unknown = I cannot find that helpline. The list shows the number of each.
# $most: a number.
helpline-too-many = There are { $most } helplines, and that is the most. Please remove one first.

# $number: the emergency number.
emergency-set = { button-help-now } now says: In danger? Call { $number }. Please make sure that it is right.
