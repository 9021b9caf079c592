import * as E from 'fp-ts/lib/Either.js';
import { configOf, type Config } from '../../src/infrastructure/config.js';
import { BadInput } from './input.js';

/** What is measured; the names are those of the report's JSON. */
export interface Engine {
  readonly name: string;
  /** The settings without which it is not measured, and which the others must not have. */
  readonly needs: ReadonlyArray<'ELASTICSEARCH_URL' | 'EMBEDDINGS_URL'>;
}

export const engines: ReadonlyArray<Engine> = [
  { name: 'sqlite', needs: [] },
  { name: 'elasticsearch', needs: ['ELASTICSEARCH_URL'] },
  { name: 'sqlite-hybrid', needs: ['EMBEDDINGS_URL'] },
  { name: 'elasticsearch-hybrid', needs: ['ELASTICSEARCH_URL', 'EMBEDDINGS_URL'] },
];

export const missingOf = ({ needs }: Engine, environment: NodeJS.ProcessEnv): ReadonlyArray<string> =>
  needs.filter((name) => (environment[name] ?? '') === '');

/**
 * The settings of an engine: of what the environment says of clusters and of embeddings, what is its own, and nothing
 * else, so that no server that the user has is filled with the corpus.
 */
export const settingsOf = (
  { needs }: Engine,
  environment: NodeJS.ProcessEnv,
  data: string,
  indexPrefix: string,
): NodeJS.ProcessEnv => {
  const families = needs.map((name) => name.replace('URL', ''));
  const own = Object.entries(environment).filter(([name]) => families.some((family) => name.startsWith(family)));
  return {
    ...Object.fromEntries(own),
    MADOGUCHI_DATA: data,
    ...(needs.includes('ELASTICSEARCH_URL') && { ELASTICSEARCH_INDEX_PREFIX: indexPrefix }),
  };
};

/** As the server reads them. */
export const configFrom = (settings: NodeJS.ProcessEnv): Config => {
  const read = configOf(settings);
  if (E.isRight(read)) return read.right;
  throw new BadInput(read.left.map(({ field, message }) => `${field ?? 'settings'} ${message}`).join('\n'));
};
