const names = ['EVENTSTORE_URL', 'KEYS_URL', 'DATABASE_URL'] as const;

/**
 * Addresses of real servers for the tests. They are taken out of the environment, where a program under test would find
 * them and use them for itself.
 */
const addresses = new Map(names.map((name) => [name, process.env[name] ?? '']));
for (const name of names) delete process.env[name];

/** Empty when there is no such server. */
export const addressOf = (name: (typeof names)[number]): string => addresses.get(name)!;
