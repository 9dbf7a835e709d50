"""The Temporal server of a client, as errors name it, and what to check where it cannot be used."""

from typing import NamedTuple

from temporalio.client import Client

from holdfast.errors import TemporalUnavailable, UnavailableReason

_CAUSES = (
    ("ConnectionRefused", "the connection was refused"),
    ("dns error", "the host name is unknown"),
    ("InvalidContentType", "the TLS handshake failed"),
    ("certificate", "the TLS certificate is not accepted"),
    ("Unauthenticated", "the API key or certificate is not accepted"),
    ("PermissionDenied", "the API key or certificate is not accepted"),
)
"""Parts of the messages of Temporal's client, and what they mean to a person."""


class Server(NamedTuple):
    """Address and namespace of a Temporal server, and whether a client uses TLS and an API key."""

    address: str
    namespace: str
    has_tls: bool = False
    has_api_key: bool = False

    def unreachable(self, error: BaseException) -> TemporalUnavailable:
        """Returns the error of a connection that fails. The message repeats no part of a key."""
        cause = next((words for part, words in _CAUSES if part in str(error)), "no connection")
        return self._unavailable(
            f"cannot be reached: {cause}; {self._checks}", UnavailableReason.TEMPORAL_UNREACHABLE
        )

    def silent(self, seconds: float) -> TemporalUnavailable:
        """Returns the error of a server that has not answered in time."""
        reason = UnavailableReason.TEMPORAL_UNREACHABLE
        return self._unavailable(f"has not answered within {seconds:g} s; {self._checks}", reason)

    def refusing(self, status: str) -> TemporalUnavailable:
        """Returns the error of a server that refuses the client."""
        return self._unavailable(
            f"refuses this client ({status}); check TEMPORAL_API_KEY or the client certificate of "
            "TEMPORAL_TLS_*, and their permission for the namespace",
            UnavailableReason.TEMPORAL_REFUSED,
        )

    def without_namespace(self) -> TemporalUnavailable:
        """Returns the error of a server that does not have the namespace."""
        return self._unavailable(
            "has no such namespace; check TEMPORAL_NAMESPACE, or create the namespace",
            UnavailableReason.TEMPORAL_REFUSED,
        )

    @property
    def _checks(self) -> str:
        tls = "is on because TEMPORAL_API_KEY is set" if self.has_api_key else "is on"
        return (
            "check TEMPORAL_ADDRESS, whether the server runs there, and TEMPORAL_TLS_* "
            f"(TLS {tls if self.has_tls or self.has_api_key else 'is off'})"
        )

    def _unavailable(self, what: str, reason: UnavailableReason) -> TemporalUnavailable:
        return TemporalUnavailable(
            f"Temporal at {self.address} (namespace {self.namespace}) {what}",
            reason=reason,
            address=self.address,
            namespace=self.namespace,
        )


def is_connect_failure(error: RuntimeError) -> bool:
    """Returns whether a lazy client could not connect, for which Temporal's client has no type."""
    return str(error).startswith("Failed client connect")


def server_of(client: Client) -> Server:
    """Returns the server of a client."""
    config = client.service_client.config
    return Server(config.target_host, client.namespace, bool(config.tls), bool(config.api_key))
