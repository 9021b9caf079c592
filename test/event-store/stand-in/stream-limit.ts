const SETTINGS = 4;
const HEADER_BYTES = 9;
const SETTING_BYTES = 6;
const MAX_CONCURRENT_STREAMS = 3;

/**
 * The server's first bytes, a SETTINGS frame, with another limit of streams in it. Node counts a stream for some turns
 * after it has closed and would refuse a call that the client may make, so it must allow more than clients are told.
 */
export const withStreamLimit = (bytes: Buffer, limit: number): Buffer => {
  if (bytes.readUInt8(3) !== SETTINGS) throw new Error('HTTP/2 does not begin with its settings');
  const end = HEADER_BYTES + bytes.readUIntBE(0, 3);
  for (let at = HEADER_BYTES; at < end; at += SETTING_BYTES)
    if (bytes.readUInt16BE(at) === MAX_CONCURRENT_STREAMS) bytes.writeUInt32BE(limit, at + 2);
  return bytes;
};
