"""An offer as a browser sends it."""

from __future__ import annotations

PATH = "/work-with-us/fund/"
OFFER = {
    "organisation_name": "Zeppelin Fund (synthetic)",
    "organisation_kind": "ngo",
    "contact_name": "Lea Mond (synthetic)",
    "email": "lea@synthetic.invalid",
    "message": "We offer airships. " * 100,
    "purpose": "Translations",
    "amount": "AUD 20,000",
}
