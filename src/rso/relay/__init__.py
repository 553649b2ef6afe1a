"""The relay: a blind mailbox with an append-only log. It sees headers and sealed bodies, and nothing inside."""
