import { Readable } from 'node:stream';
import { Controller, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import { RecordingEntry, RecordingsView } from '../../../application/ports/recordings-view.js';
import * as Use from '../../../application/recording/commands.js';
import { OpenAudio } from '../../../application/recording/open-audio.js';
import { flag, pattern, record } from '../../../domain/kernel/codec.js';
import { CallId, RecorderCode, RecordingId } from '../../../domain/kernel/ids.js';
import { Instant } from '../../../domain/kernel/time.js';
import * as Recording from '../../../domain/recording/commands.js';
import { Done } from '../answer.js';
import { found } from '../found.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { failureProblem } from '../problem.js';
import { pageOf, pageRequest, paging } from './pages.js';

const tag = 'Recordings';
const id = { id: RecordingId };
const params = record('RecordingPath', id);
const ListeningId = pattern<string>('the id of a listening (a lower-case UUID)', /^[0-9a-f-]{36}$/, {
  format: 'uuid',
  maxLength: 36,
});
const done = { status: 200, description: 'Done.', body: Done } as const;
const command = { method: 'post', tag, params, command: true, ifMatch: true } as const;

const page = operation({
  method: 'get',
  path: '/recordings',
  tag,
  summary: 'Recordings and when they are due for destruction (K4, K7), latest started first',
  query: record(
    'RecordingQuery',
    {},
    {
      from: Instant,
      to: Instant,
      call: CallId,
      recorder: RecorderCode,
      quarantined: flag,
      sensitive: flag,
      destroyed: flag,
      dueBefore: Instant,
      ...paging,
    },
  ),
  view: 'recordings',
  success: { status: 200, description: 'A page.', body: pageOf('RecordingPage', RecordingEntry) },
});
const get = operation({
  method: 'get',
  path: '/recordings/:id',
  tag,
  summary: 'One recording',
  params,
  view: 'recordings',
  etag: true,
  success: { status: 200, description: 'The recording.', body: RecordingEntry },
});
const listen = operation({
  ...command,
  path: '/recordings/:id/listenings',
  summary: 'Say that you will listen, and for what (K6, K8)',
  description: 'Stored before any audio flows. The answer’s `listening` opens the audio for a quarter of an hour.',
  body: Recording.ListenToRecording,
  success: {
    status: 201,
    description: 'You may listen.',
    body: record('Listening', { ...Done.required, listening: ListeningId }),
  },
});
const audio = operation({
  method: 'get',
  path: '/recordings/:id/listenings/:listening/audio',
  tag,
  summary: 'The audio of a recorded listening, for the one who listens',
  params: record('ListeningPath', { ...id, listening: ListeningId }),
  success: { status: 200, description: 'The audio, as the recorder holds it.', body: { mediaType: 'audio/*' } },
});
const release = operation({
  ...command,
  path: '/recordings/:id/release',
  summary: 'Let a recording out of quarantine, once its consent is there (K3)',
  success: done,
});
const flagSensitive = operation({
  ...command,
  path: '/recordings/:id/sensitive-flag',
  summary: 'Only the responsible manager may listen from here on (K2)',
  body: Recording.FlagSensitive,
  success: done,
});
const clearFlag = operation({
  ...command,
  method: 'delete',
  path: '/recordings/:id/sensitive-flag',
  summary: 'The recording is not sensitive after all',
  success: done,
});
const destroy = operation({
  ...command,
  path: '/recordings/:id/destruction',
  summary: 'Have the audio destroyed at the recorder and seen gone (K7)',
  body: Recording.DestroyRecording,
  success: { status: 202, description: 'Asked for; the recording tells when it is gone.', body: Done },
});

@Controller()
export class RecordingsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly queries: QueryBus,
    private readonly recordings: RecordingsView,
  ) {}

  @Handles(page)
  page(@Input() { query }: InputOf<typeof page>) {
    const { limit, after, ...filter } = query;
    return this.recordings.page(filter, pageRequest(query));
  }

  @Handles(get)
  async get(@Input() { params }: InputOf<typeof get>) {
    return found(await this.recordings.get(params.id), 'recording');
  }

  @Handles(listen)
  async listen(@Input() { params, body, request }: Input & InputOf<typeof listen>) {
    const result = await this.bus.execute(new Use.ListenToRecording(params.id, body, request));
    return E.map((outcome: object) => ({ ...outcome, listening: request.commandId }))(result);
  }

  @Handles(audio)
  async audio(@Input() { params, actor }: Input & InputOf<typeof audio>) {
    const opened = await this.queries.execute(new OpenAudio(params.id, params.listening, actor));
    if (E.isLeft(opened)) throw failureProblem(opened.left);
    return new StreamableFile(Readable.from(opened.right.bytes), { type: opened.right.mediaType });
  }

  @Handles(release)
  release(@Input() { params, request }: Input & InputOf<typeof release>) {
    return this.bus.execute(new Use.ReleaseRecording(params.id, {}, request));
  }

  @Handles(flagSensitive)
  flagSensitive(@Input() { params, body, request }: Input & InputOf<typeof flagSensitive>) {
    return this.bus.execute(new Use.FlagSensitive(params.id, body, request));
  }

  @Handles(clearFlag)
  clearFlag(@Input() { params, request }: Input & InputOf<typeof clearFlag>) {
    return this.bus.execute(new Use.ClearSensitiveFlag(params.id, {}, request));
  }

  @Handles(destroy)
  destroy(@Input() { params, body, request }: Input & InputOf<typeof destroy>) {
    return this.bus.execute(new Use.DestroyRecording(params.id, body, request));
  }
}
