"""The ground: clock, ids, typed errors, reading the environment. Pure: no Django, no network, no database."""
