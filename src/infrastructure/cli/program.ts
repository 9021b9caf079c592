import { Command, Option } from 'commander';
import { developmentToken } from './development-token.js';
import { settings } from './settings.js';
import { addViewsCommands } from './views.js';

/**
 * The command line. Settings come from the environment: see `madoguchi serve --help`. What a command needs is loaded
 * by it alone: the whole server takes a second.
 */
export const program = (version: string): Command => {
  const madoguchi = new Command('madoguchi')
    .description('An event-sourced core for municipal call centres')
    .version(version)
    .showHelpAfterError();

  madoguchi
    .command('serve')
    .description('serve the HTTP API and run the recorders; an empty data directory gets a synthetic sample city')
    .option('--no-sample', 'leave an empty data directory empty')
    .addHelpText('after', environmentHelp)
    .action(async ({ sample }: { sample: boolean }) => {
      // Who reads the log may go away; the server stays.
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
      const ended = endSignal();
      const config = settings();
      const [{ announce, serve }, { openTraces }] = await Promise.all([
        import('../server/serve.js'),
        import('../telemetry/open-traces.js'),
      ]);
      const traces = await openTraces(process.env, version);
      try {
        const served = await serve(config, { version, sample, traces });
        announce(served.url);
        await ended;
        await served.close();
      } finally {
        await traces?.close();
      }
    });

  madoguchi
    .command('token')
    .description('print a bearer token of the development issuer, which serves on loopback only')
    .requiredOption('--role <role>', 'such as operator, department-staff, responsible-manager, auditor, administrator')
    .requiredOption('--subject <id>', 'a staff number, such as op-0001')
    .option('--department <code>', "the bearer's department")
    .option('--hours <n>', 'how long it is valid: 1 to 12', '8')
    .action(async ({ role, subject, department, hours }: Record<string, string | undefined>) => {
      const asked = { role, subject, hours: Number(hours), ...(department !== undefined && { department }) };
      process.stdout.write(`${await developmentToken(settings(), asked)}\n`);
    });

  madoguchi
    .command('migrate')
    .description('move everything between the data directory and EventStoreDB with PostgreSQL; no server may run')
    .addOption(
      new Option('--to <side>', 'where everything is to be: on the servers of the settings, or in the data directory')
        .choices(['shared', 'embedded'])
        .makeOptionMandatory(),
    )
    .addHelpText('after', migrateHelp)
    .action(async ({ to }: { to: 'shared' | 'embedded' }) => {
      const { runMigrate } = await import('./migrate.js');
      await runMigrate(settings(), to, (line) => void process.stdout.write(`${line}\n`));
    });

  addViewsCommands(
    madoguchi.command('views').description('how the views of a running server stand, and building them anew'),
  );

  return madoguchi;
};

const migrateHelp = `
Both ends stand in the settings: MADOGUCHI_DATA on one side, EVENTSTORE_URL, KEYS_URL and DATABASE_URL on the other;
MADOGUCHI_MASTER_KEY names the key that both share. The target must be empty, or hold the beginning of the source: broken
off, it goes on where it stood. At the end both sides are compared whole; then the source loses its keys and does not
start any more. Positions are new: views are built anew, and clients must drop the positions they kept.`;

/** Resolves at the first SIGINT or SIGTERM, also one that comes while the server starts; a second one ends at once. */
const endSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.once(name, () => {
        process.stderr.write(`${name}: ending what is under way\n`);
        resolve();
      });
  });

const environmentHelp = `
Environment:
  PORT                    3000
  HOST                    127.0.0.1
  MADOGUCHI_DATA          ./data: where everything is stored
  MADOGUCHI_OFFICE_HOURS  08:30-17:15: when the offices are open on a working day
  MADOGUCHI_MASTER_KEY    the file of the key over all data keys; in the data directory if absent
  MADOGUCHI_TOKEN_KEY     the file of the development issuer's key; in the data directory if absent
  EVENTSTORE_URL          esdb://...: EventStoreDB or KurrentDB, for several processes; with the next two, or not at all
  KEYS_URL                postgres://...: the data keys
  DATABASE_URL            postgres://...: leases, checkpoints and cursors
                          (docs/guides/several-processes.md)
  ELASTICSEARCH_URL       https://...: views in Elasticsearch, in the data directory if absent; with a comma between nodes
                          (docs/guides/elasticsearch.md)
  ELASTICSEARCH_API_KEY   or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD, or _PASSWORD_FILE
  ELASTICSEARCH_CA_FILE   a file of the certificates that sign the nodes' ones
  ELASTICSEARCH_INDEX_PREFIX  madoguchi: what the names of its indices begin with
  EMBEDDINGS_URL          http://127.0.0.1:9700/v1: FAQ articles are found by what is meant too; off if absent
                          (docs/guides/hybrid-search.md)
  EMBEDDINGS_MODEL        multilingual-e5-small
  EMBEDDINGS_API_KEY      sent as a bearer token
  EMBEDDINGS_ALLOWED_HOSTS  hosts other than this one that may be sent what citizens say; with a comma between them
  OTEL_EXPORTER_OTLP_ENDPOINT  http://...: where traces go; with the other OTEL_* variables
                          (docs/guides/observability.md)
  MADOGUCHI_RECORDERS     a JSON file of recorder instances (docs/guides/asterisk.md)
  MADOGUCHI_TOKEN_KEYS    a JWK set of your identity provider; needed where HOST is not loopback
  MADOGUCHI_TOKEN_ISSUER  the issuer of the tokens that those keys check`;
