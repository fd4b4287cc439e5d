# Moderators' short notes about a member, who can read them with: my data

note-talked = We talked about a rule
note-agreed = What we agreed on
note-check-back = To ask again how it goes
note-needs = What helps them take part
