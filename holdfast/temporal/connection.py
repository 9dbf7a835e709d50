"""The connection of every process and every merchant service to Temporal."""

import atexit
import os
import re
from dataclasses import replace
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime

from holdfast.temporal.codec import CODEC_KEYS, codec_from
from holdfast.temporal.interpreter_exit import wait_for_native_threads
from holdfast.temporal.json_payloads import PayloadConverter

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}")
_FILES = (
    "TEMPORAL_CONFIG_FILE",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_KEY_PATH",
)
_BOOLEANS = ("TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION")

atexit.register(wait_for_native_threads)


class TemporalSettingsError(ValueError):
    """A variable of Temporal, or its profile file, cannot be used; the message names the variable."""


async def connect(
    codec_keys: str | None = None, runtime: Runtime | None = None, *, lazy: bool = False
) -> Client:
    """Returns a client that is connected as Temporal's variables and profile files specify.

    The variables are Temporal's own (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, ...).

    Args:
        codec_keys: The keys of the payload codec; by default those of `HOLDFAST_CODEC_KEYS`, so that no
            service stores unencrypted orders among encrypted ones by omission.
        runtime: Temporal's runtime; by default the shared one.
        lazy: Whether the first call connects, instead of this function.

    Raises:
        KeyringError: The codec keys are malformed.
        TemporalSettingsError: A variable or a profile file of Temporal cannot be used.
        RuntimeError: Temporal cannot be reached.
    """
    converter = data_converter(codec_keys or os.environ.get(CODEC_KEYS))
    return await Client.connect(**connect_config(), data_converter=converter, runtime=runtime, lazy=lazy)


def data_converter(codec_keys: str | None = None) -> DataConverter:
    """Returns the converter of pydantic models to JSON.

    With keys it also encrypts, including the messages and stack traces of failures.
    """
    converter = DataConverter(payload_converter_class=PayloadConverter, payload_codec=codec_from(codec_keys))
    if not codec_keys:
        return converter
    return replace(converter, failure_converter_class=DefaultFailureConverterWithEncodedAttributes)


def connect_config() -> ClientConnectConfig:
    """Returns the validated configuration of Temporal's variables and profile files.

    Raises:
        TemporalSettingsError: A variable or a profile file cannot be used.
    """
    _check_environment()
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, TypeError, OSError):
        # the original message can quote a line of the profile file, which can contain an API key
        raise TemporalSettingsError(_load_error_message()) from None
    config["target_host"] = config.get("target_host") or "localhost:7233"
    config["namespace"] = config.get("namespace") or "default"
    if not _ADDRESS.fullmatch(config["target_host"]):
        raise TemporalSettingsError("TEMPORAL_ADDRESS must be host:port")
    return config


def _check_environment() -> None:
    """Raises for values that `temporalio.envconfig` ignores: a missing file, or a malformed TLS switch."""
    for variable in _FILES:
        path = os.environ.get(variable)
        if path and not Path(path).is_file():
            raise TemporalSettingsError(f"{variable} names a file that cannot be read")
    for variable in _BOOLEANS:
        if os.environ.get(variable, "").lower() not in ("", "true", "false", "1", "0"):
            raise TemporalSettingsError(f"{variable} must be true or false")


def _load_error_message() -> str:
    if os.environ.get("TEMPORAL_PROFILE"):
        return "TEMPORAL_PROFILE names a profile that does not exist, or its file is malformed"
    return "TEMPORAL_CONFIG_FILE or another TEMPORAL_ variable is malformed, or the file cannot be read"
