import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { isLoopback, tokenKeyFile, type Config } from '../config.js';
import type { ViewState } from '../http/routes/system.controller.js';
import { developmentToken, hasDevelopmentIssuer } from './development-token.js';
import { Display } from './display.js';
import { settings, UsageError } from './settings.js';
import { ServerUnreachable, ViewsServer } from './views-server.js';
import { progressOf, tableOf } from './views-text.js';

const EVERY_MS = 1_000;
/** As a shell tells of a program that SIGINT ended. */
const INTERRUPTED = 130;

interface Connection {
  readonly url?: string;
  readonly token?: string;
}

/** Gives `madoguchi views` its two commands. */
export const addViewsCommands = (views: Command): void => {
  views
    .command('status')
    .description('where each view stands; exits with 1 when one is stopped')
    .argument('[view...]', 'these only')
    .option('--json', "the server's own answer, about all views")
    .option('--watch', 'again each second, until interrupted')
    .action(showStatus);
  views
    .command('rebuild')
    .description('build views anew from all events, while the old ones answer, and show how it goes')
    .argument('[view...]', 'which')
    .option('--all', 'every view')
    .action(rebuild);
  for (const command of views.commands)
    command
      .option('--url <url>', 'where the server is, if not on this machine at PORT')
      .option('--token <token>', "an administrator's, if not MADOGUCHI_TOKEN or the development issuer's own");
};

interface StatusOptions extends Connection {
  readonly json?: true;
  readonly watch?: true;
}

const showStatus = async (names: ReadonlyArray<string>, options: StatusOptions): Promise<void> => {
  const signal = interruption();
  const server = serverOf(options, signal);
  const display = new Display(process.stdout);
  const show = async () => {
    const { json, views } = await server.status();
    const states = chosen(views, names);
    display.show(options.json === true ? [json] : tableOf(states));
    process.exitCode = states.some(({ state }) => state === 'stopped') ? 1 : 0;
  };
  await show();
  while (options.watch === true && (await nextSecond(signal)))
    await show().catch((error: unknown) => {
      if (signal.aborted) return;
      // One that is started anew is waited for.
      if (!(error instanceof ServerUnreachable)) throw error;
      display.show([error.message]);
    });
};

const rebuild = async (names: ReadonlyArray<string>, options: Connection & { readonly all?: true }): Promise<void> => {
  if (names.length > 0 === (options.all === true)) throw new UsageError('name the views to rebuild, or say --all');
  const signal = interruption();
  const server = serverOf(options, signal);
  const views = chosen((await server.status()).views, names).map(({ view }) => view);
  for (const view of views) await server.rebuild(view);
  const display = new Display(process.stdout);
  try {
    do {
      const states = chosen((await server.status()).views, views);
      display.show(states.map(progressOf));
      process.exitCode = states.some(({ rebuild }) => rebuild?.poisonedBy !== undefined) ? 1 : 0;
      if (states.every(({ rebuild }) => rebuild === undefined || rebuild.poisonedBy !== undefined)) return;
    } while (await nextSecond(signal));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  process.stdout.write('the server goes on with it; to see how: madoguchi views status --watch\n');
  process.exitCode = INTERRUPTED;
};

/** Those of these names, or all when none is named. */
const chosen = (views: ReadonlyArray<ViewState>, names: ReadonlyArray<string>): ReadonlyArray<ViewState> => {
  const unknown = names.filter((name) => !views.some(({ view }) => view === name));
  if (unknown.length > 0)
    throw new UsageError(
      `the server knows no view ${unknown.join(', ')}; it knows ${views.map(({ view }) => view).join(', ')}`,
    );
  return names.length === 0 ? views : views.filter(({ view }) => names.includes(view));
};

const serverOf = ({ url, token }: Connection, signal: AbortSignal): ViewsServer => {
  const config = settings();
  const { host, port } = config;
  const here = isLoopback(host) ? host : '127.0.0.1';
  const address = url ?? `http://${here.includes(':') ? `[${here}]` : here}:${port}`;
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ''))
    throw new UsageError('--url must be an address such as http://127.0.0.1:3000');
  const at = new URL(address);
  const named = token ?? process.env['MADOGUCHI_TOKEN'];
  return new ViewsServer(at, async () => named ?? ownToken(config, at), signal);
};

/** Each lives shortly: a rebuild may take longer than any, and only this machine is shown one. */
const ownToken = async (config: Config, { hostname }: URL): Promise<string> => {
  const isHere = isLoopback(hostname.replaceAll(/[[\]]/g, ''));
  if (isHere && hasDevelopmentIssuer(config) && existsSync(tokenKeyFile(config)))
    return developmentToken(config, { subject: 'madoguchi-cli', role: 'administrator', hours: 1 });
  throw new UsageError(
    "name an administrator's token in --token or MADOGUCHI_TOKEN; without one this works only on the machine of a " +
      `server that issues tokens itself, with its MADOGUCHI_DATA (here ${config.data})`,
  );
};

/** Aborts at the first SIGINT; a second one ends at once. */
const interruption = (): AbortSignal => {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return interrupted.signal;
};

/** Whether the next second has come; false when it is interrupted before. */
const nextSecond = (signal: AbortSignal): Promise<boolean> => delay(EVERY_MS, true, { signal }).catch(() => false);
