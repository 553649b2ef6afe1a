"""The changes of both sides: ask and request, answer, examine and disclose, destroy."""
