const HEADER_BYTES = 5;

/** A message as gRPC puts it on the wire: a zero (not compressed), its length in four bytes, itself. */
export const framed = (message: { serializeBinary(): Uint8Array }): Buffer => {
  const bytes = message.serializeBinary();
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, HEADER_BYTES);
  return frame;
};

/** Takes what comes in as it comes, and gives the messages that it completes. */
export class Unframer {
  private chunks: Buffer[] = [];
  private held = 0;
  private wanted = HEADER_BYTES;

  *push(chunk: Buffer): Generator<Buffer> {
    this.chunks.push(chunk);
    this.held += chunk.length;
    // Large messages come in many chunks: they are put together once, when the last one is in.
    while (this.held >= this.wanted) {
      const bytes = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
      const end = HEADER_BYTES + bytes.readUInt32BE(1);
      const isWhole = bytes.length >= end;
      const rest = isWhole ? bytes.subarray(end) : bytes;
      this.chunks = rest.length === 0 ? [] : [rest];
      this.held = rest.length;
      this.wanted = isWhole ? HEADER_BYTES : end;
      if (isWhole) yield bytes.subarray(HEADER_BYTES, end);
    }
  }
}
