"""Certificates for loopback servers."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.antom.gateway import private_pem, rsa_key


def self_signed_context(directory: Path, host: str = "127.0.0.1") -> ssl.SSLContext:
    """Returns the TLS context of a new self-signed certificate, stored with its key in `server.pem`."""
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, rsa_key("tls").public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(rsa_key("tls"), SHA256())
    )
    chain = directory / "server.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM) + private_pem("tls").encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context
