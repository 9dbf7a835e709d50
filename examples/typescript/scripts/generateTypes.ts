/**
 * Writes the types in src/generated from the JSON Schemas in docs/schemas.
 *
 *     npm run types               writes them
 *     npm run types -- --check    exits with 1 and names the files that are not current
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { compile, type JSONSchema } from 'json-schema-to-typescript';

const SCHEMAS = new URL('../../../docs/schemas/', import.meta.url);
const GENERATED = new URL('../src/generated/', import.meta.url);
const NAMES = ['PaymentOrder', 'Payment', 'CaptureRequest', 'CancelRequest', 'RetryRequest'];

type Json = { readonly [key: string]: unknown };

/** Returns the schema without what would become a type beside those of the models, as a field's title would. */
function simplified(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(simplified);
  }
  if (!isObject(schema)) {
    return schema;
  }
  return schema['$ref'] ? { $ref: schema['$ref'] } : mapValues(schema, simplifiedMember);
}

function simplifiedMember(key: string, value: unknown): unknown {
  return key === 'properties' && isObject(value)
    ? mapValues(value, (_, field) => simplified(withoutTitle(field)))
    : simplified(value);
}

function withoutTitle(schema: unknown): unknown {
  return isObject(schema) ? Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'title')) : schema;
}

function mapValues(object: Json, change: (key: string, value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value)]));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function typesOf(name: string): Promise<string> {
  const schema: unknown = JSON.parse(await readFile(new URL(`${name}.json`, SCHEMAS), 'utf8'));
  return await compile(simplified(schema) as JSONSchema, name, {
    bannerComment: `/* Generated from docs/schemas/${name}.json by \`npm run types\`. */`,
    style: { printWidth: 110, singleQuote: true },
  });
}

async function isCurrent(file: URL, text: string): Promise<boolean> {
  return (await readFile(file, 'utf8').catch(() => '')) === text;
}

const checksOnly = process.argv.includes('--check');
await mkdir(GENERATED, { recursive: true });
for (const name of NAMES) {
  const file = new URL(`${name}.ts`, GENERATED);
  const text = await typesOf(name);
  if (await isCurrent(file, text)) {
    continue;
  }
  if (checksOnly) {
    console.error(`${fileURLToPath(file)} is not current: run npm run types`);
    process.exitCode = 1;
  } else {
    await writeFile(file, text);
  }
}
