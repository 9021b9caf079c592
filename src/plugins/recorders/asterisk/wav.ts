/** RIFF, one `fmt ` chunk of 16 bytes, `data`: the form that Asterisk writes. */
export const WAV_HEADER_BYTES = 44;

/** Whether the lengths in a WAV's header are those of its file: Asterisk writes them last. Anything else is whole never. */
export const isWhole = (header: Uint8Array, fileBytes: number): boolean => {
  if (header.length < WAV_HEADER_BYTES) return false;
  const view = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  return (
    view.toString('latin1', 0, 4) === 'RIFF' &&
    view.toString('latin1', 36, 40) === 'data' &&
    view.readUInt32LE(40) > 0 &&
    Math.abs(view.readUInt32LE(40) + WAV_HEADER_BYTES - fileBytes) <= 1
  );
};
