import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { NestFactory } from '@nestjs/core';
import * as E from 'fp-ts/lib/Either.js';
import { onTestFinished } from 'vitest';
import { ApplicationModule } from '../../src/application/application.module.js';
import { Aggregates } from '../../src/application/aggregates/aggregates.js';
import type { Outcome, Request } from '../../src/application/aggregates/request.js';
import type { Submit } from '../../src/application/aggregates/submit.js';
import { OpenDepartment } from '../../src/application/department/commands.js';
import type { Failure } from '../../src/application/failure.js';
import { Clock } from '../../src/application/ports/clock.js';
import { EventStore, type RecordedEvent } from '../../src/application/ports/event-store.js';
import { FaqSearch, type FaqArticle, type Vocabulary } from '../../src/application/ports/faq-search.js';
import { FaqCatalogue, type Referenced } from '../../src/application/ports/faq-catalogue.js';
import { KeyVault } from '../../src/application/ports/key-vault.js';
import { OfficeCalendar } from '../../src/application/ports/office-calendar.js';
import { RecorderAudio } from '../../src/application/ports/recorder-audio.js';
import { RecorderIngest } from '../../src/application/ports/recorder-ingest.js';
import { Views } from '../../src/application/ports/views.js';
import { faqArticles } from '../../src/application/projections/faq-articles.js';
import { projected } from '../../src/application/projections/projection.js';
import type { ArticleReference, FaqEvent } from '../../src/domain/faq/events.js';
import type { Role } from '../../src/domain/kernel/actor.js';
import { mayOpen, SEALED_CATEGORIES } from '../../src/domain/kernel/disclosure.js';
import type { DepartmentCode, StaffId } from '../../src/domain/kernel/ids.js';
import type { OfficeVerdict } from '../../src/domain/kernel/office.js';
import { instant, type Instant } from '../../src/domain/kernel/time.js';
import { SealedEventStore } from '../../src/infrastructure/event-store/sealed/sealed-event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { tempDir } from '../support/temp-dir.js';

/** Says what a test tells it to say. */
class TestCalendar extends OfficeCalendar {
  closed = true;

  override verdict(): OfficeVerdict {
    return { closed: this.closed, reason: this.closed ? 'night' : 'open', calendar: 'test' };
  }

  override nextOpening(at: Instant): Instant {
    return at;
  }

  override addOfficeHours(at: Instant, hours: number): Instant {
    return instant(Date.parse(at) + hours * 3_600_000);
  }
}

/** Recordings by reference, as a recorder would hold them. */
class TestAudio extends RecorderAudio {
  readonly held = new Map<string, Uint8Array>();
  down = false;

  override async *fetch(_recorder: string, ref: string) {
    const bytes = this.held.get(ref);
    if (bytes !== undefined) yield bytes;
  }

  override async delete(_recorder: string, ref: string) {
    if (this.down) throw new Error('the recorder is down');
    this.held.delete(ref);
  }

  override async isGone(_recorder: string, ref: string) {
    return !this.held.has(ref);
  }
}

/** Knows the words that a test tells it, of texts with blanks between them. */
class TestFaq extends FaqSearch {
  readonly words = new Set<string>();

  override async vocabulary(text: string): Promise<Vocabulary> {
    const all = new Set(text.split(' '));
    const known = [...all].filter((word) => this.words.has(word));
    return { known, others: all.size - known.length };
  }

  override search(): never {
    throw new Error('no command searches');
  }

  override get(): never {
    throw new Error('commands read streams, not views');
  }
}

/** Published articles by reference, folded from the store when it is asked. */
class TestCatalogue extends FaqCatalogue {
  constructor(private readonly store: EventStore) {
    super();
  }

  override async byReference(references: ReadonlyArray<ArticleReference>): Promise<ReadonlyArray<Referenced>> {
    const articles = new Map<string, FaqArticle>();
    for await (const recorded of this.store.readAll()) {
      const event = projected<FaqEvent>(faqArticles.events, recorded);
      if (E.isLeft(event)) continue;
      const { id } = event.right;
      const article = faqArticles.apply(articles.get(id), event.right, id);
      if (article === undefined) articles.delete(id);
      else articles.set(id, article);
    }
    return [...articles.values()].flatMap(({ id, status, reference }) =>
      status === 'published' && reference !== undefined && references.includes(reference) ? [{ id, reference }] : [],
    );
  }

  override page(): never {
    throw new Error('no command leafs');
  }
}

/** The catalogue above is never behind. */
class TestViews extends Views {
  override async waitFor(): Promise<boolean> {
    return true;
  }

  override status(): never {
    throw new Error('no command asks how views stand');
  }

  override positionOf(): never {
    throw new Error('no command asks where views stand');
  }

  override rebuild(): never {
    throw new Error('no command rebuilds');
  }
}

/** A whole application over a real SQLite event store and key vault in a folder of its own. */
export class World {
  readonly clock = new SystemClock();
  readonly calendar = new TestCalendar();
  readonly audio = new TestAudio();
  readonly faq = new TestFaq();
  readonly actors = {
    operator: actor('op-0001', 'operator'),
    manager: actor('kanri-01', 'responsible-manager'),
    administrator: actor('admin-01', 'administrator'),
    welfare: { ...actor('ds-0001', 'department-staff'), department: 'fukushi' as DepartmentCode },
    tax: { ...actor('ds-0002', 'department-staff'), department: 'zeimu' as DepartmentCode },
    auditor: actor('audit-01', 'auditor'),
  };

  private constructor(
    readonly dir: string,
    readonly store: EventStore,
    readonly keys: KeyVault,
  ) {}

  private app!: INestApplicationContext;

  static async create(): Promise<World> {
    const dir = tempDir();
    const clock = new SystemClock();
    const plain = SqliteEventStore.open({ file: join(dir, 'events.sqlite'), clock });
    const keys = SqliteKeyVault.open({
      file: join(dir, 'keys.sqlite'),
      masterKey: new MasterKey(new Uint8Array(32).fill(7)),
      access: mayOpen,
    });
    const world = new World(dir, new SealedEventStore(plain, keys, SEALED_CATEGORIES), keys);
    world.app = await NestFactory.createApplicationContext(ApplicationModule.over(world.ports()), { logger: false });
    onTestFinished(async () => {
      await world.app.close();
      await plain.close();
      keys.close();
    });
    for (const code of ['fukushi', 'zeimu'])
      await world.done(new OpenDepartment(code, { name: `${code}課` }, world.by('administrator')));
    return world;
  }

  /** A request of this actor, under a fresh command id or a given one. */
  by(who: keyof World['actors'], commandId: string = randomUUID()): Request {
    return { commandId, actor: this.actors[who] };
  }

  send<R>(command: Submit<unknown, R>): Promise<E.Either<Failure, R>> {
    return this.app.get(CommandBus).execute(command);
  }

  /** Sends, and fails the test unless it was done. */
  async done<R = Outcome>(command: Submit<unknown, R>): Promise<R> {
    const result = await this.send(command);
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
    return result.right;
  }

  /** Sends, and gives the codes it was refused with. */
  async codes(command: Submit<unknown, unknown>): Promise<ReadonlyArray<string>> {
    const result = await this.send(command);
    if (E.isRight(result)) return [];
    return result.left._tag === 'refused' ? result.left.errors.map(({ code }) => code).toSorted() : [result.left._tag];
  }

  get<A>(type: abstract new (...args: never[]) => A): A {
    return this.app.get(type as never);
  }

  get aggregates(): Aggregates {
    return this.app.get(Aggregates);
  }

  get ingest(): RecorderIngest {
    return this.app.get(RecorderIngest);
  }

  get queries(): QueryBus {
    return this.app.get(QueryBus);
  }

  events(): Promise<ReadonlyArray<RecordedEvent>> {
    return Array.fromAsync(this.store.readAll());
  }

  /** How often each type of event is stored. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { type } of await this.events()) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  }

  private ports(): ReadonlyArray<Provider> {
    return [
      { provide: EventStore, useValue: this.store },
      { provide: KeyVault, useValue: this.keys },
      { provide: Clock, useValue: this.clock },
      { provide: OfficeCalendar, useValue: this.calendar },
      { provide: RecorderAudio, useValue: this.audio },
      { provide: FaqSearch, useValue: this.faq },
      { provide: FaqCatalogue, useValue: new TestCatalogue(this.store) },
      { provide: Views, useValue: new TestViews() },
    ];
  }
}

const actor = (subject: string, role: Role) => ({ subject: subject as StaffId, role });
