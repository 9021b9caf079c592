import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Aggregates } from '../../../application/aggregates/aggregates.js';
import { CITY } from '../../../application/aggregates/facts.js';
import type { Outcome } from '../../../application/aggregates/request.js';
import * as Dictionary from '../../../application/search-dictionary/commands.js';
import { integer, record } from '../../../domain/kernel/codec.js';
import { SynonymGroupId } from '../../../domain/kernel/ids.js';
import { Expression, StopWord, SynonymGroup, Synonyms } from '../../../domain/search-dictionary/events.js';
import { searchDictionary, stopWords, synonymGroups } from '../../../domain/search-dictionary/search-dictionary.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';

const tag = 'Search dictionary';
const command = { tag, command: true, ifMatch: true } as const;
const done = { status: 200, description: 'Done; searches follow within seconds.', body: Done } as const;
const ofGroup = { ...command, params: record('SynonymGroupPath', { group: SynonymGroupId }) } as const;

const list = operation({
  method: 'get',
  path: '/search-dictionary',
  tag,
  summary: 'The synonyms and stop words that the FAQ search knows, oldest first',
  success: {
    status: 200,
    description: 'The dictionary.',
    body: record(
      'SearchDictionary',
      { synonyms: t.readonlyArray(SynonymGroup), stopWords: t.readonlyArray(Expression) },
      { revision: integer(0, Number.MAX_SAFE_INTEGER, 'What If-Match names. Absent: nobody has edited it yet.') },
    ),
  },
});
const define = operation({
  ...command,
  method: 'post',
  path: '/search-dictionary/synonyms',
  summary: 'Define a group of synonyms (S1)',
  description:
    'Who searches for one of the expressions finds articles that hold another. With `oneWay` the first finds the others, but not the reverse.',
  body: Synonyms,
  success: { ...done, status: 201 },
});
const change = operation({
  ...ofGroup,
  method: 'put',
  path: '/search-dictionary/synonyms/:group',
  summary: 'Give a group other expressions',
  body: Synonyms,
  success: done,
});
const remove = operation({
  ...ofGroup,
  method: 'delete',
  path: '/search-dictionary/synonyms/:group',
  summary: 'Remove a group',
  success: done,
});
const addStopWord = operation({
  ...command,
  method: 'post',
  path: '/search-dictionary/stop-words',
  summary: 'Leave a word out of queries that say anything else',
  body: StopWord,
  success: done,
});
const removeStopWord = operation({
  ...command,
  method: 'post',
  path: '/search-dictionary/stop-words/removal',
  summary: 'Search for a word again',
  body: StopWord,
  success: done,
});

@Controller()
export class SearchDictionaryController {
  constructor(
    private readonly bus: CommandBus,
    private readonly aggregates: Aggregates,
  ) {}

  /** From its stream: who edits must see it as it is. */
  @Handles(list)
  async list(@Input() _: InputOf<typeof list>) {
    const { state, revision } = await this.aggregates.load(searchDictionary, CITY);
    return {
      synonyms: synonymGroups(state),
      stopWords: stopWords(state),
      ...(revision !== 'none' && { revision }),
    };
  }

  @Handles(define)
  async define(@Input() { body, request }: Input & InputOf<typeof define>) {
    const defined = await this.bus.execute(new Dictionary.DefineSynonyms(CITY, body, request));
    return E.map((outcome: Outcome) => ({ ...outcome, id: Dictionary.synonymGroupId(request.commandId) }))(defined);
  }

  @Handles(change)
  change(@Input() { params, body, request }: Input & InputOf<typeof change>) {
    return this.bus.execute(new Dictionary.ChangeSynonyms(CITY, { ...params, ...body }, request));
  }

  @Handles(remove)
  remove(@Input() { params, request }: Input & InputOf<typeof remove>) {
    return this.bus.execute(new Dictionary.RemoveSynonyms(CITY, params, request));
  }

  @Handles(addStopWord)
  addStopWord(@Input() { body, request }: Input & InputOf<typeof addStopWord>) {
    return this.bus.execute(new Dictionary.AddStopWord(CITY, body, request));
  }

  @Handles(removeStopWord)
  removeStopWord(@Input() { body, request }: Input & InputOf<typeof removeStopWord>) {
    return this.bus.execute(new Dictionary.RemoveStopWord(CITY, body, request));
  }
}
