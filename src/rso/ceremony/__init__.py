"""The ceremony: how the holders of the root keys found the directory and bring out its next versions, offline.

One holder makes a root key (:mod:`~rso.ceremony.roots`); the public parts become the anchor that everybody pins;
a readable file (:mod:`~rso.ceremony.entries`) becomes a draft; each holder reads it (:mod:`~rso.ceremony.telling`)
and signs, and the signatures are joined (:mod:`~rso.ceremony.signing`). Pure: the command line and the
demonstration stand on the same functions. Why so: ADR 0017.
"""
