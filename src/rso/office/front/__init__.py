"""The RSO's front door: the public pages, drawn from the records of the floors below."""
