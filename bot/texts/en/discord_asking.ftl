# What is said on Discord alone, where people ask: menus, forms, the post with the buttons, and
# words for one person.

## The menu of a message. At most 32 characters.

discord-menu-let-go = Take mine back now
discord-menu-let-go-in = Let this go in...
discord-menu-anon-hide = Hide this anonymous post
discord-menu-anon-silence = Silence its writer
discord-menu-anon-care = Help its writer

## Forms

# Below the name of a value that is a time. At most 100 characters.
discord-ask-duration = Write it like 2 hours or 7 days.
# One button follows: discord-button-form.
discord-form-later = I need a little more from you. Press { discord-button-form }.
discord-button-form = Open the form

## The post in the write room. Buttons: button-post-anonymously, discord-button-messages, Help now.

discord-write-here = Press { button-post-anonymously } to write without your name. You see it before it goes. Press { discord-button-messages } to read what I have for you alone. Only you see what opens. Press { button-help-now } for people to call.
discord-button-messages = Messages for me

## Words for one person

# $count: how many messages follow, which only the reader sees.
discord-messages =
    { $count ->
        [one] I have one message for you. Only you see it. I do not keep it, so read it now.
       *[other] I have { $count } messages for you. Only you see them. I do not keep them, so read them now.
    }
discord-no-messages = I have nothing for you right now. What I have to tell you alone waits here for 3 days.
button-may-write = Let the bot write to me
discord-button-stop = Stop writing to me
# Buttons: discord-button-stop.
discord-may-write = From now on I write to you in a chat of our own. Your phone may show that I wrote. To change that, press { discord-button-stop }.
discord-may-not-write = I do not write to you by myself any more. What I have to tell you alone waits for 3 days. Press { discord-button-messages } to read it.
