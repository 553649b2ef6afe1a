"""A member's own prints: subjects, their fingers, and the index that a search runs over."""
