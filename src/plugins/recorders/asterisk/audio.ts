import { createReadStream } from 'node:fs';
import { open, realpath, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { AriClient } from './ari-client.js';
import type { AsteriskConfig } from './config.js';
import { BadReference, parseRef, type RecordingRef } from './recording-ref.js';
import { isWhole, WAV_HEADER_BYTES } from './wav.js';

/** `unfinished`: the exchange may still be writing. */
export type StoredAudio =
  { readonly state: 'absent' } | { readonly state: 'unfinished' | 'whole'; readonly bytes: number };

const NOT_FOUND = 404;
const CONFLICT = 409;

/** The audio of an exchange: what ARI stored, and MixMonitor's files. References are confined to the two. */
export class AsteriskAudio {
  constructor(
    private readonly ari: AriClient,
    private readonly config: Pick<AsteriskConfig, 'monitorDir' | 'prefix'>,
  ) {}

  /** Of a call that is over: ends a recording that goes on without it. Throws `BadReference`. */
  async settle(ref: string): Promise<StoredAudio> {
    const recording = parseRef(ref, this.config.prefix);
    if (recording.kind === 'monitor') return this.lookAtFile(recording);
    const { name } = recording;
    const stopped = await this.ari.request('POST', `/recordings/live/${encodeURIComponent(name)}/stop`, {
      allowed: [NOT_FOUND, CONFLICT],
    });
    const stream = await this.ari.storedFile(name);
    if (stream === undefined) return { state: 'absent' };
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    return { state: stopped.status === NOT_FOUND ? 'whole' : 'unfinished', bytes };
  }

  /** Throws at the first read: `BadReference`, or that there is none. */
  async *fetch(ref: string): AsyncIterable<Uint8Array> {
    const recording = parseRef(ref, this.config.prefix);
    if (recording.kind === 'monitor') {
      yield* createReadStream(await this.pathOf(recording)) as AsyncIterable<Uint8Array>;
      return;
    }
    const stream = await this.ari.storedFile(recording.name);
    if (stream === undefined) throw new Error('there is no such recording');
    yield* stream;
  }

  async delete(ref: string): Promise<void> {
    const recording = parseRef(ref, this.config.prefix);
    if (recording.kind === 'monitor') return this.deleteFile(recording);
    const name = encodeURIComponent(recording.name);
    // One that still runs would be written again.
    await this.ari.request('DELETE', `/recordings/live/${name}`, { allowed: [NOT_FOUND] });
    await this.ari.request('DELETE', `/recordings/stored/${name}`, { allowed: [NOT_FOUND] });
  }

  async isGone(ref: string): Promise<boolean> {
    const recording = parseRef(ref, this.config.prefix);
    if (recording.kind === 'monitor') return (await this.lookAtFile(recording)).state === 'absent';
    const name = encodeURIComponent(recording.name);
    const { status } = await this.ari.request('GET', `/recordings/stored/${name}`, { allowed: [NOT_FOUND] });
    return status === NOT_FOUND;
  }

  private async lookAtFile(recording: RecordingRef & { kind: 'monitor' }): Promise<StoredAudio> {
    try {
      await using file = await open(await this.pathOf(recording));
      const header = Buffer.alloc(WAV_HEADER_BYTES);
      const { bytesRead } = await file.read(header, 0, WAV_HEADER_BYTES, 0);
      const { size } = await file.stat();
      return { state: isWhole(header.subarray(0, bytesRead), size) ? 'whole' : 'unfinished', bytes: size };
    } catch (error) {
      if (isAbsence(error)) return { state: 'absent' };
      throw error;
    }
  }

  private async deleteFile(recording: RecordingRef & { kind: 'monitor' }): Promise<void> {
    try {
      await rm(await this.pathOf(recording), { force: true });
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
  }

  /** Throws `BadReference` when a link leads out of the monitor folder, and when that folder is not there. */
  private async pathOf({ path }: RecordingRef & { kind: 'monitor' }): Promise<string> {
    const root = await realpath(this.config.monitorDir).catch(() => {
      // Were it taken for absence, a folder not mounted would make every recording lost.
      throw new Error('the monitor folder cannot be read');
    });
    const file = join(root, path);
    const folder = await realpath(dirname(file));
    if (folder !== root && !folder.startsWith(root + sep)) throw new BadReference();
    const target = await realpath(file).catch((error: unknown) => {
      if (isAbsence(error)) return file;
      throw error;
    });
    if (!target.startsWith(root + sep)) throw new BadReference();
    return file;
  }
}

const isAbsence = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
