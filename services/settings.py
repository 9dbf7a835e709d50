"""The environment of worker and webhook, checked as a whole before anything is served.

Every variable stands in README and in the class below under its own name. Temporal's own variables are
read by `temporalio.envconfig`, not here.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Self, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from holdfast.antom.account import CallLimits, GatewayAccount
from holdfast.card_vault import CardVault, CardVaultError, Keyring, KeyringError, open_vault
from holdfast.card_vault.vault_url import parse_vault_url
from holdfast.temporal.codec import codec_from
from services.accounts.accounts_file import AccountProblem, AccountsFileProblem, account, accounts_from
from services.worker.deployment import Build

DEFAULT_ACCOUNT = "default"
PRIVATE_KEY = "ANTOM_MERCHANT_PRIVATE_KEY"
PUBLIC_KEY = "ANTOM_PUBLIC_KEY"
CARD_VAULT_KEYS = "HOLDFAST_CARD_VAULT_KEYS"

_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/?")
ACCOUNTS = "HOLDFAST_ACCOUNTS"
_BIND = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})")
_BUILD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""Without a dot: Temporal writes `deployment.build`, and lets a worker with another name wait in silence."""
_LONGEST_TOLERANCE = 31 * 86_400
_VARIABLE_OF = {
    "gateway_url": "ANTOM_GATEWAY_URL",
    "client_id": "ANTOM_CLIENT_ID",
    "merchant_private_key": PRIVATE_KEY,
    "gateway_public_key": PUBLIC_KEY,
    "gateway_public_keys": PUBLIC_KEY,
    "calls_at_once": "ANTOM_CALLS_AT_ONCE",
    "calls_per_second": "ANTOM_CALLS_PER_SECOND",
}
_S = TypeVar("_S", bound=BaseSettings)
Secret = Annotated[str, Field(repr=False)]
OptionalSecret = Annotated[str | None, Field(repr=False)]


class SettingsError(Exception):
    """A variable breaks a rule. The one line it prints names the variable and never its value."""

    def __init__(self, variable: str, rule: str) -> None:
        super().__init__(f"{variable} {rule}")
        self.variable = variable
        self.rule = rule


class Settings(BaseSettings):
    """Every variable of the environment, in lower case. Raises SettingsError when one breaks its rule."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    antom_gateway_url: str
    antom_client_id: str
    antom_merchant_private_key: OptionalSecret = None
    antom_merchant_private_key_file: Path | None = None
    """Read whenever the accounts are: a key may be changed without a restart."""
    antom_public_key: OptionalSecret = None
    antom_public_key_file: Path | None = None
    antom_calls_at_once: int | None = None
    antom_calls_per_second: float | None = None
    holdfast_notify_url: str
    holdfast_notify_tolerance: int = 86_400
    """Seconds; the gateway re-sends a notification for 24 hours."""
    holdfast_webhook_bind: str = "127.0.0.1:8080"
    holdfast_card_vault: Secret = "sqlite:///card_vault.db"
    """May hold the password of a server."""
    holdfast_card_vault_keys: OptionalSecret = None
    holdfast_codec_keys: OptionalSecret = None
    holdfast_accounts: Path | None = None
    holdfast_metrics_bind: str | None = None
    holdfast_build_id: str | None = None
    """The commit that the worker runs."""
    holdfast_deployment: str | None = None
    """With it the worker is given only what Temporal routes to its build."""

    @field_validator("holdfast_notify_url")
    @classmethod
    def _is_a_plain_url(cls, url: str) -> str:
        variable, parts = "HOLDFAST_NOTIFY_URL", parts_of(url)
        if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
            raise SettingsError(variable, "must be an https URL")
        if not parts.path.strip("/"):
            raise SettingsError(variable, "needs a path, as in https://pay.example.com/antom/notifications")
        if parts.query or parts.fragment or parts.username:
            raise SettingsError(variable, "must hold no query, fragment or user")
        if not _PLAIN_PATH.fullmatch(parts.path) or {".", ".."} & set(parts.path.split("/")):
            raise SettingsError(variable, "needs a path of letters, digits, / . _ ~ and - alone")
        return url.rstrip("/")

    @field_validator("holdfast_notify_tolerance")
    @classmethod
    def _is_a_span(cls, seconds: int) -> int:
        if not 1 <= seconds <= _LONGEST_TOLERANCE:
            raise SettingsError("HOLDFAST_NOTIFY_TOLERANCE", f"must be 1 to {_LONGEST_TOLERANCE} seconds")
        return seconds

    @model_validator(mode="after")
    def _is_a_build(self) -> Self:
        build_id, deployment = self.holdfast_build_id, self.holdfast_deployment
        if build_id is not None and not _BUILD_ID.fullmatch(build_id):
            raise SettingsError("HOLDFAST_BUILD_ID", "must be 1 to 64 letters, digits, . _ and -")
        if deployment is not None and not _DEPLOYMENT.fullmatch(deployment):
            raise SettingsError("HOLDFAST_DEPLOYMENT", "must be 1 to 64 letters, digits, _ and -")
        if deployment is not None and build_id is None:
            raise SettingsError("HOLDFAST_BUILD_ID", "is missing, and HOLDFAST_DEPLOYMENT needs it")
        return self

    @model_validator(mode="after")
    def _everything_parses(self) -> Self:
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
        """Host and port that the webhook listens on."""
        return host_and_port(self.holdfast_webhook_bind, "HOLDFAST_WEBHOOK_BIND")

    @property
    def metrics_bind(self) -> tuple[str, int] | None:
        """Host and port that serve Prometheus; None while HOLDFAST_METRICS_BIND is not set."""
        bind = self.holdfast_metrics_bind
        return host_and_port(bind, "HOLDFAST_METRICS_BIND") if bind else None

    @property
    def build(self) -> Build | None:
        """Which build this is, and of which deployment; None while HOLDFAST_BUILD_ID is not set."""
        if self.holdfast_build_id is None:
            return None
        return Build(self.holdfast_build_id, self.holdfast_deployment)

    @property
    def notify_path(self) -> str:
        """Path of the notify URL, without a slash at its end."""
        return urlsplit(self.holdfast_notify_url).path

    def accounts(self) -> Mapping[str, GatewayAccount]:
        """Every merchant account by its alias, as the files say now; "default" is the one of the ANTOM_
        variables. Raises SettingsError.
        """
        default = {DEFAULT_ACCOUNT: self._default_account()}
        if self.holdfast_accounts is None:
            return default
        try:
            return default | accounts_from(self.holdfast_accounts, reserved=DEFAULT_ACCOUNT)
        except AccountsFileProblem as problem:
            raise SettingsError(ACCOUNTS, str(problem)) from None

    def vault(self) -> CardVault | None:
        """The card vault, or None while HOLDFAST_CARD_VAULT_KEYS is not set."""
        try:
            parse_vault_url(self.holdfast_card_vault)
            if not self.holdfast_card_vault_keys:
                return None
            sealing = Keyring.parse(self.holdfast_card_vault_keys, CARD_VAULT_KEYS)
            return open_vault(self.holdfast_card_vault, sealing)
        except KeyringError as error:
            raise SettingsError(error.variable, error.rule) from None
        except CardVaultError as error:
            raise SettingsError("HOLDFAST_CARD_VAULT", str(error)) from None

    def _default_account(self) -> GatewayAccount:
        private_key = _key(PRIVATE_KEY, self.antom_merchant_private_key, self.antom_merchant_private_key_file)
        public_keys = _key(PUBLIC_KEY, self.antom_public_key, self.antom_public_key_file)
        limits = CallLimits(self.antom_calls_at_once, self.antom_calls_per_second)
        try:
            return account(self.antom_gateway_url, self.antom_client_id, private_key, public_keys, limits)
        except AccountProblem as problem:
            raise SettingsError(_VARIABLE_OF[problem.field], problem.rule) from None


def load_settings() -> Settings:
    """Read and check the whole environment. Raises SettingsError."""
    return checked(Settings)


def checked(read: Callable[[], _S]) -> _S:
    """What `read` makes of the environment. Raises SettingsError."""
    try:
        return read()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise SettingsError(str(first["loc"][0]).upper(), _rule(first["type"])) from None


def settings_or_exit(process: str, read: Callable[[], _S]) -> _S:
    """The settings, or one line on stderr and exit status 2."""
    try:
        return checked(read)
    except SettingsError as error:
        sys.exit(refusal(process, error))


def refusal(process: str, error: Exception) -> int:
    """Say in one line what keeps a process from starting; returns its exit status."""
    sys.stderr.write(f"{process}: {error}\n")
    return 2


def _rule(pydantic_type: str) -> str:
    if pydantic_type == "missing":
        return "is missing"
    if pydantic_type.startswith("float"):
        return "must be a number"
    return "must be a whole number" if pydantic_type.startswith("int") else "is malformed"


def parts_of(url: str) -> SplitResult | None:
    """The parts of a URL, or None where it is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def host_and_port(bind: str, variable: str) -> tuple[str, int]:
    """Where to listen. Raises SettingsError that names `variable`."""
    match = _BIND.fullmatch(bind)
    if match is None or int(match["port"]) > 65_535:
        raise SettingsError(variable, "must be host:port")
    return match["host"].strip("[]"), int(match["port"])


def _key(variable: str, given: str | None, file: Path | None) -> str:
    text = text_of(variable, given, file)
    if text is None:
        raise SettingsError(variable, "is missing")
    return text


def text_of(variable: str, given: str | None, file: Path | None) -> str | None:
    """What a variable holds, or else the file that its `_FILE` names now, without space around it.

    None without either. Raises SettingsError that names one of the two.
    """
    if given and file:
        raise SettingsError(variable, f"and {variable}_FILE are both set: give one of them")
    try:
        return file.read_text().strip() if file else given
    except (OSError, ValueError):
        raise SettingsError(f"{variable}_FILE", "names a file that cannot be read") from None
