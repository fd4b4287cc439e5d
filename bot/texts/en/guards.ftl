# Guard words: a member's own name, street, number or handle, watched for.

arg-guard = Your own name, street, number or handle
arg-guard-forget = The one to forget (leave it empty for all)

# $count: how many the asker has. A line on how to add follows.
guard =
    { $count ->
        [0] I watch for nothing of yours.
        [one] I watch for one thing of yours. I cannot show it to anyone, and not to you.
       *[other] I watch for { $count } things of yours. I cannot show them to anyone, and not to you.
    }
guard-how = To add something, type: guard add. When someone else writes it, moderators get a card. They are not told whose it is.
# $count: how many now. $most: the most.
guard-added = I watch for it now. I kept a mark of it and not the words. You have { $count } of { $most }.
guard-honest = With a copy of my data and my keys together, somebody could try names against the mark. With one of them alone they cannot. I can miss it, and I can be wrong.
guard-forgotten =
    { $count ->
        [one] I have forgotten one.
       *[other] I have forgotten { $count }.
    }

guard-there = I watch for that already.
guard-unknown = I watch for nothing of yours like that. Type it as you typed it before.
# $most: a number.
guard-full = You have { $most }, and that is the most. Forget one first.
guard-group-full = This group has { $most } of these, and that is the most I can watch for.
# $shortest, $longest, $most: numbers.
guard-too-short = That is too short: it would be found everywhere. Use { $shortest } letters or more.
guard-too-long = That is too long. Use at most { $longest } letters.
guard-too-many-words = Please use at most { $most } words: a name, a street, a number.
guard-dictionary-word = That is an ordinary word, so it would be found in what has nothing to do with you. Please add a second word, like a last name.
