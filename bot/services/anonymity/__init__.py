"""Anonymous posting: words, posts that wait, receipts, and moderating without knowing who."""
