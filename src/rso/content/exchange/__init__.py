"""Files that leave for a translator's own program and come back: gettext PO and XLIFF 2.1. No database here."""
