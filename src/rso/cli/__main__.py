from __future__ import annotations

from rso.cli.main import main

main()
