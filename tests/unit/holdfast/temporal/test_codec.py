"""The payload codec, its keys, and the settings of the connection to Temporal."""

import base64
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from holdfast.card_vault import Keyring, KeyringError
from holdfast.errors import CodecKeyError, TemporalSettingsError
from holdfast.temporal.codec import EncryptionCodec, codec_from
from holdfast.temporal.connection import connect, data_converter

KEY_A = "a:" + base64.b64encode(b"a" * 32).decode()
KEY_B = "b:" + base64.b64encode(b"b" * 32).decode()
WRONG_A = "a:" + base64.b64encode(b"x" * 32).decode()
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"paymentReference": "order-1"}')


def codec(*keys: str) -> EncryptionCodec:
    return codec_from(",".join(keys))


async def test_encrypted_payload_is_unreadable_and_decrypts_to_the_original() -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    assert b"order-1" not in encrypted.SerializeToString()
    assert b"json/plain" not in encrypted.SerializeToString()
    assert encrypted.metadata["encryption-key-id"] == b"a"
    assert await codec(KEY_A).decode([encrypted]) == [PLAIN]


async def test_equal_payloads_have_different_ciphertexts() -> None:
    one, two = await codec(KEY_A).encode([PLAIN, PLAIN])
    assert one.data != two.data


async def test_first_key_encrypts_and_every_key_decrypts() -> None:
    [old] = await codec(KEY_A).encode([PLAIN])
    [new] = await codec(KEY_B, KEY_A).encode([PLAIN])
    assert new.metadata["encryption-key-id"] == b"b"
    assert await codec(KEY_B, KEY_A).decode([old, new]) == [PLAIN, PLAIN]


async def test_unencrypted_payload_is_returned_unchanged() -> None:
    assert await codec(KEY_A).decode([PLAIN]) == [PLAIN]


@pytest.mark.parametrize(
    ("key", "message"), [(KEY_B, "holds no key 'a'"), (WRONG_A, "key 'a' does not decrypt")]
)
async def test_missing_or_wrong_key_is_named(key: str, message: str) -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    with pytest.raises(CodecKeyError, match=message):
        await codec(key).decode([encrypted])


@pytest.mark.parametrize("data", [b"", b"short", b"\x00" * 64])
async def test_changed_ciphertext_raises_codec_key_error(data: bytes) -> None:
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a"}
    with pytest.raises(CodecKeyError):
        await codec(KEY_A).decode([Payload(metadata=metadata, data=data)])


async def test_changed_key_id_raises_codec_key_error() -> None:
    same_key_under_another_id = "c:" + base64.b64encode(b"a" * 32).decode()
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    encrypted.metadata["encryption-key-id"] = b"c"
    with pytest.raises(CodecKeyError):
        await codec(KEY_A, same_key_under_another_id).decode([encrypted])


async def test_codec_without_keys_leaves_payloads_unchanged() -> None:
    for no_keys in (None, ""):
        assert await codec_from(no_keys).encode([PLAIN]) == [PLAIN]
        assert await codec_from(no_keys).decode([PLAIN]) == [PLAIN]


async def test_codec_without_keys_names_the_variable_for_an_encrypted_payload() -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    with pytest.raises(CodecKeyError, match=r"HOLDFAST_CODEC_KEYS is not set.*'a'"):
        await data_converter().decode([encrypted])


async def test_failure_message_without_keys_is_not_encrypted() -> None:
    failure = Failure()
    await data_converter().encode_failure(ApplicationError("declined"), failure)
    assert failure.message == "declined"


async def test_compressible_payload_is_compressed_before_encryption() -> None:
    compressible = Payload(metadata=PLAIN.metadata, data=PLAIN.data * 100)
    [encrypted] = await codec(KEY_A).encode([compressible])
    assert encrypted.ByteSize() < compressible.ByteSize() / 10
    assert await codec(KEY_A).decode([encrypted]) == [compressible]


async def test_incompressible_payload_is_not_compressed() -> None:
    incompressible = Payload(metadata={"encoding": b"binary/plain"}, data=secrets.token_bytes(500))
    [encrypted] = await codec(KEY_A).encode([incompressible])
    assert "compression" not in encrypted.metadata
    assert await codec(KEY_A).decode([encrypted]) == [incompressible]


async def test_payload_encrypted_without_compression_is_readable() -> None:
    """The ciphertext is made without the codec, in the form of the codec's first version."""
    ciphertext = Keyring.parse(KEY_A, "KEYS").encrypt(PLAIN.SerializeToString(), b"payload\na")
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a"}
    assert await codec(KEY_A).decode([Payload(metadata=metadata, data=ciphertext.data)]) == [PLAIN]


async def test_changed_compression_metadata_raises_codec_key_error() -> None:
    plain, compressible = await codec(KEY_A).encode([PLAIN, Payload(data=b"x" * 500)])
    plain.metadata["compression"] = b"zlib"
    del compressible.metadata["compression"]
    for changed in (plain, compressible):
        with pytest.raises(CodecKeyError):
            await codec(KEY_A).decode([changed])


async def test_encrypted_content_that_is_not_zlib_raises_codec_key_error() -> None:
    ciphertext = Keyring.parse(KEY_A, "KEYS").encrypt(b"not zlib", b"payload\na\nzlib")
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a", "compression": b"zlib"}
    with pytest.raises(CodecKeyError, match="key 'a' does not decrypt"):
        await codec(KEY_A).decode([Payload(metadata=metadata, data=ciphertext.data)])


METADATA = st.dictionaries(
    st.sampled_from(["encoding", "encryption-key-id", "compression", "messageType"]),
    st.sampled_from([b"json/plain", b"binary/encrypted", b"binary/zlib", b"zlib", b"a"]) | st.binary(),
)


@given(metadata=METADATA, data=st.binary(max_size=2000) | st.text(max_size=2000).map(str.encode))
async def test_any_payload_decrypts_to_the_original(metadata: dict[str, bytes], data: bytes) -> None:
    payload = Payload(metadata=metadata, data=data)
    encrypted = await codec(KEY_A).encode([payload])
    assert await codec(KEY_A).decode(encrypted) == [payload]


def test_malformed_keys_are_refused_with_the_variable_name() -> None:
    with pytest.raises(KeyringError, match="HOLDFAST_CODEC_KEYS must read keyid:base64"):
        codec_from("nonsense")


async def test_failure_message_with_keys_is_encrypted() -> None:
    failure = Failure()
    await data_converter(KEY_A).encode_failure(ApplicationError("the buyer's secret"), failure)
    assert b"secret" not in failure.SerializeToString()
    with pytest.raises(CodecKeyError):
        await data_converter(KEY_B).decode_failure(failure)
    error = await data_converter(KEY_A).decode_failure(failure)
    assert "the buyer's secret" in str(error)


async def test_malformed_temporal_profile_is_refused_with_the_variable_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "temporal.toml"
    profile.write_text("[profile")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profile))
    with pytest.raises(TemporalSettingsError) as caught:
        await connect(lazy=True)
    assert str(caught.value).startswith("TEMPORAL_CONFIG_FILE ")
    assert "profile]" not in str(caught.value)


@pytest.mark.parametrize("address", ["nonsense", "http://localhost:7233", "localhost:", "local host:7233"])
async def test_malformed_temporal_address_is_refused_with_the_variable_name(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(TemporalSettingsError, match="TEMPORAL_ADDRESS must be host:port"):
        await connect(lazy=True)


async def test_connect_without_keys_uses_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A merchant service that passes no keys must not store the buyer's data unencrypted."""
    monkeypatch.setenv("HOLDFAST_CODEC_KEYS", KEY_A)
    [stored] = await (await connect(lazy=True)).data_converter.encode([{"buyerEmail": "ada@example.com"}])
    assert stored.metadata["encryption-key-id"] == KEY_A.partition(":")[0].encode()
    assert b"ada@example.com" not in stored.SerializeToString()


async def test_lazy_client_needs_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "payments")
    client = await connect(KEY_A, lazy=True)
    assert client.namespace == "payments"
    assert client.data_converter.payload_codec is not None
