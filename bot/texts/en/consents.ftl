# What people said yes to. One line for each purpose; buttons turn it on and off.

my-consents = This is what you can say yes to here. Each is off until you choose it, and you can take it back at any time.

# $version: a number. $at: a point in time.
consent-rules = On: the ground rules, version { $version }, since { $at }. If you take it back, the rooms close to you.
consent-rules-none = Off: the ground rules. Without your yes the rooms stay closed.

# $what: one of the numbered texts below. $stops: what stops. $at: a day.
consent-on-since = On since { $at }: { $what } { $stops }
consent-on = On: { $what } { $stops }
consent-off = Off: { $what }

# What somebody says yes to. Never changed: other words get the next number, and these stay.
consent-guard-words-1 = I watch for words of yours, such as your name. I keep marks of them with your account until you forget them. Moderators get a card when someone else writes one.
consent-crisis-alerts-1 = If I notice that you write dark thoughts, the moderators get a card. It leads to your message, and they see that it is yours. It is there for 3 days at most.
consent-stops-guard-words = Take it back, and I forget the marks.
consent-stops-crisis-alerts = Take it back, and they get none. Of a plan, a way or a time they hear in any case, because a life comes first.

consent-posts = Asked each time: posts without your name. I keep no yes with your account, since that would tell who writes them.
consent-private-words = Kept elsewhere: that I may write to you first. To see it and change it, type: messages

consent-given = Thank you. It is on now, and you can take it back at any time.
consent-stopped-guard-words = Done. I watch for nothing of yours now, and the marks are gone.
consent-stopped-crisis-alerts = Done. The moderators now hear of dark thoughts only if you press { button-tell-moderator }. Of a plan, a way or a time they hear in any case.

arg-purpose = What it is for
button-my-consents = My consents
button-my-data = My data
button-take-rules-back = Take my yes back
button-watch-words = Watch for my words
button-stop-guard-words = Forget my words
button-give-crisis-alerts = Yes, tell moderators
button-stop-crisis-alerts = Stop telling moderators
