"""Our few signs, drawn on a grid of 24 with a line of 2. A sign always stands beside a word, or carries one."""

from __future__ import annotations

PATHS: dict[str, str] = {
    "alert": "M12 3l9.5 17h-19zM12 9.5v5M12 17.4v.1",
    "arrow": "M5 12h14M13 6l6 6-6 6",
    "back": "M19 12H5M11 6l-6 6 6 6",
    "check": "M4.5 12.5l5 5 10-11",
    "circle": "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "down": "M6 9.5l6 6 6-6",
    "download": "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
    "file": "M6 3h8l4.5 4.5V21H6zM14 3v5h4.5",
    "info": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.5v.1",
    "key": "M8 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 12h9v3.5M17 12v2.5",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "minus": "M5 12h14",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.8-4 3.6-6 7.5-6s6.7 2 7.5 6",
    "plus": "M12 5v14M5 12h14",
    "printer": "M7 8V3.5h10V8M7 17H4V9h16v8h-3M7 14h10v6.5H7z",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5l5 5",
    "shield": "M12 3l7.5 3v5.5c0 4.5-3 7.7-7.5 9.5-4.5-1.8-7.5-5-7.5-9.5V6z",
    "lock": "M6 11h12v9.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "warning": "M12 3l9.5 17h-19zM12 9.5v5M12 17.4v.1",
}

# Signs with a direction turn round with the page.
TURNS = frozenset({"arrow", "back"})

OF_TONE = {"good": "check", "wait": "clock", "bad": "alert", "info": "info", "accent": "circle", "neutral": "circle"}
