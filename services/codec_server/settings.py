"""The environment variables of the codec server, validated as a whole before it serves anything.

The codec keys and at least one authentication method are required. A server that decrypts payloads
without authentication cannot be configured.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_settings import SettingsConfigDict

from holdfast.antom.account import is_loopback
from holdfast.card_vault import KeyringError
from holdfast.settings.errors import SettingsError, check_all
from holdfast.settings.values import host_and_port, split_url, variable_or_file
from holdfast.temporal.codec import CODEC_KEYS, EncryptionCodec, codec_from
from services.codec_server.proxy import ProxyAuthentication, networks
from services.codec_server.tokens import MalformedTokens, Tokens
from services.settings import OptionalSecret, Secret
from services.settings_reading import ProcessSettings

BIND = "HOLDFAST_CODEC_BIND"
ORIGINS = "HOLDFAST_CODEC_ORIGINS"
TOKENS = "HOLDFAST_CODEC_TOKENS"
PROXY_HEADER = "HOLDFAST_CODEC_PROXY_HEADER"
PROXY_USERS = "HOLDFAST_CODEC_PROXY_USERS"
PROXY_ADDRESSES = "HOLDFAST_CODEC_PROXY_ADDRESSES"
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


class CodecSettings(ProcessSettings):
    """Every variable of the environment, in lower case.

    Raises:
        SettingsError: A variable breaks its rule.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    STAND_INS: ClassVar[Mapping[str, str]] = {"holdfast_codec_keys": f"missing:{'A' * 43}="}

    holdfast_codec_keys: Secret
    holdfast_codec_bind: str = "127.0.0.1:8234"
    holdfast_codec_origins: str | None = None
    holdfast_codec_tokens: OptionalSecret = None
    holdfast_codec_tokens_file: Path | None = None
    holdfast_codec_proxy_header: str | None = None
    holdfast_codec_proxy_users: str | None = None
    holdfast_codec_proxy_addresses: str = "127.0.0.1,::1"

    @model_validator(mode="after")
    def _check_all(self) -> Self:
        check_all(
            self.codec, lambda: self.bind, lambda: self.origins, self.tokens, self.proxy, self._check_users
        )
        return self

    def _check_users(self) -> None:
        """Raises SettingsError where no authentication method is configured, not even a wrong one."""
        tokens = self.holdfast_codec_tokens or self.holdfast_codec_tokens_file
        proxy = self.holdfast_codec_proxy_header or _comma_separated(self.holdfast_codec_proxy_users)
        if not tokens and not proxy:
            raise SettingsError(TOKENS, f"is missing: set it or {PROXY_HEADER}, to name the users")

    @property
    def bind(self) -> tuple[str, int]:
        """The host and port on which the server listens."""
        return host_and_port(self.holdfast_codec_bind, BIND)

    @property
    def origins(self) -> Sequence[str]:
        """The origins of the Temporal UI. Requests of pages from other origins are rejected."""
        return [_origin(text) for text in _comma_separated(self.holdfast_codec_origins)]

    def codec(self) -> EncryptionCodec:
        """Creates the codec with every key. Raises SettingsError."""
        try:
            return codec_from(self.holdfast_codec_keys)
        except KeyringError as error:
            raise SettingsError(CODEC_KEYS, error.rule) from None

    def tokens(self) -> Tokens | None:
        """Reads the bearer tokens. Returns None when none are configured. Raises SettingsError."""
        file = self.holdfast_codec_tokens_file
        text = variable_or_file(TOKENS, self.holdfast_codec_tokens, file)
        try:
            return Tokens.parse(text) if text else None
        except MalformedTokens as error:
            raise SettingsError(f"{TOKENS}_FILE" if file else TOKENS, str(error)) from None

    def proxy(self) -> ProxyAuthentication | None:
        """Reads the trusted proxy. Returns None when none is configured. Raises SettingsError."""
        header = self.holdfast_codec_proxy_header
        users = frozenset(_comma_separated(self.holdfast_codec_proxy_users))
        if not header and not users:
            return None
        if not header or not users:
            raise SettingsError(PROXY_USERS if header else PROXY_HEADER, "is missing: both are needed")
        if not _HEADER.fullmatch(header):
            raise SettingsError(PROXY_HEADER, "must be the name of a header")
        try:
            addresses = networks(self.holdfast_codec_proxy_addresses)
        except ValueError:
            raise SettingsError(PROXY_ADDRESSES, "must be addresses or networks, as in 10.0.0.0/24") from None
        return ProxyAuthentication(header, users, addresses)


def _comma_separated(text: str | None) -> Sequence[str]:
    return [item for part in (text or "").split(",") if (item := part.strip())]


def _origin(text: str) -> str:
    parts = split_url(text)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        raise SettingsError(ORIGINS, "must be origins, as in https://temporal.example.com")
    if text != f"{parts.scheme}://{parts.netloc}".lower() or parts.username is not None:
        raise SettingsError(ORIGINS, "must be origins: scheme, host and port, and nothing else")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError(ORIGINS, "plain http is for loopback hosts alone, use https")
    return text
