# The audit: what moderators did, as moderators read it.

audit-post-hidden = An anonymous post was hidden.
audit-author-silenced = The writer of an anonymous post was silenced.
audit-silence-ended = A silence was ended early.
audit-posting-paused = Anonymous posting was paused.
audit-posting-resumed = Anonymous posting went on again.
audit-setting-changed = A setting was changed.
