# Key-holders: two of them together can open a post without a name. Never say that nobody can.

arg-public-key = Your public key, it begins with ckkey1-
arg-holder = Which key
arg-whom = Who
arg-stand-back = yes: you stand back. no: you are there again.
button-key-confirm = Confirm
button-key-stop = Stop it

## What moderators read. $who: whose key it is. $by: who did it.

# $fingerprint: twenty letters and digits in groups of four.
key-proposed =
    { $who } offers to hold a key to posts without a name. The fingerprint of the key:
    { $fingerprint }
# Buttons: Confirm, Stop it.
key-proposed-check = Please compare it with { $who }, best in person or by voice. Another moderator then presses { button-key-confirm }. Two people with a key can open a post together, so please be sure. I let go of the offer after 7 days.
# $at: a point in time. Buttons: Stop it.
key-confirmed =
    { $by } has confirmed a key of { $who }. It counts from { $at } on. Its fingerprint:
    { $fingerprint }
    Is something wrong with it? Until then any moderator can press { button-key-stop }.
key-confirmed-now =
    { $by } has confirmed a key of { $who }. It counts from now on, since the group is being set up. Its fingerprint:
    { $fingerprint }
# Stands below the one above when there are two. Button: Practise now.
key-practise = Now two of you can open a post together. Please practise it once, before it is needed. It opens no real post, and shows whether your key and passphrase are where you think.
button-practise = Practise now
key-stopped = { $by } has stopped a new key of { $who }. It does not count.
key-left = { $who } holds no key any more. Posts that wait go out as before.
key-removed = { $by } has ended the part of { $who } as a key-holder. Posts that wait go out as before.
# Stands below one of the two above, when fewer than two are left.
key-below-two = With that, fewer than two people hold a key. Posts that were sealed until now cannot be opened any more, not in an emergency either. New ones go out without a seal, and their writers are told so. Hide, silence and Help now work as before.
key-stands-back = { $who } stands back as a key-holder, because of a conflict of interest. Until that is over, { $who } opens nothing.
key-stands-again = { $who } stood back as a key-holder and is there again.

## Answers

key-offered = I have asked the other moderators. One of them has to confirm it. Keep your private key and its passphrase on your own device, and make a copy. Nobody can give you a new one.
# The page hangs on it as a file.
key-page = This is the key page. Save it, and open it in a browser on your own device. It makes your pair of keys, and later it opens your half of a post. It sends nothing anywhere. On some phones a saved page does not work; then use a computer.
key-thanks = Thank you. I have told the moderators and everyone who holds a key.
key-not-a-key = That is not a whole public key. It begins with ckkey1- and has 55 letters. Make one with the key page, or type on a computer: circlekeeper key new
key-is-private = That is a private key. Nobody else may have it, and I have kept nothing of it. Please remove it from this chat, make a new pair, and give me the public key of that one.
key-known = I know that key already. Each person needs a key of their own, made on their own device.
# $most: a number.
key-too-many = This group has { $most } key-holders, and that is the most.
key-not-your-own = This is your own key. Another moderator has to confirm it.
key-gone = That key is not waiting any more.
key-counts-already = That key counts already. Its holder can stop with: key leave
key-none-of-yours = You hold no key here.
key-not-a-holder = That person holds no key here.

## The list. $who, $fingerprint: as above.

# $count: how many.
key-holders =
    { $count ->
        [0] Nobody holds a key. Nobody can open a post without a name.
        [one] One person holds a key. Two are needed, so nobody can open a post without a name.
       *[other] { $count } people hold a key. Any two of them together can open a post without a name.
    }
key-line = { $who }: { $fingerprint }
key-line-back = { $who }, who stands back: { $fingerprint }
# $at: a point in time.
key-line-later = { $who }, from { $at } on: { $fingerprint }
key-line-proposed = { $who }, not confirmed yet: { $fingerprint }
key-how = To offer to hold one, type: key offer. First make a pair of keys on your own device. You get the page for that with: key page

## On the limits card, before somebody joins. $days: a number.

limits-sealed = Posts without a name: this group has key-holders. For { $days } days two of them together can look up who wrote one, and the writer is told.
limits-not-sealed = Posts without a name: this group has no two key-holders, so nobody can look up in the bot who wrote one.

## What status says

# Fewer than two.
status-seal-none = Posts without a name go out without a seal. Nobody can open them, not in an emergency either. For that you need two key-holders: key offer
# $days: a number.
status-seal = Posts without a name are sealed for { $days } days. Any two key-holders can open one together.
# Two who can open.
status-seal-two = You have two key-holders. If one of them loses the key, nobody can open a post any more. A third would help.
# $count: how many stand back, a number.
status-seal-back =
    { $count ->
        [one] One key-holder stands back because of a conflict of interest.
       *[other] { $count } key-holders stand back because of a conflict of interest.
    }
# $count: how many hold a key and are no moderators any more, a number.
status-seal-no-moderator =
    { $count ->
        [one] One key-holder is no moderator any more and can open nothing.
       *[other] { $count } key-holders are no moderators any more and can open nothing.
    } An admin can end that with: key remove
# Fewer than two can open.
status-seal-cannot = Posts are sealed, but fewer than two key-holders can open one now. A further key-holder helps for new posts.

## Opening a post

# One sentence for: too old, never sealed, no such post.
seal-none = That post has no seal, or its time is over. Nobody can open it.
# $who: a key-holder.
seal-not-a-holder = { $who } holds no key now, or stands back because of a conflict of interest.
seal-came-later = { $who } did not hold a key when that post was written, and cannot open it.
seal-same-person = Two different people have to open a post.
seal-not-a-half = That is not a whole opened half. It begins with ckopened1- and has 81 letters.
seal-other-half = That half belongs to another post, or does not fit the other one.
