# When something got out of the group. For moderators, but for the words to the group.
# Calm and short. No claim about what the law asks of this host: the bot cannot know.

arg-breach-kind = What happened
arg-breach-noticed = How long ago it was noticed
arg-breach-number = Which one
arg-breach-step = Which step
arg-breach-outcome = Done or not needed

button-note-step = Note a step
button-words-to-use = Words to use
button-tell-group = Tell the group
button-close-breach = Close it

breach-kind-words-outside = Words or pictures outside the group
breach-kind-account-taken = Somebody in a moderator's account
breach-kind-machine = A lost phone, disk or backup
breach-kind-host-or-keys = Somebody on the bot's machine
breach-kind-bot-fault = A fault of the bot

## breach open. $number, $until: when 72 hours after noticing are over. What to do first follows, then what is left to do.

breach-opened = I have written this down as number { $number }. I keep what kind it is and when, never whose. In some places an authority has to hear of it by { $until }. I cannot know if that binds you.

breach-first-words-outside = First: ask for what is outside to be taken down, and report it to the place where it is. Take the message away here. Keep no copy. Do not look for who did it in the open room.
breach-first-account-taken = First: take the moderator's role from that account. End its other logins and change its password. Then type audit and look what it did.
breach-first-machine = First: ask what was on it. A backup of mine without my keys tells nobody's name. A phone may hold the chat itself: end its login from another device.
breach-first-host-or-keys = First: stop me and take the machine off the net. Make a new token and new keys before I start again. The guide for hosts says how.
breach-first-bot-fault = First: pause what goes wrong, or stop me. Type status to see what is affected. Please report the fault without anybody's words or name.

breach-todo-contained = To do: stop it from going on.
breach-todo-people = To do: tell the people it is about, each of them alone, as soon as you can. Say what happened, what it means for them, and what you did.
breach-todo-authority = To do: ask the host if an authority has to hear of it. In Europe that is often so, within 72 hours.
breach-todo-platform = To do: ask the host if the company behind this chat has to hear of it.
breach-todo-group = To do: tell the group, without names.

# $number, $until.
breach-goes-on = Noted for number { $number }. The 72 hours are over at { $until }.
breach-all-noted = All steps of number { $number } are noted. You can close it now.
breach-closed = Number { $number } is closed. It stays in the list, without names.

# In the moderators' room. Nobody's name, no detail.
breach-card = Something may have got out of this group. It is number { $number }, and 72 hours are over at { $until }. Type breach list to see it.
notice-breach-not-said = I could not tell the group that something got out. The list says that it was told, and it was not. Please tell the group yourselves: breach words has words for it. And check that I may post in the room.
notice-breach-clock = Nobody has noted yet if an authority has to hear of number { $number }. The 72 hours are over at { $until }. Type breach note.

breaches = What got out of this group, as far as it was written down. The file has every step.
breaches-none = Nothing has been written down.
# $kind: one of the above. $noticed: a moment. $left: a number of steps.
breach-line-open = { $number }. { $kind }. Noticed { $noticed }. Steps left: { $left }
breach-line-closed = { $number }. { $kind }. Noticed { $noticed }. Closed.

breach-unknown = There is none with that number. Type breach list to see them.
breach-closed-already = That one is closed.
breach-steps-left = Some steps are not noted yet. If one is not needed, note that.
breach-ago = That cannot be. Give how long ago it was noticed, up to a year, such as 3 hours.
breach-no-room = I see no room where the group talks, so I cannot tell it there.
breach-told-already = The group was told already, or it was noted as not needed.

## Words to use. The moderators copy them and fill in the dots themselves.

breach-words-people =
    Something that belongs to you was seen by people it was not meant for. We are sorry.
    What happened: ...
    What was seen: ...
    What it can mean for you: ...
    What we have done, and what you can do: ...
    You can ask us anything: ...
breach-words-authority =
    What happened, and when we noticed: ...
    About how many people and entries it touches, and of what kind: ... (no names)
    What it can mean for them: ...
    What we did and will do: ...
    Who can be asked: ...
    If this comes after 72 hours, why: ...
breach-words-platform =
    Our app's data was reached by somebody who should not have it.
    What kind of data, and since when: ... (no names)
    What we did: we made a new token, and ...
    Who can be asked: ...
breach-words-none = There are no set words for that step.
# In a room of the circle, for all.
breach-to-group =
    Something from this group was seen by people it was not meant for. We are sorry. We tell those it is about in private. We do not say whose it was. Please do not guess.
    Is this hard for you? Press { button-help-now }, or write to a moderator. What is said here stays here.
