"""Codes of countries: the three letters of ISO 3166-1, brought to one form before they are ever compared.

A country that is barred to a protected person is compared by its code, so a mistyped or withdrawn code would
bar nothing. Therefore every code of an origin, and of every state in the directory, goes through
:func:`country`: it is known, or it is refused. The letters X.. are ISO's user-assigned range; the invented
states of the demonstration use it.

Travel documents write some codes otherwise (ICAO Doc 9303 part 3, section 5): :data:`DOCUMENT_CODES` maps
these.
"""

from __future__ import annotations

import re
from typing import Final

from rso.wire.errors import MalformedError

_ASSIGNED = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO
TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
"""

ISO_3166_1: Final = frozenset(_ASSIGNED.split())
"""The codes of ISO 3166-1 alpha-3 that are officially assigned."""

_OTHERS = "XXA XXB XXC XXX XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO"

NOT_A_COUNTRY: Final = frozenset(_OTHERS.split())
"""Document codes in the X range that name a status (stateless, refugee, unspecified) or an organisation."""

DOCUMENT_CODES: Final = {
    "D": "DEU",
    "GBD": "GBR",
    "GBN": "GBR",
    "GBO": "GBR",
    "GBP": "GBR",
    "GBS": "GBR",
    "RKS": "XKX",
}
"""What travel documents write where ISO 3166-1 has another code."""


class UnknownCountryError(MalformedError):
    """A code that stands for no country; comparing it would protect nobody."""

    def __init__(self) -> None:
        super().__init__(
            "this is not the code of a country: use the three letters of ISO 3166-1; for a person without a "
            "nationality, say so in the answers to the protection questions",
            "unknown-country",
        )


_USER_ASSIGNED = re.compile(r"X[A-Z]{2}", re.ASCII)


def country(code: object) -> str:
    """The one code that stands for this country; raises ``UnknownCountryError`` for everything else.

    Letters must be capitals already: a code that was read from a form is folded by the form, not here.
    """
    if not isinstance(code, str):
        raise UnknownCountryError
    code = DOCUMENT_CODES.get(code, code)
    if code in ISO_3166_1:
        return code
    if code not in NOT_A_COUNTRY and _USER_ASSIGNED.fullmatch(code):
        return code
    raise UnknownCountryError
