import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A place in a file that may be rotated: the file by inode and first bytes, and how many bytes were read. */
export interface Cursor {
  readonly inode: number;
  readonly head: string;
  readonly offset: number;
}

export interface Line {
  readonly text: string;
  /** Where it begins. */
  readonly at: Cursor;
}

const HEAD_BYTES = 24;
const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  readonly head: string;
}

/**
 * Follows a file that another program appends lines to, over rotation (renamed and begun anew, or truncated) and
 * restarts. A line counts once its line feed is written. Rotated files must stay beside it, uncompressed, until read.
 */
export class Tail {
  private current: OpenFile | undefined;
  private offset = 0;

  /** `onLoss`: the file of the cursor is gone, or was emptied before all of it was read. */
  constructor(
    private readonly file: string,
    private from: Cursor | undefined,
    private readonly onLoss: () => void,
  ) {}

  /** Where the next line will begin; undefined before the file exists. */
  get position(): Cursor | undefined {
    return this.current && { inode: this.current.inode, head: this.current.head, offset: this.offset };
  }

  /** The next complete lines, at most a chunk of them; none: all that is written was read. */
  async read(): Promise<ReadonlyArray<Line>> {
    this.current ??= await this.openFirst();
    for (;;) {
      if (this.current === undefined) return [];
      const lines = await this.readChunk(this.current);
      if (lines.length > 0) return lines;
      if (await this.wasTruncated(this.current)) {
        await this.close();
        this.from = undefined;
        this.offset = 0;
        return [];
      }
      const next = await this.openNext(this.current);
      if (next === undefined) return [];
      // What was written between the last read and the rotation.
      const rest = await this.readChunk(this.current);
      if (rest.length > 0) {
        await next.handle.close();
        return rest;
      }
      await this.current.handle.close();
      this.current = next;
      this.offset = 0;
    }
  }

  async close(): Promise<void> {
    await this.current?.handle.close();
    this.current = undefined;
  }

  private async readChunk({ handle, inode, head }: OpenFile): Promise<ReadonlyArray<Line>> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, this.offset);
    const lines: Array<Line> = [];
    let begin = 0;
    for (let end = 0; (end = buffer.subarray(0, bytesRead).indexOf(LINE_FEED, begin)) >= 0; begin = end + 1)
      lines.push({ text: buffer.toString('utf8', begin, end), at: { inode, head, offset: this.offset + begin } });
    this.offset += begin;
    return lines;
  }

  private async wasTruncated({ handle }: OpenFile): Promise<boolean> {
    return (await handle.stat()).size < this.offset;
  }

  /** The file of the cursor, whatever it was renamed to; without one, the file from its beginning. */
  private async openFirst(): Promise<OpenFile | undefined> {
    const { from } = this;
    if (from === undefined) return openIfThere(this.file);
    for (const path of await this.family()) {
      const file = await openIfThere(path);
      if (file?.inode === from.inode && file.head === from.head) {
        this.offset = from.offset;
        return file;
      }
      await file?.handle.close();
    }
    this.from = undefined;
    this.onLoss();
    return openIfThere(this.file);
  }

  private async openNext({ inode }: OpenFile): Promise<OpenFile | undefined> {
    const inodeNow = await inodeOf(this.file);
    if (inodeNow === undefined || inodeNow === inode) return undefined;
    const family = await this.family();
    const inodes = await Promise.all(family.map(inodeOf));
    const next = family[inodes.indexOf(inode) + 1];
    return openIfThere(inodes.includes(inode) && next !== undefined ? next : this.file);
  }

  /** The file and its rotated predecessors, oldest first. */
  private async family(): Promise<ReadonlyArray<string>> {
    const folder = dirname(this.file);
    const names = (await readdir(folder)).filter(
      (name) => name.startsWith(basename(this.file)) && !/\.(gz|bz2|xz|zst)$/.test(name),
    );
    const dated = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        const changed = await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        );
        return { path, changed: path === this.file ? Infinity : changed };
      }),
    );
    return dated.toSorted((a, b) => a.changed - b.changed).map(({ path }) => path);
  }
}

const inodeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );

const openIfThere = async (path: string): Promise<OpenFile | undefined> => {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
  const { ino } = await handle.stat();
  // A file that has just been made has no head to be known by yet.
  if (bytesRead === HEAD_BYTES) return { handle, inode: ino, head: head.toString('latin1') };
  await handle.close();
  return undefined;
};
