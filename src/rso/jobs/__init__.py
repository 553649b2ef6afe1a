"""Background work: one worker on django-tasks, with lease, reaper, retries and schedule (ADR 0012).

A job is only a kick: it takes ids, fetches, and calls an action that looks at the stored state and does what
is due. So a lost job costs a delay, and one that runs twice finds nothing left to do.
"""
