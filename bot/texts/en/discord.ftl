# What `status` says on Discord alone: what of a server's own settings touches the promises.

## Channels. $room: a channel. Set-up is what the host runs.

discord-role-gone = A role of the group is gone. The host can mend that: circlekeeper setup discord.
discord-open-newcomers-see = Newcomers can see { $room }. The host can mend that: circlekeeper setup discord.
discord-open-newcomers-write = Newcomers can write in { $room }. The host can mend that: circlekeeper setup discord.
discord-shut-newcomers = Newcomers cannot read { $room }. The host can mend that: circlekeeper setup discord.
discord-open-members-see = All members can see { $room }. The host can mend that: circlekeeper setup discord.
discord-open-members-write = Members can write in { $room }, where only I should. The host can mend that: circlekeeper setup discord.
discord-shut-members = Members cannot use { $room }. The host can mend that: circlekeeper setup discord.
discord-open-moderators-write = Moderators can write in { $room }, where only I should. The host can mend that: circlekeeper setup discord.
discord-shut-moderators = Moderators cannot use { $room }. The host can mend that: circlekeeper setup discord.
discord-open-announcement = { $room } is an announcement channel now: other servers can follow it, and I cannot remove what went there. Switch that off in the channel's settings.
# $count: roles and people.
discord-open-others =
    { $count ->
        [one] One more role or person is let into { $room } by the channel's own rules. If that is not meant, take it out there.
       *[other] { $count } more roles or people are let into { $room } by the channel's own rules. If that is not meant, take them out there.
    }
# $count: bots.
discord-open-bots =
    { $count ->
        [one] One other bot can read { $room }. What it does with it, I cannot know.
       *[other] { $count } other bots can read { $room }. What they do with it, I cannot know.
    }

## AutoMod, which is Discord's own.

# The bot lacks the right to look.
discord-automod-unseen = Discord's AutoMod may work in your rooms too. I cannot look: that takes Manage Server, which I do not ask for. Look in Server Settings, AutoMod.
# $count: rules.
discord-automod =
    { $count ->
        [one] One AutoMod rule works in your rooms too. What it blocks, I never see.
       *[other] { $count } AutoMod rules work in your rooms too. What they block, I never see.
    } AutoMod does not look at posts without a name: I do.
# $room: a channel.
discord-automod-copies = AutoMod copies what members wrote into { $room }. I do not remove those copies.
# $count: a number.
discord-words-wait =
    { $count ->
        [one] One private message waits behind "Messages for me", since its reader did not let me write to them. It goes unread after 72 hours.
       *[other] { $count } private messages wait behind "Messages for me", since their readers did not let me write to them. Each goes unread after 72 hours.
    }
