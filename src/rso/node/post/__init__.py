"""A node's post: outbox, inbox, conversations, the directory, weekly keys, arrangements."""
