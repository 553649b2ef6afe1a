"""Fingerprints: images, minutiae, comparison, search, quality. Pure: no Django, no network, no database."""
