/**
 * The codec of payloads that are encrypted with HOLDFAST_CODEC_KEYS (docs/guide.md, "Payloads").
 *
 * The whole payload, compressed where that makes it smaller, is encrypted with AES-256-GCM.
 */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';

import { type Payload, type PayloadCodec, ValueError } from '@temporalio/common';
import proto from '@temporalio/proto';

const { Payload: PayloadProto } = proto.temporal.api.common.v1;
const ENCODING = 'binary/encrypted';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const MAX_PLAIN_BYTES = 8 * 1024 * 1024;

/** A payload cannot be decrypted: the message names the key that it needs. */
export class CodecKeyError extends ValueError {}

export class HoldfastCodec implements PayloadCodec {
  readonly #keys: ReadonlyMap<string, Buffer>;

  /**
   * @param keys the value of HOLDFAST_CODEC_KEYS, `keyid:base64,keyid:base64`: the first key encrypts, and
   *   every key decrypts. Without keys nothing is encrypted, and an encrypted payload is an error.
   */
  constructor(keys: string | undefined) {
    this.#keys = new Map((keys ? keys.split(',') : []).map(parseKey));
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    const [first] = this.#keys;
    return first === undefined ? payloads : payloads.map((payload) => encrypt(payload, ...first));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#decrypt(payload));
  }

  #decrypt(payload: Payload): Payload {
    if (text(payload.metadata?.['encoding']) !== ENCODING) {
      return payload;
    }
    const keyId = text(payload.metadata?.['encryption-key-id']);
    const key = this.#keys.get(keyId);
    if (key === undefined) {
      throw new CodecKeyError(`HOLDFAST_CODEC_KEYS has no key '${keyId}', which this payload needs`);
    }
    try {
      return decrypt(payload, keyId, key);
    } catch {
      throw new CodecKeyError(`HOLDFAST_CODEC_KEYS: key '${keyId}' does not decrypt this payload`);
    }
  }
}

function parseKey(entry: string): [string, Buffer] {
  const [, keyId, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim()) ?? [];
  if (keyId === undefined || encoded === undefined) {
    throw new CodecKeyError(`HOLDFAST_CODEC_KEYS must be keyid:base64,... with keys of ${KEY_BYTES} bytes`);
  }
  return [keyId, Buffer.from(encoded, 'base64')];
}

function encrypt(payload: Payload, keyId: string, key: Buffer): Payload {
  const plain = PayloadProto.encode(payload).finish();
  const compressed = deflateSync(plain);
  const isCompressed = compressed.length < plain.length;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(keyId, isCompressed));
  const encrypted = [nonce, cipher.update(isCompressed ? compressed : plain), cipher.final(), cipher.getAuthTag()];
  const metadata = { encoding: bytes(ENCODING), 'encryption-key-id': bytes(keyId) };
  return {
    metadata: isCompressed ? { ...metadata, compression: bytes('zlib') } : metadata,
    data: Buffer.concat(encrypted),
  };
}

function decrypt(payload: Payload, keyId: string, key: Buffer): Payload {
  const isCompressed = text(payload.metadata?.['compression']) === 'zlib';
  const data = Buffer.from(payload.data ?? []);
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(keyId, isCompressed)).setAuthTag(data.subarray(-TAG_BYTES));
  const decrypted = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  const plain = isCompressed ? inflateSync(decrypted, { maxOutputLength: MAX_PLAIN_BYTES }) : decrypted;
  return PayloadProto.decode(plain);
}

/** Returns what is authenticated with the content, so that another key id is noticed. */
function associatedData(keyId: string, isCompressed: boolean): Uint8Array {
  return bytes(['payload', keyId, ...(isCompressed ? ['zlib'] : [])].join('\n'));
}

function bytes(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

function text(value: Uint8Array | null | undefined): string {
  return Buffer.from(value ?? []).toString('utf8');
}
