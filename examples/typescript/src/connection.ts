/** The connection to Temporal. */

import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

import { HoldfastCodec } from './holdfastCodec.ts';

/**
 * Connects as Temporal's own variables and profile files say (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...), with
 * the keys of HOLDFAST_CODEC_KEYS.
 */
export async function connect(): Promise<Client> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions);
  const payloadCodecs = [new HoldfastCodec(process.env['HOLDFAST_CODEC_KEYS'])];
  return new Client({ connection, namespace: namespace ?? 'default', dataConverter: { payloadCodecs } });
}
