/** The connection to Temporal. */

import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

import { PaymentError } from './errors.ts';
import { HoldfastCodec } from './holdfastCodec.ts';

const CONNECT_WITHIN = '20 seconds';
const CHECK = 'check TEMPORAL_ADDRESS, and whether the server runs there';

/**
 * Connects as Temporal's own variables and profile files say (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...), with
 * the keys of HOLDFAST_CODEC_KEYS. Throws `PaymentUnavailable` when Temporal cannot be reached within 20 seconds.
 */
export async function connect(): Promise<Client> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const payloadCodecs = [new HoldfastCodec(process.env['HOLDFAST_CODEC_KEYS'])];
  const options = { connectTimeout: CONNECT_WITHIN, ...connectionOptions };
  const connection = await Connection.connect(options).catch((cause: unknown) => {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new PaymentError('PaymentUnavailable', `Temporal does not answer at ${address}: ${CHECK}`, { cause });
  });
  return new Client({ connection, namespace: namespace ?? 'default', dataConverter: { payloadCodecs } });
}
