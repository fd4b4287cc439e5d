"""Discord: slash commands, private answers, and a role that opens the rooms."""
