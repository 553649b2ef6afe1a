"""Pages of the relay, for the RSO's staff."""
