# What is said on Matrix alone: how to press a button there, and what its rooms make necessary.

## Below a message. The list of buttons follows.

# In the chat with one person.
matrix-choose = To choose, write the number or the words. You can also press the number below this message.
# In a room, for what is answered in the room.
matrix-press = To choose, press the number below this message. Everybody here sees who pressed.
# In a room, for what is answered in private. $bot: a link.
matrix-write-alone = This is between you and me. Open our own chat ({ $bot }) and write:
# $label: the words of a button. $words: what to write.
matrix-write = { $label }: write "{ $words }"

## Commands that were typed

# $example: the command as somebody would type it.
matrix-usage = Write it like this: { $example }
# Somebody typed a private command in a room. The answer follows in the same chat.
matrix-typed-in-room = You wrote that in a room. I took it away there, and I answer here, where only we two are. Some people may have seen it.
# The bot may not remove there.
matrix-typed-in-room-stays = You wrote that in a room. I am not allowed to take it away there, so please remove it yourself. I answer here, where only we two are.
# Somebody typed an anonymous post in a room, or the command for one.
matrix-not-in-room = You wrote that in a room, with your name on it. I took it away there, and I have not posted it. Some people may have seen it. They could know the words again, or guess that what is soon posted without a name is yours: wait a while first. To post without your name, write to me here: { $example }
matrix-not-in-room-stays = You wrote that in a room, with your name on it. I am not allowed to take it away there, so please remove it yourself. I have not posted it. Others could guess that what is soon posted without a name is yours: wait a while first. To post without your name, write to me here: { $example }
# Somebody typed a command with the receipt of an anonymous post in a room.
matrix-code-in-room = You wrote that in a room, with your name on it. I took it away there and did nothing else. Some people may have seen the receipt. Whoever has it knows which post is yours, and can take it back. To go on, write to me here: { $example }
matrix-code-in-room-stays = You wrote that in a room, with your name on it. I am not allowed to take it away there, so please remove it yourself. I did nothing else. Whoever saw the receipt knows which post is yours, and can take it back. To go on, write to me here: { $example }
# Somebody changed a message in a room into a private command.
matrix-edited-in-room = You changed a message in a room into words for me. I took it away there and did nothing else. Some people may have seen it. Please write it to me here: { $example }
matrix-edited-in-room-stays = You changed a message in a room into words for me. I am not allowed to take it away there, so please remove it yourself. I did nothing else. Please write it to me here: { $example }
# Somebody changed a message that was for the bot, or into one.
matrix-edited = You changed a message. I only act on what is written anew, so I did nothing. Please write it once more.
# Nothing that was typed in the chat with the bot is a command.
matrix-not-understood = I am a bot, and I do not know that word. Write "help" to see what I can do, or "help now" for people to call.

# A message that the bot has no key for.
matrix-unreadable = I could not read that. It was encrypted and your app did not give me the key. Please write it once more.

## Forms, one question after another

# $label: what the value is called.
matrix-ask = { $label }?
# Above the first question. $about: what the command does.
matrix-ask-first = { $about } I ask one thing after another. Write "cancel" to stop.
# $value: what stands there now.
matrix-ask-kept = Now it says:

    { $value }
matrix-keep = Leave it as it is
matrix-leave-out = Leave it out
matrix-ask-duration = Write it like 2 hours or 7 days.
matrix-cancelled = I have stopped, and nothing was done.

## The door

# The first words in the chat that the bot opens with somebody who came to the lobby, or knocked.
# Buttons: Help now, Join, Read the rules first.
matrix-welcome = Welcome. I am the bot of the group at whose door you are. This chat is for you and me alone. Press { button-join } to come in; that takes about a minute. You can press { button-help-now } without joining.

## In the answer to status: rooms that are open wider than the group was promised

matrix-leak-history = In { $room } people who join later can read what was written before.
matrix-leak-anybody-reads = { $room } can be read by people who are not in it.
matrix-leak-anybody-joins = Everybody can join { $room }, without agreeing to the rules.
matrix-leak-members-invite = In { $room } every member can bring somebody in past the rules, or open the room to all.
matrix-leak-not-encrypted = { $room } is not encrypted. The people who run its servers can read it.
# Below one or more of these.
matrix-leak-mend = To close that, the host types on my machine: circlekeeper setup matrix --mend
