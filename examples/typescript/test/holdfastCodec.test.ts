/** The codec reads and writes the format of the examples in examples/codec-vectors.json. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import type { Payload } from '@temporalio/common';

import { CodecKeyError, HoldfastCodec } from '../src/holdfastCodec.ts';

type Encoded = { metadata: Record<string, string>; data: string };
type Vectors = {
  HOLDFAST_CODEC_KEYS: string;
  payloads: Array<{ name: string; plain: Encoded; encrypted: Encoded }>;
};

const vectors: Vectors = JSON.parse(readFileSync(new URL('../../codec-vectors.json', import.meta.url), 'utf8'));
const codec = new HoldfastCodec(vectors.HOLDFAST_CODEC_KEYS);
const [first] = vectors.payloads;
assert(first);

function payloadOf({ metadata, data }: Encoded): Payload {
  const decoded = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(decoded), data: Buffer.from(data, 'base64') };
}

function encodedOf({ metadata, data }: Payload): Encoded {
  const entries = Object.entries(metadata ?? {});
  const encoded = entries.map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return { metadata: Object.fromEntries(encoded), data: Buffer.from(data ?? []).toString('base64') };
}

async function decoded(payload: Payload, by: HoldfastCodec = codec): Promise<Encoded> {
  const [plain] = await by.decode([payload]);
  assert(plain);
  return encodedOf(plain);
}

for (const { name, plain, encrypted } of vectors.payloads) {
  test(`a payload that was ${name} is decrypted`, async () => {
    assert.deepEqual(await decoded(payloadOf(encrypted)), plain);
  });

  test(`a payload like the one ${name} is read back after it was encrypted`, async () => {
    const [written] = await codec.encode([payloadOf(plain)]);
    assert(written);
    assert.equal(Buffer.from(written.metadata?.['encoding'] ?? []).toString(), 'binary/encrypted');
    assert.equal('compression' in (written.metadata ?? {}), 'compression' in encrypted.metadata);
    assert.equal(Buffer.from(written.metadata?.['encryption-key-id'] ?? []).toString(), 'first');
    assert.deepEqual(await decoded(written), plain);
  });
}

test('a payload that is not encrypted is returned as it is', async () => {
  assert.deepEqual(await decoded(payloadOf(first.plain)), first.plain);
  assert.deepEqual(await decoded(payloadOf(first.plain), new HoldfastCodec(undefined)), first.plain);
});

test('without keys nothing is encrypted, and an encrypted payload names the key that it needs', async () => {
  const keyless = new HoldfastCodec(undefined);
  assert.deepEqual(await keyless.encode([payloadOf(first.plain)]), [payloadOf(first.plain)]);
  await assert.rejects(keyless.decode([payloadOf(first.encrypted)]), /no key 'first'/);
});

test('a payload with one bit changed, or under another key id, is refused', async () => {
  const { metadata, data } = payloadOf(first.encrypted);
  assert(metadata && data);
  for (let position = 0; position < data.length; position++) {
    const changed = Buffer.from(data);
    changed[position] = (changed[position] ?? 0) ^ 1;
    await assert.rejects(codec.decode([{ metadata, data: changed }]), CodecKeyError);
  }
  const renamed = { ...metadata, 'encryption-key-id': Buffer.from('second') };
  await assert.rejects(codec.decode([{ metadata: renamed, data }]), CodecKeyError);
  await assert.rejects(codec.decode([{ metadata, data: data.subarray(0, 20) }]), CodecKeyError);
});

test('malformed keys are refused without being repeated', () => {
  for (const keys of ['c2VjcmV0', 'first:c2VjcmV0', `${vectors.HOLDFAST_CODEC_KEYS},`]) {
    assert.throws(() => new HoldfastCodec(keys), (error: Error) => !error.message.includes('c2VjcmV0'));
  }
});
