# When somebody may be in danger. Never a promise that someone will come, no advice, no judgement.
# Nobody in a crisis and nobody who does crisis work has read these. Have that done first.

## To the author alone. The emergency number and the helplines follow, then who was told.
## Buttons: I tried that, Who is awake, Tell a moderator (where nobody was told), Help now.

crisis-hello = I am a bot, not a person. This came by itself, and only you see it. Something you wrote may mean that it is hard right now. You did nothing wrong. These people can:
crisis-hello-none = I am a bot, not a person. This came by itself, and only you see it. Something you wrote may mean that it is hard right now. You did nothing wrong. Is there one person you trust? You could write to them now.
crisis-author-on-duty = I am sending a note to our moderators, since a life comes first. By our rota one of them is here now. I cannot promise an answer.
# $at: when the next of the team is back.
crisis-author-away = I am sending a note to our moderators, since a life comes first. None of them is on duty until { $at }. Please do not wait for them.
crisis-author-no-rota = I am sending a note to our moderators, since a life comes first. I do not know when one of them looks, so please do not wait for them.
crisis-author-nobody = I have told nobody. If you would like a moderator to know, press { button-tell-moderator }.

## To the author alone, about something that they told of as over. Not where private words wait.
## Buttons: Help now, Tell a moderator.

crisis-past = I am a bot, not a person. This came by itself, and only you see it. You wrote about a hard time. You did nothing wrong, and you can always talk of it here. If it is close again, press { button-help-now }. I have told nobody.

## To the room, where nobody can be written to alone. It answers nobody and names nobody.

crisis-line = Is it hard for you right now? Press { button-help-now }. Only you will see what comes next. I am a bot, and this came by itself.
crisis-room-on-duty = Our moderators have a note. By our rota one of them is here now.
# $at: when the next of the team is back.
crisis-room-away = Our moderators have a note. None of them is on duty until { $at }.
crisis-room-no-rota = Our moderators have a note. I do not know when one of them looks.
crisis-room-nobody = Nobody was told.

## Who is awake. Buttons: Help now, Write to the group.

button-who-is-awake = Who is awake
awake = I can only see our rota. Other members may be awake too, and you can write to the group.
# $until, $at: points in time.
awake-now = By our rota one of our team is here now, until { $until }. I cannot promise an answer.
awake-back = None of our team is here now. By our rota someone is back at { $at }.
awake-unknown = Our team has no fixed hours, so I cannot say who is here.

## Tell a moderator, by the author's own wish

button-tell-moderator = Tell a moderator
crisis-told = Thank you for saying so. I am telling our moderators that you would like one of them to write to you. They see your name.
crisis-told-on-duty = By our rota one of them is here now. I cannot promise an answer.
crisis-told-away = By our rota none of them is here now, so please do not wait for them.
crisis-told-no-rota = I do not know when one of them looks, so please do not wait for them.
crisis-nobody-to-tell = I cannot write to the moderators here, so nobody was told. You could write to one of them yourself. { button-help-now } works as always.

## The card for moderators. It quotes nothing and does not name the author.

lock-someone-needs-you = Circlekeeper: someone may need a person.
# $room: a room.
crisis-card = Something in { $room } may be about danger to a life. It may be nothing. Its author was offered help first. You do not have to do this alone.
crisis-card-open = Nobody has answered yet. Can you reply in the next few minutes?
# $who: the moderator.
crisis-card-claimed = { $who } is replying.
# $message: a link.
crisis-card-message = See { $message }.
crisis-card-closed = This is closed. I keep nothing of it.
# To a moderator alone.
crisis-page = Someone in the group may need a person. There is a card in the moderators' room. If you cannot now, say so there. Nobody sees it.
# $room: a room.
crisis-waits = Nobody has answered the card about { $room } yet. I have passed it on as far as I can. Can one of you?
# $who: the person who asked for it.
crisis-asks = { $who } would like a moderator to write to them. They asked me to tell you.

button-crisis-reply = I'll reply
button-crisis-cannot = I can't now
button-crisis-show = Show the post
button-crisis-close = Close
button-crisis-phrases = Words you can use
button-crisis-buddy = Ask for company
arg-card = Which card

crisis-phrases =
    Please write in the room within 10 minutes, or I ask the others again. Words you can use:
    I read what you wrote. I am glad you told us.
    That sounds so heavy.
    Are you thinking about killing yourself?
    Are you safe right now?
# No advice and no promise.
crisis-phrases-not = Asking does not put the idea in their head. If a life is in danger now, ask them to call the emergency number. When you are done, press { button-crisis-close }.

# Three plain things, not kept. Buttons: Yes, No, I don't know. No goes back to the words.
button-crisis-next = Next step
crisis-check = Did they say any of these? I do not keep what you press.
crisis-check-plan = A plan for how.
crisis-check-means = The means close by.
crisis-check-time = A time, like tonight.
button-crisis-yes = Yes
button-crisis-no = No
button-crisis-unknown = I don't know
# The emergency number follows.
crisis-danger = This may be urgent. Ask them to call the emergency number, or to go to someone near them. Keep writing to them.
# Only for a post without a name. Button: It has no name.
button-crisis-nameless = It has no name
crisis-danger-nameless = This post has no name. Press { button-crisis-nameless } for what helps its writer, and for what two key-holders can do together. It opens nothing yet.

# To the room, only when the moderator who replies presses for it. Button: Help now.
button-crisis-others = A word to the room
crisis-others = Thank you for caring. One of our moderators is replying. Kind words are welcome. Please do not argue, give orders or name ways to get hurt. If this is too much, step away. That is okay too.
crisis-others-done = A kind word from me is on its way to the room. It names nobody.

# To whoever answered, alone, ten minutes after they closed it. Button: Ask for company.
crisis-after = That was a hard one. You showed up, and that is your part. What happens next is not yours alone. If you would like a word with one of the others, press { button-crisis-company }.
button-crisis-company = Ask for company
# $who: a moderator.
crisis-company-asked = { $who } would like a word with one of you.

crisis-cannot = That is okay. I pass it on as far as I can. Nobody sees that you said no.
# $author: the name that others see. $text: their words.
crisis-shown =
    Only you can see this, and I do not keep it. { $author } wrote:
    { $text }
crisis-buddy = I have asked the others. You are not their only help.
# $who: a moderator. $room: a room.
crisis-buddy-asked = { $who } is replying to someone in { $room }, and would like one of you beside them.
crisis-closed = It is closed, and I keep nothing of it but a count. What happens next is not yours alone.
# $who: a moderator.
crisis-taken = { $who } is replying already. You could ask if they want company.
crisis-not-yours = Please press { button-crisis-reply } on the card first.
crisis-closed-already = This card is closed.
crisis-message-gone = The message is not there any more. The card stays until one of you closes it.

# $count: a number.
status-crisis-open =
    { $count ->
        [one] One card about danger to a life is open.
       *[other] { $count } cards about danger to a life are open.
    }

## When moderators are there

arg-duty-days = Days (mon tue, or daily)
arg-duty-start = From, like 18:00
arg-duty-end = To, like 22:30
arg-duty-zone = Time zone, like Europe/Berlin
arg-duty-number = Number in the list
duty = When each of us is usually here. People who ask who is awake hear only that someone is, never who.
duty-none = Nobody has said yet when they are usually here. You do it with: duty add
# $position: its number. $who: a moderator. $days, $start, $end, $zone: as typed.
duty-line = { $position }. { $who }: { $days }, { $start } to { $end }, { $zone }
duty-added = Thank you. You are usually here: { $days }, { $start } to { $end }, { $zone }. When someone may be in danger, I call you first in these hours.
duty-removed = I no longer count on you then: { $days }, { $start } to { $end }, { $zone }.
duty-bad-days = I could not read the days. Write them like mon tue, or daily.
duty-bad-time = I could not read that time. Write it like 18:00.
duty-bad-zone = I do not know that time zone. Write it like Europe/Berlin, or UTC.
duty-not-yours = Please give the number of hours of your own. Numbers change, so look at the list first. Type: duty
# $most: a number.
duty-too-many = There are { $most } entries, and that is the most.
