"""The rules: what is decided, over the store, for every platform alike."""
