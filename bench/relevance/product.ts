import 'reflect-metadata';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import { consequentId } from '../../src/application/aggregates/ids.js';
import type { FaqFound } from '../../src/application/ports/faq-search.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import type { CategoryCode, DepartmentCode, StaffId } from '../../src/domain/kernel/ids.js';
import type { Config } from '../../src/infrastructure/config.js';
import type { QuestionAndAnswer } from './article.js';

/** The product as it is shipped: its decorators need the compiler, so that nothing is measured but the build. */
const built = <M>(path: string): Promise<M> =>
  import(new URL(`../../dist/${path}`, import.meta.url).href) as Promise<M>;

const administrator: Actor = { subject: 'relevance' as StaffId, role: 'administrator' };
const department = 'relevance' as DepartmentCode;
const category = 'relevance' as CategoryCode;

/** Of one import; the next one is begun when it is done. */
const ROWS = 500;
/** How often it is looked whether vectors are there. */
const LOOK_MS = 500;

/** Without a single vector for so long, no more will come. */
const STALLED_MS = 300_000;

export type Product = Awaited<ReturnType<typeof openProduct>>;

/** The application as a server has it, without listening. */
export const openProduct = async (config: Config) => {
  const { openStorage } = await built<Modules['openStorage']>('infrastructure/server/open-storage.js');
  const { portsOver } = await built<Modules['ports']>('infrastructure/server/ports.js');
  const { ServerModule } = await built<Modules['serverModule']>('infrastructure/server/server.module.js');
  const { SystemClock } = await built<Modules['clock']>('infrastructure/system-clock.js');
  const { JapaneseOfficeCalendar } = await built<Modules['calendar']>(
    'infrastructure/calendar/japanese-office-calendar.js',
  );
  const { FaqSearch } = await built<Modules['faqSearch']>('application/ports/faq-search.js');
  const { MeaningHealth } = await built<Modules['meaning']>('application/ports/meaning-health.js');
  const { ImportArticles } = await built<Modules['faq']>('application/faq/import-articles.js');
  const { OpenDepartment } = await built<Modules['department']>('application/department/commands.js');
  const { developmentVerifier } = await built<Modules['tokens']>('infrastructure/auth/tokens.js');
  const { readOrCreateTokenKey } = await built<Modules['tokenKeys']>('infrastructure/auth/token-keys.js');
  const { Reactions } = await built<Modules['reactions']>('infrastructure/reactions/reactions.js');

  const buildWorker = new URL('../../dist/infrastructure/views/build/build-worker.js', import.meta.url);
  Logger.overrideLogger(['error', 'fatal']);

  await using opened = new AsyncDisposableStack();
  const clock = new SystemClock();
  const storage = opened.adopt(await openStorage(config, clock, buildWorker), (held) => held.close());
  await storage.views.start();
  const tokens = developmentVerifier(await readOrCreateTokenKey(join(config.data, 'token-key.jwk')));
  const ports = portsOver(storage, clock, new JapaneseOfficeCalendar(config.officeHours), []);
  const app = opened.adopt(
    await NestFactory.createApplicationContext(ServerModule.over(ports, storage, tokens), {
      logger: ['error', 'fatal'],
      abortOnError: false,
    }),
    (context) => context.close(),
  );
  const reactions = opened.adopt(app.get(Reactions), (running) => running.stop());
  reactions.start();
  const bus = app.get(CommandBus, { strict: false });
  const faq = app.get(FaqSearch, { strict: false });
  const meaning = app.get(MeaningHealth, { strict: false });

  const requestOf = (key: string) => ({ commandId: consequentId('relevance', key), actor: administrator });
  const done = <A>(result: E.Either<unknown, A>): A => {
    if (E.isRight(result)) return result.right;
    throw new Error(`refused: ${JSON.stringify(result.left)}`);
  };

  const held = opened.move();
  return {
    /** Imports the articles; resolves to their ids, in the same order. Done once more, it changes nothing. */
    async import(
      articles: ReadonlyArray<QuestionAndAnswer>,
      onProgress: (done: number) => void,
      signal: AbortSignal,
    ): Promise<ReadonlyArray<string>> {
      done(await bus.execute(new OpenDepartment(department, { name: '関連度の測定' }, requestOf('department'))));
      const ids: string[] = [];
      for (let from = 0; from < articles.length; from += ROWS) {
        signal.throwIfAborted();
        const rows = articles
          .slice(from, from + ROWS)
          .map(({ question, answer }) => ({ question, answer, category, department }));
        ids.push(...done(await bus.execute(new ImportArticles(rows, requestOf(`rows from ${from}`)))).ids);
        onProgress(ids.length);
      }
      return ids;
    },

    /** Resolves when everything that was published is found. */
    async caughtUp(signal: AbortSignal): Promise<void> {
      if (!(await storage.views.waitFor('faq-articles', await storage.store.head(), signal)))
        throw new Error('the view of FAQ articles has stopped');
    },

    /** Resolves when all vectors of so many articles are there; at once where none are made. */
    async embedded(articles: number, onProgress: (done: number) => void, signal: AbortSignal): Promise<void> {
      let made = 0;
      for (let since = performance.now(); performance.now() - since < STALLED_MS;) {
        const status = await meaning.status();
        if (status === undefined) return;
        const { articles: known = 0, lacking = Infinity } = status;
        if (known >= articles && lacking === 0) return onProgress(2 * articles);
        // Of each article, one of its question and one of both texts.
        const now = Math.max(0, 2 * known - lacking);
        if (now > made) since = performance.now();
        made = now;
        onProgress(made);
        await setTimeout(LOOK_MS, undefined, { signal });
      }
      throw new Error(`no vector came for ${STALLED_MS / 60_000} minutes`);
    },

    search: (text: string, limit: number): Promise<FaqFound> => faq.search({ text, limit }),

    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
};

/** Types of the sources, code of the build. */
interface Modules {
  readonly openStorage: typeof import('../../src/infrastructure/server/open-storage.js');
  readonly ports: typeof import('../../src/infrastructure/server/ports.js');
  readonly serverModule: typeof import('../../src/infrastructure/server/server.module.js');
  readonly clock: typeof import('../../src/infrastructure/system-clock.js');
  readonly calendar: typeof import('../../src/infrastructure/calendar/japanese-office-calendar.js');
  readonly faqSearch: typeof import('../../src/application/ports/faq-search.js');
  readonly meaning: typeof import('../../src/application/ports/meaning-health.js');
  readonly faq: typeof import('../../src/application/faq/import-articles.js');
  readonly department: typeof import('../../src/application/department/commands.js');
  readonly tokens: typeof import('../../src/infrastructure/auth/tokens.js');
  readonly tokenKeys: typeof import('../../src/infrastructure/auth/token-keys.js');
  readonly reactions: typeof import('../../src/infrastructure/reactions/reactions.js');
}
