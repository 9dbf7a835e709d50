"""The connection of every process and every merchant service to Temporal."""

import asyncio
import atexit
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from holdfast.card_vault.errors import KeyringError
from holdfast.errors import CodecKeyError, TemporalSettingsError
from holdfast.temporal.codec import CODEC_KEYS, codec_from
from holdfast.temporal.interpreter_exit import wait_for_native_threads
from holdfast.temporal.json_payloads import PayloadConverter
from holdfast.temporal.server import Server

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}")
_FILES = (
    "TEMPORAL_CONFIG_FILE",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_KEY_PATH",
)
_DEFAULT_ADDRESS = "localhost:7233"
_MAY_NOT_ASK = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)
_BOOLEANS = ("TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION")

atexit.register(wait_for_native_threads)


CONNECT_WITHIN = timedelta(seconds=20)
"""How long `connect` waits for Temporal before it raises `TemporalUnavailable`."""


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
        CodecKeyError: The codec keys are malformed.
        TemporalSettingsError: A variable or a profile file of Temporal cannot be used.
        TemporalUnavailable: Temporal cannot be reached within 20 seconds, refuses the API key or the
            certificate, or has no such namespace. A lazy client raises it with its first call.
    """
    try:
        converter = data_converter(codec_keys or os.environ.get(CODEC_KEYS))
    except KeyringError as error:
        raise CodecKeyError(f"{error}: correct it, nothing was sent") from None
    config = connect_config()
    server = _server(config)
    try:
        async with asyncio.timeout(CONNECT_WITHIN.total_seconds()):
            client = await Client.connect(**config, data_converter=converter, runtime=runtime, lazy=lazy)
            if not lazy:
                await _check_namespace(client, server)
    except TimeoutError:
        raise server.silent(CONNECT_WITHIN.total_seconds()) from None
    except (RuntimeError, RPCError) as error:
        raise server.unreachable(error) from error
    return client


async def _check_namespace(client: Client, server: Server) -> None:
    """Raises TemporalUnavailable where the namespace is missing. A client may lack the permission to ask."""
    request = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        await client.workflow_service.describe_namespace(request)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise server.without_namespace() from error
        if error.status is RPCStatusCode.UNAUTHENTICATED:
            raise server.refusing(error.status.name) from error
        if error.status not in _MAY_NOT_ASK:
            raise


def _server(config: ClientConnectConfig) -> Server:
    tls, key = bool(config.get("tls")), bool(config.get("api_key"))
    return Server(config.get("target_host", ""), config.get("namespace", ""), tls, key)


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
    problems = [*_environment_problems()]
    config = ClientConnectConfig()
    if not problems:
        try:
            config = ClientConfig.load_client_connect_config()
        except (RuntimeError, ValueError, TypeError, OSError):
            # the original message can quote a line of the profile file, which can contain an API key
            problems.append(_load_problem())
    config["target_host"] = (
        config.get("target_host") or os.environ.get("TEMPORAL_ADDRESS") or _DEFAULT_ADDRESS
    )
    config["namespace"] = config.get("namespace") or "default"
    if not _ADDRESS.fullmatch(config["target_host"]):
        problems.append(("TEMPORAL_ADDRESS", "must be host:port"))
    if problems:
        raise TemporalSettingsError(problems)
    return config


def _environment_problems() -> Iterator[tuple[str, str]]:
    """Yields values that `temporalio.envconfig` ignores: a missing file, or a malformed TLS switch."""
    for variable in _FILES:
        path = os.environ.get(variable)
        if path and not Path(path).is_file():
            yield variable, "names a file that cannot be read"
    for variable in _BOOLEANS:
        if os.environ.get(variable, "").lower() not in ("", "true", "false", "1", "0"):
            yield variable, "must be true or false"


def _load_problem() -> tuple[str, str]:
    if os.environ.get("TEMPORAL_PROFILE"):
        return "TEMPORAL_PROFILE", "names a profile that does not exist, or its file is malformed"
    return "TEMPORAL_CONFIG_FILE", "or another TEMPORAL_ variable is malformed, or the file cannot be read"
