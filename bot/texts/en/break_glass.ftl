# When a life may be in danger: what helps without a name, and two key-holders who look together.
# Say who sees what, and that the writer is told. Never that looking makes anybody safe.

## What helps the writer of a post without a name. For moderators.

arg-blind-reply = What to write to them
button-write-to-author = Write to its writer
button-helplines-below = Helplines below it
button-hide-post = Hide it
button-life-in-danger = A life is in danger
# Buttons: Write to its writer, Helplines below it, Hide it, A life is in danger.
anon-care = You can help the writer of this post, and I do not know who it is. Write to them: they read it with their receipt. Put the helplines below it, for all who read it. Or hide it, if it could hurt others.
anon-care-last = If a life may be in danger and none of that is enough, press { button-life-in-danger }. It opens nothing yet.
blind-reply-done = It waits for the writer, who sees it when they look at their post with the receipt. I cannot tell you if they have read it.
blind-reply-empty = There are no words in it.
# $most: a number.
blind-reply-too-many = There are { $most } messages to this writer already, and that is the most.
# To the writer, with the receipt. $text: what a moderator wrote.
blind-reply =
    A moderator wrote to you, and does not know who you are:
    { $text }
anon-sent-replies = Moderators can leave words for you there too. They do not learn who you are.

# Below a post, in the room, for all who read it. The helplines follow. Button: Help now.
helplines-below = For anyone who needs someone tonight, these people are there:
helplines-below-done = The helplines are on their way to the room. They name nobody.
notice-helplines-not-put = I could not put the helplines into a room where you asked me to. Please check that I may post there, then try again.
helplines-below-gone = The post is not in its room any more, so there is nothing to put them below. You can still write to its writer.

## Asking who wrote a post

arg-reason = Why you need to know
arg-who-in-danger = Who is in danger, no names
arg-how-soon = How soon
arg-what-was-tried = What else was tried, no names
arg-case = Which request
button-ask-key-holders = Ask the key-holders

break-glass-not-for-complaint = I do not open a post for a complaint. You can hide the post and stop its writer from posting without a name for a while. Both work, and nobody needs to know who it is.
break-glass-not-for-rule-broken = I do not open a post because a rule was broken. You can hide it and stop its writer for a while. Both work, and nobody needs to know who it is.
break-glass-not-for-curiosity = I understand the wish to know. People wrote here because nobody can just look. A post is opened only when a life or a child is in danger, or a court orders it.

# Before anything else. The emergency number follows. Buttons: Write to its writer, Helplines below it, Ask the key-holders.
break-glass-first = First, what helps right now without a name. Write to the writer and ask if they are safe. Put the helplines below the post. Ask them to call the emergency number.
break-glass-then = Then press { button-ask-key-holders }. Two of them together can look who it was. All of them hear that you asked, and why. The writer will be told too.
break-glass-still-helps = What helps still works. You can write to the writer, and put the helplines below the post.
break-glass-too-few-holders = Fewer than two key-holders can open this, so nobody can. Type key to see who holds a key.
break-glass-asked-already = Someone has asked about this post already. The key-holders know.
break-glass-say-more = Please say a little more. The key-holders decide by what you write.
# $kind: what was found, in words. $found: that part of the words.
break-glass-names = It shows { $kind }: "{ $found }". Please say it without that part. Your words are kept for a year, and they must lead to nobody.

# $case: a short number. $until: a point in time.
break-glass-is-asked = I have asked all key-holders. This is request { $case }. If two of them do not look by { $until }, it is over. Please go on with what helps without a name.

break-glass-reason-danger-to-self = the writer may be in danger
break-glass-reason-danger-to-others = someone else may be in danger
break-glass-reason-child-at-risk = a child may be at risk
break-glass-reason-legal-order = a court or an authority orders it
break-glass-reason-drill = practice
break-glass-soon-within-an-hour = within an hour
break-glass-soon-today = today
break-glass-soon-these-days = in the next days
break-glass-soon-unknown = not known

## What key-holders are told, and the supervisor. $case: a short number. $by: a key-holder.

lock-key-holder = Circlekeeper: key-holders are needed.
button-see-case = See the request
button-agree-to-open = I agree to look
button-decline-to-open = I do not agree
break-glass-is-drill = This is a drill. No real post is opened.
break-glass-asked = Someone asks who wrote a post. Two of you would have to agree. Request { $case }:
break-glass-agreed = { $by } agrees to look. One more of you is needed for request { $case }.
break-glass-declined = { $by } does not agree to look. Others still can. Request { $case }.
break-glass-paired = { $by } agrees too, so there are two for request { $case }. Each of the two finds their half in it.
break-glass-one-half = The other one has handed back their half for request { $case }. Yours is needed now.
break-glass-opened = Two of you have opened request { $case }. Only these two see who it was. The writer will be told.
break-glass-refused = Request { $case } is over. Nobody looked.
break-glass-expired = The 60 minutes of request { $case } are over. Nobody looked.
break-glass-conflict = The writer in request { $case } holds a key too. Please look at this case, since that person heard each step.
break-glass-notice-told = I have sent word to the writer in request { $case }. The request shows if it still waits for them.
break-glass-notice-unreached = I could not tell the writer in request { $case }. They may have left. Please think about who can tell them.
break-glass-room-asked = Key-holders are needed for request { $case }. All of them have a message from me.
break-glass-room-opened = Request { $case } was opened by two key-holders. Its writer will be told.
break-glass-room-refused = Request { $case } is over. Nobody looked.
break-glass-room-expired = Request { $case } is over, since its 60 minutes are. Nobody looked.
notice-key-holder-not-told = I could not reach everybody who holds a key, or the supervisor. Please tell them to look at their messages from me.

## A request, as a key-holder sees it. $who, $tried: words of whoever asked. $state: one of those below.

break-glass-case = Request { $case } is { $state }. Its time ends at { $until }.
break-glass-by = Asked by { $by }.
break-glass-why = Why: { $reason }.
break-glass-who = Who is in danger: { $who }
break-glass-soon = How soon: { $soon }.
break-glass-tried = What was tried: { $tried }
# $message: a link.
break-glass-post-at = The post: { $message }
break-glass-post-gone = The post is not in its room any more, and I keep no words of it.
# $post: the post's number, as the key page shows it.
break-glass-post = Number of the post: { $post }
break-glass-has-agreed = { $who } agrees.
break-glass-has-declined = { $who } does not agree.
break-glass-think = Is a life in danger, and is nothing else enough? Only then agree. You can also say no, and that is a full answer.
break-glass-waits = You agree. One more key-holder is needed.
break-glass-you-declined = Thank you for looking at it. The others can still agree. You can change your mind while it is open.
break-glass-state-asked = open
break-glass-state-paired = with two of you
break-glass-state-opened = opened
break-glass-state-refused = over, nobody looked
break-glass-state-expired = over, nobody looked

# $half: a long text, alone on its line, easy to copy.
break-glass-half =
    Your half, still sealed:
    { $half }
break-glass-half-how = Open it with your key, on the key page or with the command circlekeeper key open. Look if the number of the post is the same. Then press { button-hand-back } and paste what you got.
button-hand-back = Hand back my half
button-show-author = Show who it was
arg-half = Your half, opened
break-glass-half-is-here = Your half is here. As soon as the other one is, both of you can see who it was.
break-glass-not-two-yet = Two key-holders have to agree first, and you have to be one of them.
break-glass-two-already = Two others agreed already, so you are not needed.
break-glass-later-key = You hold a key since after this post was written, so you cannot open it.
break-glass-stands-back = You said that you are too close to this, so you are not asked. To change that, type: key conflict
break-glass-over = This request is over. Nothing more can be opened with it.
break-glass-holders-only = Only key-holders see the requests. How many there were, everybody sees with: break-glass counts
break-glass-not-shown-now = I do not have it in memory now. Both of you can hand back your halves again, until the request's time ends.

# $who: the writer. $handle: how the platform calls them.
break-glass-author = It was { $who }. Their name on this platform: { $handle }. Only you and the other key-holder see this. I keep it sealed until the writer has been told, and then no more.
break-glass-author-next = Do what saves a life, and tell as few people as you can. The writer is told within the hour. If that would put someone in danger, both of you can ask for later.
break-glass-drill-worked = It worked. In a real case the writer's name would stand here. Thank you for practising.

## When the writer is told

button-tell-now = Tell them now
button-tell-later = Tell them later
arg-later-lasts = How long after opening
arg-later-why = Why, no names
# $at: a point in time.
break-glass-later = I have noted it. If the other key-holder asks for it too, the shorter time counts. As it stands, the writer is told at { $at }.
# $longest: a duration.
break-glass-later-range = It can be more than an hour after opening, and at most { $longest }.
break-glass-told-now = I am telling them now.
break-glass-told-already = Word to the writer is on its way already, or has gone out.
# $on: a day.
break-glass-review = Look back at it together on { $on }: was it right, and was it needed?
break-glass-notice-none = Nobody was looked up.
# $at: a point in time.
break-glass-notice-is-waiting = The writer will be told at { $at }.
break-glass-notice-is-told = The writer was told at { $at }.
# Where private words wait for people to look. $at: a point in time.
break-glass-notice-is-sent = Word for the writer went out at { $at } and does not wait any more. I keep no note of whether they read it.
break-glass-notice-is-unreached = The writer could not be reached.
break-glass-notice-uncollected = The writer has a message from me and has not looked yet. It waits up to 72 hours.

# To the writer. $reason: one of the reasons above. $at: a point in time.
break-glass-notice = This is about a post of yours without a name. At { $at } a moderator asked who wrote it: { $reason }. Two key-holders then looked together.
break-glass-notice-who = Only these two saw your name, and I keep no note of it. Other key-holders and the supervisor know that they looked, and why.
break-glass-notice-after = You did nothing wrong by writing. You can ask any moderator why they looked. For help right now, press { button-help-now }.

## What there was

break-glass-cases = Requests, the newest first:
break-glass-cases-none = Nobody has asked who wrote a post.
break-glass-case-line = { $case }, asked at { $at }: { $reason }. It is { $state }. { $notice }
break-glass-counts = How often someone asked who wrote a post, and how often two key-holders looked:
break-glass-counts-none = In the last 6 months nobody has asked who wrote a post.
# $month: a number. $asked, $opened: how often.
break-glass-month =
    { $month ->
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
    } { $year }: key-holders were asked who wrote a post { $asked ->
        [one] once
       *[other] { $asked } times
    }, and looked { $opened ->
        [0] no time
        [one] once
       *[other] { $opened } times
    }.

arg-supervisor = Supervisor
break-glass-supervisor-named = { $who } now hears of every request, and moderators can ask them about a case. They do not see who wrote a post.
notice-counts-not-said = I could not tell the group how often it was asked last month who wrote a post. Please check that I may post in the room, and say that everybody can see it with: break-glass counts
status-no-drill = Your key-holders have not practised yet. To try it on a post that is none, type: break-glass drill
# $at: a point in time.
status-old-drill = Your key-holders last practised at { $at }. Once in three months is good. Type: break-glass drill

## Consulting

arg-consult-text = The case, without names or places
arg-consult-whom = Whom to ask
button-ask-moderators = Ask the moderators
button-ask-supervisor = Ask the supervisor
# What is found in a text, in words, within a sentence.
nameless-date = a date
nameless-member = a member's name
consult-held = I have not sent this yet. It may show who it is about. Please say it another way: some weeks ago, a friend, a town.
# $kind: what was found. $found: that part of the words.
consult-found = It shows { $kind }: "{ $found }".
consult-your-words =
    Your words:

    { $text }
# $text: the writer's words.
consult-preview =
    Not sent yet. It will say:

    { $text }
# $words: some words of the text.
consult-maybe = Are these names or places? { $words }. If so, please change them first.
consult-cannot-see = I look for numbers, links, dates, members' names and words that you watch for. I cannot see a place, a job or a story that people know. Could somebody in the group tell who it is?
# In the moderators' room, or to the supervisor.
consult-case =
    A moderator would like to hear what you think about a case. They were asked to leave out names and places, so please do not ask for them here.

    { $text }
consult-sent = It is on its way. It leads to no request to look who wrote something.
notice-case-not-sent = I could not send a case that one of you wanted to ask about. The person it was for may have left. Whoever asked: please find another way to ask.
consult-cancelled = I have let go of it. Nothing was sent and nothing is kept.
consult-empty = There are no words in it.
consult-nobody = There is no moderators' room here that I could ask in.
consult-no-supervisor = No supervisor is named who is in this group. An admin names one with: break-glass supervisor
consult-draft-lost = I do not have that draft any more. I keep drafts for 30 minutes and lose them when I restart. Your words are still on your screen.
