"""The three deployments: their settings, their URLs, their wiring. Nothing here decides anything about the work."""
