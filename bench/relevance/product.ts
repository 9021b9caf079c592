import 'reflect-metadata';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import { consequentId, createdId } from '../../src/application/aggregates/ids.js';
import type { FaqFound } from '../../src/application/ports/faq-search.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import type { ArticleId, CategoryCode, DepartmentCode, StaffId } from '../../src/domain/kernel/ids.js';
import type { Config } from '../../src/infrastructure/config.js';
import type { QuestionAndAnswer } from './article.js';

/** The product as it is shipped: its decorators need the compiler, so that nothing is measured but the build. */
const built = <M>(path: string): Promise<M> =>
  import(new URL(`../../dist/${path}`, import.meta.url).href) as Promise<M>;

const administrator: Actor = { subject: 'relevance' as StaffId, role: 'administrator' };
const department = 'relevance' as DepartmentCode;
const category = 'relevance' as CategoryCode;

/** Commands that are under way at once; the event store writes them to disk together. */
const TOGETHER = 64;

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
  const { PublishArticle } = await built<Modules['faq']>('application/faq/commands.js');
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

  const requestOf = (key: string) => ({ commandId: consequentId('relevance', key), actor: administrator });
  const done = async (command: Parameters<typeof bus.execute>[0]): Promise<void> => {
    const result = (await bus.execute(command)) as E.Either<unknown, unknown>;
    if (E.isLeft(result)) throw new Error(`${command.constructor.name} was refused: ${JSON.stringify(result.left)}`);
  };

  const held = opened.move();
  return {
    /** Publishes the articles; resolves to their ids, in the same order. */
    async publish(
      articles: ReadonlyArray<QuestionAndAnswer>,
      onProgress: (done: number) => void,
      signal: AbortSignal,
    ): Promise<ReadonlyArray<ArticleId>> {
      await done(new OpenDepartment(department, { name: '関連度の測定' }, requestOf('department')));
      const ids: ArticleId[] = [];
      for (let from = 0; from < articles.length; from += TOGETHER) {
        const some = articles.slice(from, from + TOGETHER).map(({ question, answer }, i) => {
          const request = requestOf(`article ${from + i}`);
          const id = createdId<ArticleId>(request.commandId, 'article');
          return { id, command: new PublishArticle(id, { question, answer, category, department }, request) };
        });
        await Promise.all(some.map(({ command }) => done(command)));
        ids.push(...some.map(({ id }) => id));
        onProgress(ids.length);
        await setImmediate();
        signal.throwIfAborted();
      }
      return ids;
    },

    /** Resolves when everything that was published is found. */
    async caughtUp(signal: AbortSignal): Promise<void> {
      if (!(await storage.views.waitFor('faq-articles', await storage.store.head(), signal)))
        throw new Error('the view of FAQ articles has stopped');
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
  readonly faq: typeof import('../../src/application/faq/commands.js');
  readonly department: typeof import('../../src/application/department/commands.js');
  readonly tokens: typeof import('../../src/infrastructure/auth/tokens.js');
  readonly tokenKeys: typeof import('../../src/infrastructure/auth/token-keys.js');
  readonly reactions: typeof import('../../src/infrastructure/reactions/reactions.js');
}
