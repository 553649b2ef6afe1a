"""The kit of the JSON interfaces: one way in, one form of error, the page's own form as the only validation."""
