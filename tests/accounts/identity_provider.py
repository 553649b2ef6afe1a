"""A real OpenID provider (canaille) with two invented people; runs in an environment of its own, not in ours.

Usage: python identity_provider.py PORT CALLBACK [FACTOR...]. It prints "ready" once it answers.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from canaille import create_app
from canaille.app import models
from identity_provider_said import PASSWORD, SECRET
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


def fill(app: Any, callback: str) -> None:
    for name, address in (("mira", "mira@avaria.example"), ("stranger", "stranger@avaria.example"),
                          ("other", "kelu@elsewhere.example")):  # fmt: skip
        user = models.User(user_name=name, family_name=name, formatted_name=name, emails=[address], password=PASSWORD)
        user.secret_token, user.last_otp_login = SECRET, datetime.now(tz=UTC)
        app.backend.save(user)
    client = models.Client(
        client_id="rso",
        client_secret="a secret that both know",
        client_name="RSO",
        redirect_uris=[callback],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "email"],
        token_endpoint_auth_method="client_secret_post",
        client_uri="http://rso.localhost",  # a trusted domain there: no page that asks for consent
    )
    app.backend.save(client)
    client.audience = [client]  # known once it is saved
    app.backend.save(client)


def main() -> None:
    port, callback, factors = int(sys.argv[1]), sys.argv[2], sys.argv[3:] or ["password"]
    key = RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)
    config = {
        "SECRET_KEY": "nothing depends on it",
        "SERVER_NAME": f"localhost:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {
            "DATABASE": "memory",
            "ENABLE_REGISTRATION": False,
            "AUTHENTICATION_FACTORS": factors,
            "SMTP": None,
            "LOGGING": {"version": 1, "disable_existing_loggers": True},
        },
        # allauth binds the answer by state and PKCE, and sends no nonce.
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key], "REQUIRE_NONCE": False},
    }
    app = create_app(config=config)
    with app.app_context():
        fill(app, callback)
    server = make_server("localhost", port, app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
