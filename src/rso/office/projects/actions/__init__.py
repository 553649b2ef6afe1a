"""Changes of proposals: what the proposing member does, and what the Co-Managers and the Steering Group do."""
