# Moderators' short notes about a member, who can read them with: my data

# What a note may be about.
note-talked = We talked about a rule
note-agreed = What we agreed on
note-check-back = To ask again how it goes
note-needs = What helps them take part

arg-note-category = What it is about
arg-note = The note, in your own words
arg-note-number = Its number in the list

# $who: a person. $until: a day.
note-added = I keep the note until { $until }. { $who } can read it at any time with: my data
notes = Notes about { $who }. They can read them too.
notes-none = There is no note about { $who }.
# $number: a number. $category: one of the texts above. $text: the note. $until: a day.
note-line = { $number }. { $category }: { $text } (until { $until })
note-removed = The note about { $who } is gone.

note-empty = The note is empty. Please write a few words.
note-quotes = Please leave out what somebody said, and the marks around it. What is said here is not written down.
note-nobody = That person is not in this group, so I keep no note about them.
# $most: a number.
note-full = There are { $most } notes about that person, and that is the most. Take one away first.
note-unknown = I cannot find that note. Numbers change, so look at the list first. Type: note list
