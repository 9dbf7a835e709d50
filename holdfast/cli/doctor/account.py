"""The merchant accounts: their variables, their keys, and the keys against each other."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from holdfast.antom.account import (
    CallLimits,
    GatewayAccount,
    check_client_id,
    check_limits,
    check_url,
    is_loopback,
)
from holdfast.antom.endpoints import SANDBOX_PREFIX
from holdfast.antom.errors import AccountError, KeyFormatError
from holdfast.antom.keys import load_private_key, load_public_key
from holdfast.cli.doctor.check import Area, Check, ok, problem, skipped, warning
from holdfast.cli.doctor.variables import (
    SET_IT,
    Environment,
    Rule,
    optional,
    required,
    text_of,
    value_of,
    whole_number,
)
from holdfast.settings.accounts_file import AccountsFileError, read_accounts
from holdfast.settings.errors import SettingsError
from holdfast.settings.names import (
    ACCOUNTS,
    CALLS_AT_ONCE,
    CALLS_PER_SECOND,
    CLIENT_ID,
    DEFAULT_ACCOUNT,
    GATEWAY_URL,
    PRIVATE_KEY,
    PUBLIC_KEY,
)

HOSTS = frozenset({f"open-{region}-global.alipay.com" for region in ("sea", "na", "de")})
"""The gateway's hosts (Antom: API overview, regions)."""
_DASHBOARD = "Copy it from the gateway's dashboard."
_GATEWAY_KEY = "Copy the gateway's public key from its dashboard; it is beside your own, and differs from it."
Accounts = dict[str, GatewayAccount]


def account_checks(environment: Environment) -> tuple[list[Check], Accounts]:
    """Returns the checks of every account, and the accounts that can be used."""
    checks = [
        required(Area.ACCOUNT, environment, GATEWAY_URL, _gateway_url, SET_IT),
        required(Area.ACCOUNT, environment, CLIENT_ID, _client_id, _DASHBOARD),
        *_limit_checks(environment),
    ]
    private, private_check = _key(environment, PRIVATE_KEY, _private_key, _DASHBOARD)
    public, public_check = _key(environment, PUBLIC_KEY, _public_keys, _GATEWAY_KEY)
    checks += [private_check, public_check]
    accounts = _default_account(environment, private, public)
    further, further_checks = _further_accounts(environment)
    accounts |= further
    for alias, account in accounts.items():
        checks += relation_checks(alias, account)
    return [*checks, *further_checks], accounts


def relation_checks(alias: str, account: GatewayAccount) -> Iterator[Check]:
    """Yields the checks of an account's values against each other."""
    yield _environment_check(alias, account)
    own = load_private_key(account.merchant_private_key).public_key()
    name = f"keys of {alias}"
    if any(_is_same(own, load_public_key(text)) for text in account.gateway_public_keys):
        finding = f"{PUBLIC_KEY} is your own public key, and must be the gateway's"
        yield problem(Area.ACCOUNT, name, finding, _GATEWAY_KEY)
    else:
        yield ok(Area.ACCOUNT, name, "the gateway's key is not your own")


def _is_same(one: RSAPublicKey, other: RSAPublicKey) -> bool:
    return one.public_numbers() == other.public_numbers()


def _environment_check(alias: str, account: GatewayAccount) -> Check:
    """Checks the prefix of the client id against the host of the gateway."""
    name, host = f"environment of {alias}", urlsplit(account.gateway_url).hostname or ""
    is_sandbox = account.client_id.startswith(SANDBOX_PREFIX)
    if is_loopback(host):
        if is_sandbox:
            return ok(Area.ACCOUNT, name, "a sandbox client id at a simulator on this machine")
        finding = "a production client id, and a gateway on this machine"
        return warning(Area.ACCOUNT, name, finding, f"Use a client id with {SANDBOX_PREFIX} at a simulator.")
    if host not in HOSTS:
        finding = f"{host} is none of the gateway's hosts: {', '.join(sorted(HOSTS))}"
        return warning(Area.ACCOUNT, name, finding, "Compare it with the host of your region.")
    where = "the sandbox: no real money" if is_sandbox else "production: real money"
    return ok(Area.ACCOUNT, name, where)


def _limit_checks(environment: Environment) -> Iterator[Check]:
    yield optional(Area.ACCOUNT, environment, CALLS_AT_ONCE, _at_once, "there is no limit")
    yield optional(Area.ACCOUNT, environment, CALLS_PER_SECOND, _per_second, "there is no limit")


def _at_once(text: str) -> str:
    number = whole_number(CALLS_AT_ONCE, text)
    check_limits(CallLimits(max_concurrent=number))
    return f"{number} calls at once"


def _per_second(text: str) -> str:
    try:
        check_limits(CallLimits(max_per_second=float(text)))
    except ValueError:
        raise SettingsError(CALLS_PER_SECOND, "must be a number above 0") from None
    return f"{text} calls per second"


def _key(environment: Environment, name: str, describe: Rule, advice: str) -> tuple[str | None, Check]:
    """Returns the text of a key and its check; no text where it cannot be used."""
    try:
        text = text_of(environment, name)
    except SettingsError as error:
        return None, problem(Area.ACCOUNT, error.variable, error.rule, "Name the file of the key.")
    if text is None:
        return None, problem(Area.ACCOUNT, name, f"is missing, and so is {name}_FILE", advice)
    try:
        return text, ok(Area.ACCOUNT, name, describe(text))
    except KeyFormatError as error:
        return None, problem(Area.ACCOUNT, name, str(error), advice)


def _private_key(text: str) -> str:
    return f"an RSA key of {load_private_key(text).key_size} bits"


def _public_keys(text: str) -> str:
    keys = [load_public_key(part.strip()) for part in text.split(",")]
    described = " and ".join(f"{key.key_size} bits" for key in keys)
    return f"{'an RSA key' if len(keys) == 1 else f'{len(keys)} RSA keys'} of {described}"


def _gateway_url(url: str) -> str:
    check_url(url)
    return url


def _client_id(client_id: str) -> str:
    check_client_id(client_id)
    return client_id


def _default_account(environment: Environment, private: str | None, public: str | None) -> Accounts:
    """Returns the account of the ANTOM_ variables, or nothing where one of them cannot be used."""
    url, client_id = value_of(environment, GATEWAY_URL), value_of(environment, CLIENT_ID)
    if None in (url, client_id, private, public):
        return {}
    keys = tuple(part.strip() for part in str(public).split(","))
    try:
        return {DEFAULT_ACCOUNT: GatewayAccount(str(url), str(client_id), str(private), keys)}
    except AccountError:
        return {}


def _further_accounts(environment: Environment) -> tuple[Accounts, list[Check]]:
    file = value_of(environment, ACCOUNTS)
    if file is None:
        return {}, [skipped(Area.ACCOUNT, ACCOUNTS, f"not set: there is one account, {DEFAULT_ACCOUNT}")]
    try:
        accounts = read_accounts(Path(file), reserved=DEFAULT_ACCOUNT)
    except AccountsFileError as error:
        advice = 'See "merchant accounts" in the operations pages.'
        return {}, [problem(Area.ACCOUNT, ACCOUNTS, each, advice) for each in error.problems]
    return accounts, [ok(Area.ACCOUNT, ACCOUNTS, f"further accounts: {', '.join(accounts) or 'none'}")]
