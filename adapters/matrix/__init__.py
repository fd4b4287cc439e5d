"""Matrix: encrypted rooms on any homeserver."""
