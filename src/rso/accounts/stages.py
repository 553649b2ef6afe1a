"""Whether signing in asks for a second factor of ours: not where a provider that we accept for that has seen one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from rso.accounts.adapter import provider_of

if TYPE_CHECKING:

    class AuthenticateStage:
        """What we use of allauth's class."""

        login: Any

        def _should_handle(self, request: HttpRequest) -> bool: ...

else:
    from allauth.mfa.stages import AuthenticateStage


class SecondFactorStage(AuthenticateStage):
    """allauth's stage, which knows nothing of ``amr`` and ``acr``."""

    def _should_handle(self, request: HttpRequest) -> bool:
        sign_in = (self.login.signal_kwargs or {}).get("sociallogin")
        if sign_in is not None:
            provider = provider_of(sign_in)
            # Only the signed token counts: what the provider says besides could be the person's own words.
            claims = (sign_in.account.extra_data or {}).get("id_token") or {}
            if provider is not None and provider.showed_second_factor(claims):
                record_authentication(request, self.login.user, "mfa", type="provider", provider=provider.id)
                return False
        return super()._should_handle(request)
