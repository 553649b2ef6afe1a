"""The append-only, chained log of what was done, and of which person's record was looked at."""
