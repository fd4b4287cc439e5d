# Help now: what somebody in need reads. Never a promise that someone will come.
# People with lived experience and a crisis professional should read these before a group relies
# on them; see README.md in the folder above.

## The answer: the first text, a line for each helpline, the emergency line.

# Buttons: I tried that, Who is awake, Tell a moderator, Write to the group.
help-now = I am glad you pressed this. I keep no note of it. I am a bot, not a person, so I cannot talk with you. These people can:

# $name, $contact and $hours in the moderators' words. $language: theirs too, or the word unknown.
help-line-text = { $name }: text { $contact }. Open: { $hours }.{ $language ->
        [unknown] { "" }
       *[other] { " " }In { $language }.
    }
help-line-chat = { $name }: chat at { $contact }. Open: { $hours }.{ $language ->
        [unknown] { "" }
       *[other] { " " }In { $language }.
    }
help-line-call = { $name }: call { $contact }. Open: { $hours }.{ $language ->
        [unknown] { "" }
       *[other] { " " }In { $language }.
    }

# $number: the emergency number that the moderators set.
help-emergency = In danger now? Call { $number }.
help-emergency-unknown = In danger now? Call the emergency number where you are.

# No helpline is confirmed. The emergency line follows.
help-now-none = I am glad you pressed this. I am a bot, not a person, so I cannot talk with you. No one has checked a helpline for this group yet. Is there one person you trust? You could write to them now.

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
# For both: the line kept them waiting, or it did not help. The lines follow.
help-others = I am sorry. Reaching out took strength, and it should have gone better. Another line, or another person on the same line, may fit you more. You can also write to the group.
# The lines follow, each with what it says about sending someone.
help-police = That is a fair worry. Some lines may send police or an ambulance without asking. Some will not. Here is what we know of each line, and when we checked. You can ask them first: When would you send someone?
help-company = Okay. No helpline. Small things help some people get to morning. Drink water, sit somewhere warm, message one person you trust. Put some space between you and anything you could use to hurt yourself. You can also write to the group.

# One line each. $name: the line. $checked: a day.
help-may-send-yes = { $name }: may send someone without asking you. Checked on { $checked }.
help-may-send-no = { $name }: says it sends no one without asking you. Checked on { $checked }.
help-may-send-not-known = { $name }: we do not know. Checked on { $checked }.

## The sandbox's lines, which nobody can take for real

sandbox-line-text = Pretend Text Line (not real)
sandbox-line-call = Pretend Night Line (not real)
sandbox-hours = only in this game
sandbox-language = English
sandbox-source = made up for this game
sandbox-emergency = 12 34 56 (not real)

## For moderators: keeping the helplines

arg-helpline-name = Name of the line
arg-helpline-mode = How to reach it
arg-helpline-contact = Number, or web address
arg-helpline-hours = When it is open
arg-helpline-may-send = May it send someone
arg-helpline-number = Number in the list

# $name, $contact, $hours: the line, in the moderators' words.
helpline-added = { $name } is now shown under { button-help-now }. Please check it again in 90 days. The status reminds you.
helpline-described = Thank you. I have noted the language of { $name }, and where you found it.
arg-helpline-language = Language it answers in
arg-helpline-source = Where you found it
# Asked in the moderators' room after 90 days. $count: a number.
notice-old-helplines =
    { $count ->
        [one] One helpline was last checked more than 90 days ago. Please try it. To see it, type: helplines
       *[other] { $count } helplines were last checked more than 90 days ago. Please try them. To see them, type: helplines
    }
status-helplines-undescribed =
    { $count ->
        [one] One helpline lacks its language or where it was found. To add it, type: helpline about
       *[other] { $count } helplines lack their language or where they were found. To add it, type: helpline about
    }
helpline-confirmed = Thank you. { $name } counts as checked today. Please check it again in 90 days.
helpline-removed = { $name } is no longer shown.
# $count: a number.
helplines-list =
    { $count ->
        [one] There is one helpline. The number is for the other commands.
       *[other] There are { $count } helplines. The numbers are for the other commands.
    }
# $position: its number. $name, $contact, $hours in the moderators' words. $checked: a day.
# $language, $source: theirs too, or the word unknown.
helplines-line = { $position }. { $name }: { $contact }. Open: { $hours }. Language: { $language }. Source: { $source }. Checked on { $checked }.
helplines-none = No helpline is set up. Who presses { button-help-now } sees only the emergency number. Please add a line that you have tried yourself.

helpline-bad-number = That is not a phone number I can show. Use digits, spaces and a plus sign, up to 32 of them.
helpline-bad-address = That is not an address I can show. It must start with https:// and have no spaces.
helpline-incomplete = A helpline needs a name, a way to reach it, and its hours. Please fill in all of them.
helpline-unknown = I cannot find that helpline. Numbers change, so look at the list first. Type: helplines
# $most: a number.
helpline-too-many = There are { $most } helplines, and that is the most. Please remove one first.
