# Joining: the card in the lobby, the essentials, the limits, and the rules later on.
# "Help now" is on every card here, with the same name.

## The card in the lobby. Everyone who comes reads it first, some of them at night and in need.

# Buttons: Help now, Join, Read first.
join-start =
    Welcome. This is a peer support group. People here have been through hard times too. We are not doctors.
    Need help right now? Press { button-help-now }. You do not have to join first.
    Want to join? Press { button-join }. It takes about one minute.
    Want to look first? Press { button-read-first }.

button-read-first = Read first
button-agree = I agree
button-understand = I understand
button-read-rules = Read all the rules
button-read-limits = Read more about this
button-what-you-keep = What the bot keeps
button-my-rules = My rules
button-next-page = Next page
button-last-page = Page before

## The two steps

# $essentials: the group's own words. $minutes: how long reading all the rules takes.
# Buttons: I agree, Read all the rules, Help now.
join-essentials =
    The rules to start with:
    { $essentials }
    { $minutes ->
        [one] All the rules take about one minute to read.
       *[other] All the rules take about { $minutes } minutes to read.
    } You can read them now or later.

# Must name: danger to life, a child at risk, a legal order, the platform, the host, copies.
# $platform: discord, matrix or anything else. Buttons: I understand, Read more about this, Help now.
join-limits =
    What we cannot promise:
    We may have to tell someone if a life is in danger or a child is at risk. The same goes if a court orders it.
    { $platform ->
        [discord] Discord and the person who runs this bot can always see what you write.
        [matrix] Your Matrix server and the person who runs this bot can always see what you write.
       *[other] This chat's owner and the person who runs this bot can always see what you write.
    }
    Others here could copy it.

# $words: the group's own words. Buttons: I understand, Help now.
join-limits-full =
    The limits, in full:
    { $words }

# The member's copy hangs on it as a file. Buttons: My rules, Help now.
join-in =
    You are in. You can just read. You never have to post, and nobody will ask why.
    Your copy of the rules is in the file. To see them again, press { button-my-rules }.

# Buttons: My rules, Help now.
join-already = You are in already. To see the rules again, press { button-my-rules }.

join-start-again = I have lost our place, sorry. Please press { button-join } again.
join-read-all = This group asks you to read every page first. Press { button-next-page } to go on.
# $pages: a number.
join-paging =
    { $pages ->
        [one] This group asks you to read all the rules before you join. There is one page.
       *[other] This group asks you to read all the rules before you join. There are { $pages } pages.
    }
join-rules-changed = The rules changed while you were reading. Please press { button-join } and look at the new ones.

## The rules, page by page and whole

# $page, $pages: numbers. $words: the group's own words. Buttons: Page before, Next page, Help now.
join-rules-page =
    Page { $page } of { $pages }

    { $words }

# With the whole document as a file. $version: a number.
join-rules-full = Here are all the rules, in the file. This is version { $version }.

# What the bot keeps. $words: the group's own words. Buttons: Help now.
join-keeps =
    What I keep, for how long, and who can see it:
    { $words }

## A new version

# $until: a point in time. Buttons: Read all the rules, I agree, Help now.
join-new-version =
    Our rules have changed. Please read them and tell me if you agree.
    You can go on as before until { $until }. After that the rooms stay closed to you until you agree. You can do that at any time.

# The grace period is over. Buttons: Join, Read all the rules, Help now.
join-held =
    Our rules have changed, and the rooms are closed to you for now. This is not a punishment. Press { button-join } to read the new rules. It takes about one minute.

# $version: a number.
join-agreed-new = Thank you. You agreed to version { $version }. Nothing else has changed for you.

## My rules

# $version: a number. $at: a point in time. $language: a language's code. With the copy as a file.
my-rules = You agreed to version { $version } at { $at }. Your copy is in the file.
# $newest, $version: numbers.
my-rules-old = You agreed to version { $version }. The newest is version { $newest }. Press { button-join } to read it.
rules-not-acknowledged = You have not agreed to the rules yet. Press { button-join } to start, or { button-read-first } to look.
# Buttons: Yes, Back.
rules-withdraw-ask = If you take back your yes, the rooms close to you at once. You can join again at any time. Do you want that?
rules-withdrawn = Done. You are no longer a member here, and nobody was told. You can come back at any time. { button-help-now } still works.

## For moderators: the document

# $version, $members: numbers. $until: a point in time.
rules-published =
    { $members ->
        [0] Version { $version } of the rules is in force.
        [one] Version { $version } of the rules is in force. I ask one member again. They have until { $until }.
       *[other] Version { $version } of the rules is in force. I ask { $members } members again. They have until { $until }.
    }
rules-unchanged = These are the rules you have already, so nothing has changed.
rules-bad-file = I could not read that file. Please send the rules as plain text, up to 20,000 letters.
# $limit, $length: numbers of characters.
rules-too-long = The rules are too long. They have { $length } letters, and { $limit } is the most.
# $section: the name of a section, as it stands in the document.
rules-section-missing = The rules lack the section "{ $section }". Please add a line that says: # { $section }
rules-section-empty = The section "{ $section }" has no words yet. Please fill it in.
rules-section-twice = The section "{ $section }" is there two times. Please keep one of them.
rules-section-unknown = I do not know the section "{ $section }". Inside a section, start headings with two # marks.
# $limit, $length: numbers of characters.
rules-section-too-long = The section "{ $section }" is too long. It has { $length } letters, and { $limit } is the most.
rules-before-sections = There are words before the first section. The first line should be: # Essentials

## For moderators: what does not work. Said once, in their room.

gate-cannot-hold = I cannot keep newcomers out of the rooms. They can read and write before they join. Please check my rights.
gate-cannot-release = I cannot let new members into the rooms. Please check my rights.
