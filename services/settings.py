"""The environment variables of worker and webhook, validated as a whole before a process serves anything.

The README documents every variable under the name that it has in the class below, in upper case. Temporal's
own variables are read by `temporalio.envconfig`.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from holdfast.antom.accepted_answers import DEFAULT_SKEW, MAX_SKEW
from holdfast.antom.account import CallLimits, GatewayAccount
from holdfast.card_vault import CardVault, CardVaultError, Keyring, KeyringError, open_vault
from holdfast.card_vault.vault_url import parse_vault_url
from holdfast.settings import rules
from holdfast.settings.accounts_file import AccountFieldError, AccountsFileError, build_account, read_accounts
from holdfast.settings.error import SettingsError as SettingsError
from holdfast.settings.rules import host_and_port as host_and_port
from holdfast.settings.rules import split_url as split_url
from holdfast.settings.rules import variable_or_file as variable_or_file
from holdfast.temporal.codec import codec_from
from services.worker.deployment import Build

DEFAULT_ACCOUNT = "default"
PRIVATE_KEY = "ANTOM_MERCHANT_PRIVATE_KEY"
PUBLIC_KEY = "ANTOM_PUBLIC_KEY"
CARD_VAULT_KEYS = "HOLDFAST_CARD_VAULT_KEYS"

ACCOUNTS = "HOLDFAST_ACCOUNTS"
_VARIABLE_OF = {
    "gateway_url": "ANTOM_GATEWAY_URL",
    "client_id": "ANTOM_CLIENT_ID",
    "merchant_private_key": PRIVATE_KEY,
    "gateway_public_key": PUBLIC_KEY,
    "gateway_public_keys": PUBLIC_KEY,
    "calls_at_once": "ANTOM_CALLS_AT_ONCE",
    "calls_per_second": "ANTOM_CALLS_PER_SECOND",
}
_SettingsT = TypeVar("_SettingsT", bound=BaseSettings)
Secret = Annotated[str, Field(repr=False)]
OptionalSecret = Annotated[str | None, Field(repr=False)]


class Settings(BaseSettings):
    """Every variable of the environment, in lower case.

    Raises:
        SettingsError: A variable breaks its rule.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    antom_gateway_url: str
    antom_client_id: str
    antom_merchant_private_key: OptionalSecret = None
    antom_merchant_private_key_file: Path | None = None
    """The file is read again with the accounts, so that a key can be changed without a restart."""
    antom_public_key: OptionalSecret = None
    antom_public_key_file: Path | None = None
    antom_calls_at_once: int | None = None
    antom_calls_per_second: float | None = None
    antom_answer_skew: int = int(DEFAULT_SKEW.total_seconds())
    """By how many seconds the time of an answer may be before its request or after now."""
    holdfast_notify_url: str
    holdfast_notify_tolerance: int = 86_400
    """The tolerance in seconds; the gateway sends a notification again for 24 hours."""
    holdfast_webhook_bind: str = "127.0.0.1:8080"
    holdfast_card_vault: Secret = "sqlite:///card_vault.db"
    """The URL of the card vault, which may contain the password of its server."""
    holdfast_card_vault_keys: OptionalSecret = None
    holdfast_codec_keys: OptionalSecret = None
    holdfast_accounts: Path | None = None
    holdfast_metrics_bind: str | None = None
    holdfast_build_id: str | None = None
    """The commit that the worker runs."""
    holdfast_deployment: str | None = None
    """The deployment of the worker, which then receives only the tasks that Temporal routes to its build."""

    @field_validator("holdfast_notify_url")
    @classmethod
    def _check_notify_url(cls, url: str) -> str:
        return rules.notify_url(url)

    @field_validator("holdfast_notify_tolerance")
    @classmethod
    def _check_tolerance(cls, seconds: int) -> int:
        return rules.seconds(rules.NOTIFY_TOLERANCE, seconds, rules.MAX_TOLERANCE)

    @field_validator("antom_answer_skew")
    @classmethod
    def _check_skew(cls, seconds: int) -> int:
        return rules.seconds("ANTOM_ANSWER_SKEW", seconds, int(MAX_SKEW.total_seconds()))

    @model_validator(mode="after")
    def _check_build(self) -> Self:
        rules.build(self.holdfast_build_id, self.holdfast_deployment)
        return self

    @model_validator(mode="after")
    def _check_addresses_keys_and_accounts(self) -> Self:
        host_and_port(self.holdfast_webhook_bind, "HOLDFAST_WEBHOOK_BIND")
        if self.holdfast_metrics_bind:
            host_and_port(self.holdfast_metrics_bind, "HOLDFAST_METRICS_BIND")
        try:
            codec_from(self.holdfast_codec_keys)
        except KeyringError as error:
            raise SettingsError(error.variable, error.rule) from None
        self.vault()
        self.accounts()
        return self

    @property
    def webhook_bind(self) -> tuple[str, int]:
        """The host and port on which the webhook listens."""
        return host_and_port(self.holdfast_webhook_bind, "HOLDFAST_WEBHOOK_BIND")

    @property
    def metrics_bind(self) -> tuple[str, int] | None:
        """The host and port that serve Prometheus metrics, or None without HOLDFAST_METRICS_BIND."""
        bind = self.holdfast_metrics_bind
        return host_and_port(bind, "HOLDFAST_METRICS_BIND") if bind else None

    @property
    def build(self) -> Build | None:
        """The build and its deployment, or None without HOLDFAST_BUILD_ID."""
        if self.holdfast_build_id is None:
            return None
        return Build(self.holdfast_build_id, self.holdfast_deployment)

    @property
    def answer_skew(self) -> timedelta:
        """How far the gateway's clock may be from this machine's clock."""
        return timedelta(seconds=self.antom_answer_skew)

    @property
    def notify_path(self) -> str:
        """The path of the notify URL, without a slash at its end."""
        return urlsplit(self.holdfast_notify_url).path

    def accounts(self) -> Mapping[str, GatewayAccount]:
        """Reads every merchant account, by alias. The ANTOM_ variables define the account "default".

        Raises:
            SettingsError: A variable, or a file that it names, breaks a rule now.
        """
        default = {DEFAULT_ACCOUNT: self._default_account()}
        if self.holdfast_accounts is None:
            return default
        try:
            return default | read_accounts(self.holdfast_accounts, reserved=DEFAULT_ACCOUNT)
        except AccountsFileError as problem:
            raise SettingsError(ACCOUNTS, str(problem)) from None

    def vault(self) -> CardVault | None:
        """Opens the card vault. Returns None without HOLDFAST_CARD_VAULT_KEYS.

        Raises:
            SettingsError: HOLDFAST_CARD_VAULT or its keys break a rule.
        """
        try:
            parse_vault_url(self.holdfast_card_vault)
            if not self.holdfast_card_vault_keys:
                return None
            keyring = Keyring.parse(self.holdfast_card_vault_keys, CARD_VAULT_KEYS)
            return open_vault(self.holdfast_card_vault, keyring)
        except KeyringError as error:
            raise SettingsError(error.variable, error.rule) from None
        except CardVaultError as error:
            raise SettingsError("HOLDFAST_CARD_VAULT", str(error)) from None

    def _default_account(self) -> GatewayAccount:
        private_key = _required(
            PRIVATE_KEY, self.antom_merchant_private_key, self.antom_merchant_private_key_file
        )
        public_keys = _required(PUBLIC_KEY, self.antom_public_key, self.antom_public_key_file)
        limits = CallLimits(self.antom_calls_at_once, self.antom_calls_per_second)
        try:
            return build_account(
                self.antom_gateway_url, self.antom_client_id, private_key, public_keys, limits
            )
        except AccountFieldError as problem:
            raise SettingsError(_VARIABLE_OF[problem.field], problem.rule) from None


def load_settings() -> Settings:
    """Reads and validates the whole environment. Raises SettingsError."""
    return validated(Settings)


def validated(read: Callable[[], _SettingsT]) -> _SettingsT:
    """Calls `read`, and raises a SettingsError in place of pydantic's error."""
    try:
        return read()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise SettingsError(str(first["loc"][0]).upper(), _rule(first["type"])) from None


def settings_or_exit(process: str, read: Callable[[], _SettingsT]) -> _SettingsT:
    """Returns the settings, or ends the process with status 2 and one line on stderr."""
    try:
        return validated(read)
    except SettingsError as error:
        sys.exit(startup_error(process, error))


def startup_error(process: str, error: Exception) -> int:
    """Writes one line to stderr that says why a process cannot start. Returns the exit status 2."""
    sys.stderr.write(f"{process}: {error}\n")
    return 2


def _rule(pydantic_type: str) -> str:
    if pydantic_type == "missing":
        return "is missing"
    if pydantic_type.startswith("float"):
        return "must be a number"
    return "must be a whole number" if pydantic_type.startswith("int") else "is malformed"


def _required(variable: str, given: str | None, file: Path | None) -> str:
    text = variable_or_file(variable, given, file)
    if text is None:
        raise SettingsError(variable, "is missing")
    return text
