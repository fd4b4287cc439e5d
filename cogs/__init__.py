"""What the bot does for people, one module a feature."""
