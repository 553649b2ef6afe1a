"""Full-text search in every script of the members: folding, words, and an index in the database that is there."""
