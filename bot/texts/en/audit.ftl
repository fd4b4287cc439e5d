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
