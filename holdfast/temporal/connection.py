"""How every process and every merchant service connects to Temporal."""

import os
import re
from dataclasses import replace
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime

from holdfast.temporal.codec import CODEC_KEYS, codec_from

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}")
_FILES = (
    "TEMPORAL_CONFIG_FILE",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_KEY_PATH",
)
_SWITCHES = ("TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION")


class TemporalSettingsError(ValueError):
    """One of Temporal's own variables, or its profile file, cannot be used; the text names the variable."""


async def connect(
    codec_keys: str | None = None, runtime: Runtime | None = None, *, lazy: bool = False
) -> Client:
    """Connect as Temporal's variables and profile files say (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, ...).

    `codec_keys`, where not given, is what `HOLDFAST_CODEC_KEYS` says: who forgot it would store orders in
    clear beside encrypted ones. With `lazy`, the connection is made by the first call. Raises KeyringError,
    TemporalSettingsError, and RuntimeError when Temporal cannot be reached.
    """
    converter = data_converter(codec_keys or os.environ.get(CODEC_KEYS))
    return await Client.connect(**connect_config(), data_converter=converter, runtime=runtime, lazy=lazy)


def data_converter(codec_keys: str | None = None) -> DataConverter:
    """JSON of pydantic models; with keys also encrypted, messages and stack traces of failures included."""
    converter = replace(pydantic_data_converter, payload_codec=codec_from(codec_keys))
    if not codec_keys:
        return converter
    return replace(converter, failure_converter_class=DefaultFailureConverterWithEncodedAttributes)


def connect_config() -> ClientConnectConfig:
    """What Temporal's variables and profile files say, checked. Raises TemporalSettingsError."""
    _check_environment()
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, TypeError, OSError):
        # the original message can quote a line of the profile file, which may hold an API key
        raise TemporalSettingsError(_what_cannot_be_loaded()) from None
    config["target_host"] = config.get("target_host") or "localhost:7233"
    config["namespace"] = config.get("namespace") or "default"
    if not _ADDRESS.fullmatch(config["target_host"]):
        raise TemporalSettingsError("TEMPORAL_ADDRESS must be host:port")
    return config


def _check_environment() -> None:
    """Refuse what `temporalio.envconfig` passes over in silence: a lost file, or TLS that stays off."""
    for variable in _FILES:
        path = os.environ.get(variable)
        if path and not Path(path).is_file():
            raise TemporalSettingsError(f"{variable} names a file that cannot be read")
    for variable in _SWITCHES:
        if os.environ.get(variable, "").lower() not in ("", "true", "false", "1", "0"):
            raise TemporalSettingsError(f"{variable} must be true or false")


def _what_cannot_be_loaded() -> str:
    if os.environ.get("TEMPORAL_PROFILE"):
        return "TEMPORAL_PROFILE names a profile that is not there, or its file is malformed"
    return "TEMPORAL_CONFIG_FILE or another TEMPORAL_ variable is malformed, or the file cannot be read"
