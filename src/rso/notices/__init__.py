"""Telling people: notices in the site, and mail through an outbox that is written with the change it tells of."""
