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
audit-author-told = A writer was told that two key-holders had looked.
audit-author-not-reached = A writer could not be told that two key-holders had looked.
audit-consulted = A moderator asked others about a case, without names.
