"""Discord: a server of it as a group, behind the core's `Chat`."""
