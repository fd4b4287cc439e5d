# What is looked for beside keywords. A kind in words stands within a sentence: "a phone number".

leak-kind-keyword = a word you asked me to watch for
leak-kind-guard-word = something that a member asked me to guard
leak-kind-phone = a phone number
leak-kind-email = an e-mail address
leak-kind-url = a link
leak-kind-invite = an invitation to another place
leak-kind-ip = the address of a computer
leak-kind-credit-card = a card number
leak-kind-iban = an account number
leak-kind-national-id = an identity number
leak-kind-address = a street address
leak-kind-handle = a name on another network
leak-kind-room-link = a link to one of our rooms
leak-kind-outside = talk of taking something out of the group
leak-kind-quote = words that someone else wrote in another room
leak-kind-crisis = words of someone who may be in danger

## The list. A line for each kind follows.

watch = What I look for, by its name. You change one with: watch set. I can miss things, and I can be wrong.
# $name: the kind as it is typed. $kind: the same in words.
watch-line-off = { $name }: off. I do not look for { $kind }.
watch-line-alert = { $name }: alert. When I see { $kind }, moderators get a card.
watch-line-nudge = { $name }: nudge. When I see { $kind }, moderators get a card. I also ask the author in private to take it back.
# $choices: codes of countries, with commas.
watch-countries = I know the identity numbers and phone numbers of: { $choices }.
watch-countries-none = No country is chosen, so I know identity numbers only by the words around them. You choose with: watch countries
watch-cannot-ask = I cannot write to people in private here, so no author is asked.

arg-watch-kind = What to look for
arg-watch-what = What to do (off, alert or nudge)
arg-watch-countries = Codes of countries, two letters each

watch-not-for-keyword = Watched words are always looked for. To stop that, remove them. To see them, type: keyword list
watch-not-for-crisis = Whoever joins is told that I look for this, so it cannot be switched off. Its author hears from me first as it is, so there is no nudge.
# To the moderators of a group that had switched it off, once, after an update.
watch-crisis-on-again = I look for words of danger to a life in every group now, since whoever joins is told so. You had switched it off, and it is on again. The author hears from me first. You get a card only where it is severe.
# $choices: codes of countries, with commas.
watch-country-unknown = I do not know all of these. The codes I know: { $choices }.
