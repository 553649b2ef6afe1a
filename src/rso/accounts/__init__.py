"""People and what they may do: officials, agencies, seats with terms, sign-in, and the one permission table."""
