"""What the provider's people know; read by both sides."""

from __future__ import annotations

PASSWORD = "a sentence of the provider 71"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
