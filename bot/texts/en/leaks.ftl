# Possible leaks: the cards for moderators, what authors are told, the words that are watched for.
# Never accusing: a watched word may be nothing, and most people mean well.

## The card. It quotes nothing and names nobody but the moderator who has it.

# $kind: what was found, in words. $room: a room. $at: a point in time.
# A line about who has it follows, then a link to each message.
# Buttons: Show, I'll take it (or Not now), Remove, Nudge the author, Not a leak.
leak-card = This may be a leak, and it may be nothing. I saw { $kind } in { $room } at { $at }.
# $kind: something else that was found.
leak-card-also = I also saw { $kind }.
# $kind: a number of some kind. $ends: its last two digits; never more of it.
leak-card-ends = { $kind }: ••••{ $ends }
leak-card-open = Nobody has it yet.
leak-card-lapsed = Nobody decided within 15 minutes, so anyone can take it again.
# $who: the moderator. $since: a point in time.
leak-card-claimed = { $who } has it, since { $since }.
# $who: the moderator. $at: a point in time.
leak-card-removed = { $who } decided at { $at } that it goes. I am taking it down.
leak-card-dismissed = { $who } looked, and settled it at { $at }: it is not a leak.
# $count: a number.
leak-card-several = { $count } messages so far. What you decide counts for all of them.
leak-card-nudged = The author was asked to look at it again.
# $message: a link.
leak-card-message = See { $message }.

button-leak-show = Show
button-leak-take = I'll take it
button-leak-not-now = Not now
button-leak-remove = Remove
button-leak-nudge = Nudge the author
button-leak-dismiss = Not a leak

## What the moderator who presses reads, alone

leak-show = Only you can see this, and I do not keep it.
# $author: the name that others see. $text: their words.
leak-shown =
    { $author } wrote, with what matched between » and «:
    { $text }
leak-shown-no-match =
    { $author } wrote this. By itself, as it is now, I find nothing in it:
    { $text }
leak-shown-cut = This is a part of it. The link on the card shows all of it.
# $count: a number.
leak-shown-more =
    { $count ->
        [one] There is one more message on this card.
       *[other] There are { $count } more messages on this card.
    }
leak-is-yours = It is yours. If you do not decide within 15 minutes, others can take it again.
leak-given-back = Thank you for looking. Others can take it now.
leak-dismissed = Thank you. It is settled, and the card goes in 24 hours.
# $count: how many messages. It follows the line above.
leak-joined-since =
    { $count ->
        [one] One more message joined after the card was drawn. It has a card of its own now.
       *[other] { $count } more messages joined after the card was drawn. They have a card of their own now.
    }
arg-leak-reason = Why it goes (the author reads this)
arg-leak-number = Number in the list
arg-alert = Which card
arg-until = Up to which moment
# $count: a number.
leak-removing-told =
    { $count ->
        [one] I am taking it down. The reason and the words are for the author to read, in private.
       *[other] I am taking { $count } messages down. The reason and the words are for each author to read, in private.
    }
# The line below follows.
leak-removing =
    { $count ->
        [one] I am taking it down.
       *[other] I am taking { $count } messages down.
    }
leak-author-unreachable = I cannot write to the author in private here. Please tell them why, so that they are not left wondering.
# $count: a number.
leak-nudging =
    { $count ->
        [one] I am asking the author in private to look at it again. They can take it back with one press.
       *[other] I am asking { $count } authors in private to look again. They can take their words back with one press.
    }

leak-gone = This is settled, or its message is gone. There is nothing left to do.
leak-message-gone = The message is not there any more, so the card goes too.
# $who: a moderator. $since, $at: points in time.
leak-taken = { $who } has this since { $since }. Thank you for looking.
leak-yours = You have this already, since { $since }.
leak-not-yours = Nobody has this right now. To take it, press { button-leak-take }.
leak-was-removed = { $who } decided this at { $at }: the message goes.
leak-was-dismissed = { $who } decided this at { $at }: it is not a leak.
# $room: a room.
leak-cannot-remove = I am not allowed to remove messages in { $room }. An admin can give me that right. Nothing has changed.
# $message: a link.
leak-pinned = Pinned messages stay, and this one is pinned: { $message }. Unpin it first, then press { button-leak-remove } again.
leak-cannot-tell = I cannot write to people in private here, so I cannot ask the author. You could write to them yourself.
leak-nudged-already = The author was asked already. I ask once for each message.

## The list, for who missed the cards

# $count: a number.
leak-list =
    { $count ->
        [one] One thing waits for a decision. To see its card here, type: alert 1
       *[other] { $count } things wait for a decision. To see the card of the first here, type: alert 1
    }
leak-list-none = Nothing waits for a decision.
# $number: its number. $room, $at, $message, $who: as on the card.
leak-line-open = { $number }. { $room }, { $at }. Nobody has it yet. See { $message }.
leak-line-claimed = { $number }. { $room }, { $at }. { $who } has it. See { $message }.
# $count: a number.
leak-lines-more = And { $count } more.
# All three are numbers of messages.
leak-week = In the last 7 days: raised { $raised }, taken down { $removed }, not a leak { $dismissed }.

## What the author reads, alone

# $room: a room. $reason: one of the reasons. Their words follow, or hang on it as a file.
# Button: Ask to look again.
leak-told = A moderator is taking down something you wrote in { $room }. The reason: { $reason } We think you meant well. Your own words are here, so you can keep them. Think we got it wrong? Press { button-leak-look-again }.
# $text: their own words.
leak-told-words = { $text }
leak-told-files = Files that hung on it are not here, since I keep none.
leak-reason-story = It may tell someone else's story.
leak-reason-name = It may name a person.
leak-reason-contact = It has contact details in it.
leak-reason-other = It may tell more than it should.
button-leak-look-again = Ask to look again
leak-asked-again = I have asked the moderators to look again. What was taken down stays down, but you have your words. You can post again without the part in question.
leak-asked-before = You have asked already. I pass it on once.
leak-ask-not-yours = Only the person whose words were taken down can ask. Use the button that came with your words.
leak-nobody-to-ask = I cannot write to the moderators at the moment, so nobody was asked. Please try again later, or write to a moderator yourself.
arg-ask = What came with your words

# $room: a room. $count: how many messages. Button: Take it back now.
leak-nudge =
    { $count ->
        [one] Something you wrote in { $room } may tell more about someone than you meant to. It may be nothing. Would you look at it again? You can change it, or press { button-leak-take-back }.
       *[other] Some things you wrote in { $room } may tell more about someone than you meant to. It may be nothing. Would you look at them again? You can change them, or press { button-leak-take-back }.
    }
# $kind: what was found, in words, like "a phone number". Button: Take it back now.
leak-nudge-kind = This shows { $kind }: something you wrote in { $room }. That can lead people to you or to someone else. Take it back? You can also leave it, change it, or press { button-leak-take-back }.
button-leak-take-back = Take it back now
# $count: a number.
leak-taken-back =
    { $count ->
        [one] Thank you. It goes from the room now.
       *[other] Thank you. They go from the room now.
    }

## Said in the moderators' room. Nobody is named.

leak-author-not-told = A message was taken down, and I could not write to its author. They do not know why yet.
leak-author-not-asked = I could not write to the author of a message that may be a leak. They were not asked.
# $room: a room.
leak-look-again = Somebody whose words were taken down in { $room } asks you to look again.

## The words that are watched for

arg-keyword = Word or phrase, or a pattern
arg-keyword-lines = One word or phrase on each line
arg-keyword-sample = Text to try it on (or none)
arg-asked = Which one

# $phrase: the word or phrase.
keyword-added = I now watch for: { $phrase }
keyword-removed = I no longer watch for: { $phrase }
# $share: lines of ordinary talk out of 100.
keyword-share = In ordinary talk it would be found in { $share } of 100 lines.
# $phrase: the word or phrase. $share: lines out of 100. $most: the most without a second moderator.
keyword-asks = I do not watch for this yet: { $phrase }. In ordinary talk it would be found in { $share } of 100 lines. With more than { $most } a second moderator has to agree. I have asked in the moderators' room.
# $who: the moderator who asks. Button: Look at it.
keyword-asked = { $who } would like to watch for something that is found often. A second moderator has to agree. To see it in private, press { button-keyword-look }.
button-keyword-look = Look at it
# Button: Watch for it.
keyword-looked = Your fellow moderator would like me to watch for: { $phrase }. In ordinary talk it is found in { $share } of 100 lines, so many cards would be about nothing. If you agree, press { button-keyword-agree }.
button-keyword-agree = Watch for it
keyword-asked-over = That is settled or over. It can be added again.
keyword-asked-yourself = Another moderator has to agree to that.
keyword-many-asked = Too many of these wait already. Please try again tomorrow.
# $share: lines out of 100.
keyword-nobody-to-ask = I do not watch for that. In ordinary talk it would be found in { $share } of 100 lines. A second moderator would have to agree, and there is no moderators' room where I could ask.
keyword-there = I watch for this already: { $phrase }
keyword-unknown = I do not watch for that. To see what I watch for, type: keyword list
# $shortest, $longest: numbers of letters.
keyword-too-short = That is too short: it would be found everywhere. Use { $shortest } letters or more.
keyword-too-long = That is too long. Use at most { $longest } letters.
keyword-no-letters = There is no letter or number in that. Please use a word or a phrase.
keyword-bad-pattern = I cannot use that pattern. It has to be in the syntax of RE2, which has no look-around and no back-references.
keyword-too-broad = That pattern would be found almost everywhere. Please make it longer.
# $most: a number.
keyword-full = I watch for { $most } words already, and that is the most. Remove one first.
keyword-none = I watch for no words yet. To add one, type: keyword add
# $count: a number.
keyword-list =
    { $count ->
        [one] I watch for one word or phrase. Capitals and spaces make no difference.
       *[other] I watch for { $count } words and phrases. Capitals and spaces make no difference.
    }
keyword-line = { $phrase }
keyword-file = I watch for { $count } words and phrases. They are in the file.
keyword-imported =
    { $count ->
        [one] I took in one word or phrase.
       *[other] I took in { $count } words and phrases.
    }
# $count: how many were taken. $bad: how many lines were not.
keyword-imported-some = I took in { $count } words and phrases. These lines I left out: { $bad }.
# $number: the number of the line.
keyword-line-too-short = Line { $number } is too short.
keyword-line-too-long = Line { $number } is too long.
keyword-line-no-letters = Line { $number } has no letter or number.
keyword-line-bad-pattern = Line { $number } is not a pattern that I can use.
keyword-line-too-broad = Line { $number } would be found almost everywhere.
keyword-line-duplicate = Line { $number } is there already.
keyword-line-broad = Line { $number } would be found too often in ordinary talk. Add it by itself, and a second moderator can agree.
keyword-line-full = Line { $number } did not fit: there are as many as I can watch for.
keyword-lines-more = And { $count } more.
# $limit: a number of letters.
keyword-import-too-long = That is too much at once. The most is { $limit } letters. Nothing was taken in.
keyword-test-too-long = That is too much at once. The most is { $limit } letters.
# $lines: a number of lines.
keyword-test-none = Nothing would be found in these { $lines } lines. I kept nothing of them.
# $flagged, $lines: numbers of lines. $share: out of 100.
keyword-test = { $flagged } of { $lines } lines would raise an alert. That is { $share } of 100. I kept nothing of them.
# $phrase: the word or phrase. $count: a number of lines.
keyword-test-phrase = { $phrase }: in { $count } lines.
# $share: lines out of 100. $most: the most that is sensible.
keyword-test-often = This would be found too often: { $phrase }. It is in { $share } of 100 lines, and more than { $most } means many false alarms.

## In the answer to status

status-leaks =
    { $count ->
        [0] No words are watched for yet, so no leak can be noticed.
        [one] One word or phrase is watched for.
       *[other] { $count } words and phrases are watched for.
    }
status-leaks-not-watched = Words are not watched for: I could not read which ones. The host can look at the log.
# $count: a number.
status-leaks-no-card =
    { $count ->
        [one] One possible leak has no card, since I could not post it. To see it, type: alerts
       *[other] { $count } possible leaks have no card, since I could not post them. To see them, type: alerts
    }
status-leaks-unreadable =
    { $count ->
        [one] One message today could not be read, so it was not looked at.
       *[other] { $count } messages today could not be read, so they were not looked at.
    }
