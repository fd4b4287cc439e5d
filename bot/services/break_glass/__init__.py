"""Break-glass: two key-holders together look who wrote a post, recorded, and told to the author."""
