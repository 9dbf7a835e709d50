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
from holdfast.errors import CodecKeyError
from holdfast.temporal.codec import EncryptionCodec, codec_from
from holdfast.temporal.connection import TemporalSettingsError, connect, data_converter

KEY_A = "a:" + base64.b64encode(b"a" * 32).decode()
KEY_B = "b:" + base64.b64encode(b"b" * 32).decode()
WRONG_A = "a:" + base64.b64encode(b"x" * 32).decode()
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"paymentReference": "order-1"}')


def codec(*keys: str) -> EncryptionCodec:
    return codec_from(",".join(keys))


def write(path: Path, text: str) -> None:
    path.write_text(text)


async def test_a_payload_comes_back_and_is_unreadable_in_between() -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    assert b"order-1" not in encrypted.SerializeToString()
    assert b"json/plain" not in encrypted.SerializeToString()
    assert encrypted.metadata["encryption-key-id"] == b"a"
    assert await codec(KEY_A).decode([encrypted]) == [PLAIN]


async def test_equal_payloads_do_not_look_equal() -> None:
    one, two = await codec(KEY_A).encode([PLAIN, PLAIN])
    assert one.data != two.data


async def test_the_first_key_encrypts_and_all_decrypt() -> None:
    [old] = await codec(KEY_A).encode([PLAIN])
    [new] = await codec(KEY_B, KEY_A).encode([PLAIN])
    assert new.metadata["encryption-key-id"] == b"b"
    assert await codec(KEY_B, KEY_A).decode([old, new]) == [PLAIN, PLAIN]


async def test_what_was_stored_in_the_clear_stays_readable() -> None:
    assert await codec(KEY_A).decode([PLAIN]) == [PLAIN]


@pytest.mark.parametrize(("key", "says"), [(KEY_B, "holds no key 'a'"), (WRONG_A, "key 'a' does not open")])
async def test_a_missing_or_wrong_key_says_which(key: str, says: str) -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    with pytest.raises(CodecKeyError, match=says):
        await codec(key).decode([encrypted])


@pytest.mark.parametrize("data", [b"", b"short", b"\x00" * 64])
async def test_changed_ciphertext_is_an_error_of_the_same_kind(data: bytes) -> None:
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a"}
    with pytest.raises(CodecKeyError):
        await codec(KEY_A).decode([Payload(metadata=metadata, data=data)])


async def test_a_key_id_that_was_swapped_does_not_open() -> None:
    same_key = "c:" + base64.b64encode(b"a" * 32).decode()
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    encrypted.metadata["encryption-key-id"] = b"c"
    with pytest.raises(CodecKeyError):
        await codec(KEY_A, same_key).decode([encrypted])


async def test_without_keys_nothing_is_encrypted_and_plain_payloads_are_read() -> None:
    for nothing in (None, ""):
        assert await codec_from(nothing).encode([PLAIN]) == [PLAIN]
        assert await codec_from(nothing).decode([PLAIN]) == [PLAIN]


async def test_without_keys_what_is_encrypted_is_an_error_that_says_what_to_set() -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    with pytest.raises(CodecKeyError, match=r"HOLDFAST_CODEC_KEYS is not set.*'a'"):
        await data_converter().decode([encrypted])


async def test_without_keys_messages_of_failures_stay_in_clear() -> None:
    failure = Failure()
    await data_converter().encode_failure(ApplicationError("declined"), failure)
    assert failure.message == "declined"


async def test_what_shrinks_is_compressed_before_it_is_encrypted() -> None:
    wordy = Payload(metadata=PLAIN.metadata, data=PLAIN.data * 100)
    [encrypted] = await codec(KEY_A).encode([wordy])
    assert encrypted.ByteSize() < wordy.ByteSize() / 10
    assert await codec(KEY_A).decode([encrypted]) == [wordy]


async def test_what_does_not_shrink_is_not_compressed() -> None:
    dense = Payload(metadata={"encoding": b"binary/plain"}, data=secrets.token_bytes(500))
    [encrypted] = await codec(KEY_A).encode([dense])
    assert "compression" not in encrypted.metadata
    assert await codec(KEY_A).decode([encrypted]) == [dense]


async def test_what_was_encrypted_before_compression_stays_readable() -> None:
    """Sealed by hand, as the first version of the codec did it."""
    sealed = Keyring.parse(KEY_A, "KEYS").encrypt(PLAIN.SerializeToString(), b"payload\na")
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a"}
    assert await codec(KEY_A).decode([Payload(metadata=metadata, data=sealed.data)]) == [PLAIN]


async def test_nobody_can_take_a_payload_for_compressed_that_is_not() -> None:
    plain, wordy = await codec(KEY_A).encode([PLAIN, Payload(data=b"x" * 500)])
    plain.metadata["compression"] = b"zlib"
    del wordy.metadata["compression"]
    for changed in (plain, wordy):
        with pytest.raises(CodecKeyError):
            await codec(KEY_A).decode([changed])


async def test_sealed_content_that_is_no_zlib_is_an_error_of_the_same_kind() -> None:
    sealed = Keyring.parse(KEY_A, "KEYS").encrypt(b"no zlib", b"payload\na\nzlib")
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a", "compression": b"zlib"}
    with pytest.raises(CodecKeyError, match="key 'a' does not open"):
        await codec(KEY_A).decode([Payload(metadata=metadata, data=sealed.data)])


METADATA = st.dictionaries(
    st.sampled_from(["encoding", "encryption-key-id", "compression", "messageType"]),
    st.sampled_from([b"json/plain", b"binary/encrypted", b"binary/zlib", b"zlib", b"a"]) | st.binary(),
)


@given(metadata=METADATA, data=st.binary(max_size=2000) | st.text(max_size=2000).map(str.encode))
async def test_every_payload_comes_back_as_it_was(metadata: dict[str, bytes], data: bytes) -> None:
    payload = Payload(metadata=metadata, data=data)
    encrypted = await codec(KEY_A).encode([payload])
    assert await codec(KEY_A).decode(encrypted) == [payload]


def test_malformed_keys_name_the_variable() -> None:
    with pytest.raises(KeyringError, match="HOLDFAST_CODEC_KEYS must read keyid:base64"):
        codec_from("nonsense")


async def test_messages_of_failures_are_encrypted_too() -> None:
    failure = Failure()
    await data_converter(KEY_A).encode_failure(ApplicationError("the buyer's secret"), failure)
    assert b"secret" not in failure.SerializeToString()
    with pytest.raises(CodecKeyError):
        await data_converter(KEY_B).decode_failure(failure)
    error = await data_converter(KEY_A).decode_failure(failure)
    assert "the buyer's secret" in str(error)


async def test_an_unreadable_temporal_profile_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "temporal.toml"
    write(profile, "[profile")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profile))
    with pytest.raises(TemporalSettingsError) as caught:
        await connect(lazy=True)
    assert str(caught.value).startswith("TEMPORAL_CONFIG_FILE ")
    assert "profile]" not in str(caught.value)


@pytest.mark.parametrize("address", ["nonsense", "http://localhost:7233", "localhost:", "local host:7233"])
async def test_a_malformed_address_is_named(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(TemporalSettingsError, match="TEMPORAL_ADDRESS must be host:port"):
        await connect(lazy=True)


async def test_keys_that_nobody_gives_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A merchant service without them would store the buyer in clear, and learn it from the answer."""
    monkeypatch.setenv("HOLDFAST_CODEC_KEYS", KEY_A)
    [stored] = await (await connect(lazy=True)).data_converter.encode([{"buyerEmail": "ada@example.com"}])
    assert stored.metadata["encryption-key-id"] == KEY_A.partition(":")[0].encode()
    assert b"ada@example.com" not in stored.SerializeToString()


async def test_a_lazy_client_needs_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "payments")
    client = await connect(KEY_A, lazy=True)
    assert client.namespace == "payments"
    assert client.data_converter.payload_codec is not None
