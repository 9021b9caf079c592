const names = ['EVENTSTORE_URL', 'KEYS_URL', 'DATABASE_URL', 'ELASTICSEARCH_URL', 'EMBEDDINGS_URL'] as const;
const addresses = new Map(names.map((name) => [name, process.env[name] ?? '']));

/** The address of a real server for the tests; empty when there is none. */
export const addressOf = (name: (typeof names)[number]): string => addresses.get(name)!;

/** Takes them out of the environment, where a program under test would find them and use them for itself. */
export const hideServers = (): void => {
  for (const name of names) delete process.env[name];
};
