# What people may ask of what is kept about them: to see it, and to be forgotten.

## my data. The file with everything hangs on it. Button: Forget me.

my-data = This is what I hold about you in this group. The file has all of it.
my-data-nothing = I hold nothing about you in this group.
# $what: one of the data- texts below. $count: a number.
my-data-row = { $what } ({ $count })
# $category: one of the note- texts. $text: the note. $until: a day.
my-data-note = A note of the moderators about you. { $category }: { $text } It goes on { $until }.
# $label: the two words above the post. $at: a day.
my-data-post = Your post as { $label }, written on { $at }. It is in the file too.
my-data-posts = Posts without your name are left out, so that nobody sees here what you wrote. To add one, give its receipt with: my data
my-data-elsewhere = What you wrote in the rooms is with the company or server behind this chat. I keep no words from there.
button-forget-me = Forget me

## forget me. Button: Yes, forget me.

forget-me-sure = If I forget you, all that I hold about you in this group goes. I cannot get it back. The rooms close to you at once. You can join again.
forget-me-first = Posts without your name stay in the rooms. Take them back first, with their receipts. Take back your messages first, too.
button-yes-forget = Yes, forget me

## The receipt of being forgotten. Lines follow: what went, what stays, why and until when.

forgotten = I have forgotten you in this group. This is what went.
forgotten-nothing = I held nothing about you in this group, so nothing had to go.
# $what: one of the data- texts below. $count: a number.
forgotten-row = Gone: { $what } ({ $count })
forgotten-without-you = Stays, without you in it: { $what } ({ $count })
forgotten-stays = This stays or may stay, and why:
forgotten-mark = A mark that you were forgotten. It shows no name. It stays as long as my keys do, so that an old backup does not bring you back.
forgotten-backups = Old backups. They hold these things until the host deletes them.
forgotten-rooms = What you wrote in the rooms, until its time there is over. It is with the company or server behind this chat.
forgotten-traces = Traces in my file. I write over them within an hour.
forgotten-back = You can join again at any time. I will not know you.

## What is held, one line for each kind

data-members = Your account, so that I know you here
data-joinings = How far you came in joining
data-acknowledgements = Your yes to the ground rules: which version, the language, the time
data-outbox = What I still have to do or send for you
data-guard-words = Marks of words that you asked me to watch for
data-memory = What I need to show you things: your chat with me, buttons, words that wait for you
data-consents = What else you said yes to, and what you took back
data-notes = Notes of the moderators about you
data-alerts = You as the one who took a card about a possible leak
data-crisis-cards = You as the one who answers a card about danger to a life
data-duties = When you are usually here, as a moderator
data-audit-openings = You in the record of what moderators did
data-key-holders = Your public key, as a key-holder
data-break-glass-cases = You as the one who asked to open a post
data-break-glass-answers = Your answer, as a key-holder, when somebody asked to open a post
