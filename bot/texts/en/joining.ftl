# Joining: the card in the lobby, the essentials, the limits, and the rules later on.
# "Help now" is on every card here, with the same name.

## The card in the lobby. Everyone who comes reads it first, some of them at night and in need.

# Buttons: Help now, Join, Read first.
join-start =
    Welcome. This is a peer support group. People here have been through hard times too. We are not doctors.
    Need help right now? Press { button-help-now }. You do not have to join first.
    Want to join? Press { button-join }. It takes about one minute.
    Want to look first? Press { button-read-first }.
    Everybody here can read what is written in this room.

button-read-first = Read first
button-agree = I agree
button-understand = I understand
button-read-rules = Read all the rules
button-read-limits = Read more about this
button-my-rules = My rules
button-next-page = Next page
button-post-anonymously = Post without my name
button-what-can-i-do = What can I do?

## The two steps

# $essentials: the group's own words. Buttons: I agree, Read all the rules, Help now.
join-essentials =
    The rules to start with:
    { $essentials }
    You can read all the rules now or later.

# Must name: danger to life, a child at risk, a legal order, the platform, the host, copies.
# Buttons: I understand, Read more about this, Help now.
join-limits =
    What we cannot promise:
    We may have to tell someone if a life is in danger or a child is at risk. The same goes if a court orders it.
    The company or server behind this chat can always see what you write. So can the person who runs this bot.
    Others here could copy it.

# The member's copy hangs on it as a file. $version: a number.
# Buttons: Post without my name, What can I do?, Help now.
join-in =
    You are in. You can just read. You never have to post, and nobody will ask why.
    Your copy of the rules is in the file. You can ask for it any time with: my rules
    What else you say yes to is up to you. You see it with: my consents

# Buttons: My rules, Help now.
join-already = You are in already, so you can write in the rooms. To see the rules again, press { button-my-rules }.

join-start-again = I have lost our place, sorry. Please press { button-join } again.
join-read-all = This group asks you to read every page first. Press { button-next-page } to go on.

## The rules, page by page and section by section

# $page, $pages: numbers. $text: the group's own words. Buttons: Next page, Help now.
rules-page =
    Page { $page } of { $pages }

    { $text }
rules-no-such-page =
    { $pages ->
        [one] There is one page.
       *[other] There are { $pages } pages.
    }
# $text: the group's own words. Buttons: Help now.
rules-section = { $text }

## A new version

# $due: a point in time. Buttons: Join, Read first, Help now.
join-new-version =
    Our rules have changed. Press { button-join } to read the new ones and agree.
    You can go on as before until { $due }. After that the rooms stay closed to you until you agree. You can do that at any time.

# The grace period is over. Buttons: Join, Read first, Help now.
join-held =
    Our rules have changed, and the rooms are closed to you for now. This is not a punishment. Press { button-join } to read the new rules. It takes about one minute.

## My rules. The copy hangs on each of these as a file.

# $version: a number. $at: a point in time. $hash: the start of the document's hash.
rules-copy = You agreed to version { $version } at { $at }. Your copy is in the file. Its mark is { $hash }.
# $due: until when the old version counts.
rules-copy-new-version = You agreed to version { $version } at { $at }. There is a newer one, in the file. Press { button-join } to agree to it. The old one counts until { $due }.
rules-copy-guest = You have not agreed to the rules yet. They are in the file. Press { button-join } to start.
rules-not-acknowledged = You have not agreed to the rules yet, so there is nothing to take back.
# Buttons: Yes, take it back.
rules-withdraw-sure = If you take back your yes, the rooms close to you at once. You can join again at any time. Do you want that?
button-yes-withdraw = Yes, take it back
rules-withdrawn = Done. You are no longer a member here, and I told nobody. You can come back at any time. { button-help-now } still works.

## For moderators: the document

arg-rules-text = The rules, as text
arg-page = Page
arg-sure = Yes, I am sure
# $version: a number. $due: a point in time.
rules-published = Version { $version } of the rules is in force. I ask everyone again. The version before counts until { $due }.
rules-source = The rules are in the file. Change them, then send the whole text with: rules publish
rules-unchanged = These are the rules you have already, so nothing has changed.
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
