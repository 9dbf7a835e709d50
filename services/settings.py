"""The environment variables of worker and webhook, validated as a whole before a process serves anything.

The README documents every variable under the name that it has in the class below, in upper case. Temporal's
own variables are read by `temporalio.envconfig`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from holdfast.antom.accepted_answers import DEFAULT_SKEW, MAX_SKEW
from holdfast.antom.account import CallLimits, GatewayAccount
from holdfast.card_vault import CardVault, CardVaultError, Keyring, KeyringError, open_vault
from holdfast.card_vault.vault_url import parse_vault_url
from holdfast.errors import TemporalSettingsError
from holdfast.settings import names, rules
from holdfast.settings.accounts_file import (
    AccountFieldError,
    AccountFieldErrors,
    AccountsFileError,
    build_account,
    read_accounts,
    value_problems,
)
from holdfast.settings.errors import SettingsError, check_all, raise_all, together
from holdfast.settings.values import host_and_port, required_text
from holdfast.temporal.codec import codec_from
from holdfast.temporal.connection import connect_config
from services.settings_reading import ProcessSettings
from services.worker.deployment import Build

_VARIABLE_OF = {
    "gateway_url": names.GATEWAY_URL,
    "client_id": names.CLIENT_ID,
    "merchant_private_key": names.PRIVATE_KEY,
    "gateway_public_key": names.PUBLIC_KEY,
    "gateway_public_keys": names.PUBLIC_KEY,
    "calls_at_once": names.CALLS_AT_ONCE,
    "calls_per_second": names.CALLS_PER_SECOND,
}


Secret = Annotated[str, Field(repr=False)]
OptionalSecret = Annotated[str | None, Field(repr=False)]


class Settings(ProcessSettings):
    """Every variable of the environment, in lower case.

    Raises:
        SettingsError: A variable breaks its rule.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    STAND_INS: ClassVar[Mapping[str, str]] = {
        "antom_gateway_url": "https://gateway.example.com",
        "antom_client_id": "missing",
        "holdfast_notify_url": "https://pay.example.com/antom/notifications",
    }

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
    holdfast_webhook_bind: str = names.DEFAULT_WEBHOOK_BIND
    holdfast_card_vault: Secret = names.DEFAULT_CARD_VAULT
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
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _check_all(self) -> Self:
        check_all(
            lambda: rules.notify_url(self.holdfast_notify_url),
            self._check_seconds,
            lambda: rules.build(self.holdfast_build_id, self.holdfast_deployment),
            lambda: self.webhook_bind,
            lambda: self.metrics_bind,
            self._check_codec_keys,
            self.vault,
            self.accounts,
            check_temporal,
        )
        return self

    def _check_seconds(self) -> None:
        skew, longest_skew = self.antom_answer_skew, int(MAX_SKEW.total_seconds())
        tolerance = self.holdfast_notify_tolerance
        check_all(
            lambda: rules.seconds(names.NOTIFY_TOLERANCE, tolerance, rules.MAX_TOLERANCE),
            lambda: rules.seconds(names.ANSWER_SKEW, skew, longest_skew),
        )

    def _check_codec_keys(self) -> None:
        try:
            codec_from(self.holdfast_codec_keys)
        except KeyringError as error:
            raise SettingsError(error.variable, error.rule) from None

    @property
    def webhook_bind(self) -> tuple[str, int]:
        """The host and port on which the webhook listens."""
        return host_and_port(self.holdfast_webhook_bind, names.WEBHOOK_BIND)

    @property
    def metrics_bind(self) -> tuple[str, int] | None:
        """The host and port that serve Prometheus metrics, or None without HOLDFAST_METRICS_BIND."""
        bind = self.holdfast_metrics_bind
        return host_and_port(bind, names.METRICS_BIND) if bind else None

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
        default: dict[str, GatewayAccount] = {}
        further: dict[str, GatewayAccount] = {}
        check_all(
            lambda: default.update({names.DEFAULT_ACCOUNT: self._default_account()}),
            lambda: further.update(self._further_accounts()),
        )
        return default | further

    def _further_accounts(self) -> Mapping[str, GatewayAccount]:
        if self.holdfast_accounts is None:
            return {}
        try:
            return read_accounts(self.holdfast_accounts, reserved=names.DEFAULT_ACCOUNT)
        except AccountsFileError as error:
            raise together([SettingsError(names.ACCOUNTS, problem) for problem in error.problems]) from None

    def vault(self) -> CardVault | None:
        """Opens the card vault. Returns None without HOLDFAST_CARD_VAULT_KEYS.

        Raises:
            SettingsError: HOLDFAST_CARD_VAULT or its keys break a rule.
        """
        keyrings: list[Keyring] = []
        check_all(self._check_vault_url, lambda: keyrings.extend(self._vault_keys()))
        if not keyrings:
            return None
        try:
            return open_vault(self.holdfast_card_vault, keyrings[0])
        except CardVaultError as error:
            raise SettingsError(names.CARD_VAULT, str(error)) from None

    def _check_vault_url(self) -> None:
        try:
            parse_vault_url(self.holdfast_card_vault)
        except CardVaultError as error:
            raise SettingsError(names.CARD_VAULT, str(error)) from None

    def _vault_keys(self) -> Sequence[Keyring]:
        """Returns the keys of the card vault; empty without HOLDFAST_CARD_VAULT_KEYS."""
        if not self.holdfast_card_vault_keys:
            return ()
        try:
            return (Keyring.parse(self.holdfast_card_vault_keys, names.CARD_VAULT_KEYS),)
        except KeyringError as error:
            raise SettingsError(error.variable, error.rule) from None

    def _default_account(self) -> GatewayAccount:
        texts: dict[str, str] = {}
        limits = CallLimits(self.antom_calls_at_once, self.antom_calls_per_second)

        def read(variable: str, given: str | None, file: Path | None) -> None:
            texts[variable] = required_text(variable, given, file)

        check_all(
            lambda: read(
                names.PRIVATE_KEY, self.antom_merchant_private_key, self.antom_merchant_private_key_file
            ),
            lambda: read(names.PUBLIC_KEY, self.antom_public_key, self.antom_public_key_file),
            lambda: raise_all(
                _account_error(problem)
                for problem in value_problems(
                    self.antom_gateway_url,
                    self.antom_client_id,
                    texts.get(names.PRIVATE_KEY),
                    texts.get(names.PUBLIC_KEY),
                    limits,
                )
            ),
        )
        try:
            return build_account(
                self.antom_gateway_url,
                self.antom_client_id,
                texts[names.PRIVATE_KEY],
                texts[names.PUBLIC_KEY],
                limits,
            )
        except AccountFieldErrors as error:
            raise together([_account_error(problem) for problem in error.problems]) from None


def check_temporal() -> None:
    """Raises SettingsError for wrong variables of Temporal, and for its profile file."""
    try:
        connect_config()
    except TemporalSettingsError as error:
        raise together([SettingsError(*problem) for problem in error.problems]) from None


def _account_error(problem: AccountFieldError) -> SettingsError:
    return SettingsError(_VARIABLE_OF[problem.field], problem.rule)
