"""Focal points of the members: whom to reach, by what way, at what hours; kept by the members themselves."""
