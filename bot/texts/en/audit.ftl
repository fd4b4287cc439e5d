# The audit: what moderators did, as moderators read it.

audit-post-hidden = An anonymous post was hidden.
audit-author-silenced = The writer of an anonymous post was silenced.
audit-silence-ended = A silence was ended early.
audit-posting-paused = Anonymous posting was paused.
audit-posting-resumed = Anonymous posting went on again.
audit-setting-changed = A setting was changed.
audit-key-proposed = A moderator offered to hold a key.
audit-key-confirmed = A moderator confirmed a key-holder.
audit-key-stopped = A new key was stopped.
audit-key-ended = A key-holder stopped.
audit-key-stands-back = A key-holder stood back.
audit-key-stands-again = A key-holder who stood back is there again.
audit-lifetime-changed = The time that messages stay in a room was changed.
audit-rules-published = New ground rules were published.
audit-messages-removed = A moderator had messages removed.
audit-authors-nudged = Authors were asked to look at their messages again.
audit-alert-dismissed = An alert was settled: it is not a leak.
audit-keywords-added = Words to watch for were added.
audit-keyword-removed = A word to watch for was taken off the list.
audit-watch-changed = What I look for was changed.
audit-helpline-added = A helpline was added.
audit-helpline-changed = A helpline was described anew.
audit-helpline-confirmed = A helpline was confirmed.
audit-helpline-removed = A helpline was taken away.
audit-author-written-to = A moderator wrote to the writer of an anonymous post.
audit-helplines-put = A moderator put helplines below a post.
audit-supervisor-named = A supervisor was named.
audit-opening-asked = Someone asked who wrote a post.
audit-opening-agreed = A key-holder agreed to look.
audit-opening-declined = A key-holder did not agree to look.
audit-opening-refused = A request ended and nobody looked.
audit-opening-expired = The time of a request ended and nobody looked.
audit-opened = Two key-holders looked who wrote a post.
audit-notice-delay-asked = A key-holder asked to tell a writer later.
audit-notice-hurried = A key-holder had a writer told at once.
audit-author-told = A writer was sent word that two key-holders had looked.
audit-author-not-reached = A writer could not be told that two key-holders had looked.
audit-note-added = A moderator wrote a note about a member.
audit-note-removed = A moderator took away a note about a member.
audit-consulted = A moderator asked others about a case, without names.
audit-anchor-renewed = A new mark was put up, though the old one did not fit.
audit-keys-changed = The host changed the keys.
audit-restored = The host put back a backup. What came after it is not here.
audit-breach-opened = Something that got out of the group was written down.
audit-breach-step = A step about something that got out was noted.
audit-breach-closed = What was noted about something that got out was closed.

## What moderators see of it

audit = The newest entries in the record of what moderators did.
audit-none = Nothing is in the record yet.
# $number: a number. $at: a point in time. $who: a moderator. $what: a sentence from above.
audit-line = { $number }, { $at }, { $who }: { $what }
# Nobody is named in this one: the bot, the host, or somebody whose entry was erased.
audit-line-nobody = { $number }, { $at }: { $what }
# $anchor: a number and 64 letters and digits.
audit-anchor =
    The record of what moderators did ends here: { $anchor }
    I change this message every week. Please leave it here, pinned.
    Copy it to another place now and then. It shows whether somebody changed the record.
audit-whole = The record is whole, and it holds the mark in your room. It ends at { $anchor }
audit-whole-no-mark = Nothing in the record was changed or taken out of its middle. Your room has no mark of mine now, so I cannot tell if its end is missing. It ends at { $anchor }
# $number: a number.
audit-wrong-changed = Entry { $number } is not the one that was written. Somebody changed the record. Ask your host.
audit-wrong-missing = Entry { $number } is missing. Somebody changed the record. Ask your host.
audit-wrong-opening = What is kept beside entry { $number } is not what was written. Ask your host.
audit-wrong-cut = The record ends before the mark in your room: entry { $number } is missing. Ask your host if a backup was put back.
audit-wrong-other = Entry { $number } does not fit the mark in your room. Ask your host if a backup was put back.
audit-begun-anew = The mark in your room is changed to what is here now. That is in the record too.
audit-not-wrong = The record fits its mark, so there is nothing to begin anew.
button-audit-anew = I know why
notice-audit-wrong = The record of what moderators did does not fit its mark in this room. Type audit check to see more.
status-audit-wrong = The record of what moderators did does not fit its mark. Type audit check to see more.
status-audit-unpinned = I may not pin the mark of the audit here. Please pin that message yourself.
