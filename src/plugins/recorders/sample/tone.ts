const RATE = 8_000;
const HEADER = 44;

/** A WAV file (PCM, 8 kHz, 16 bit, mono) of a quiet tone: stands for a voice where there is none. */
export const tone = (seconds: number, hertz: number): Uint8Array => {
  const samples = Math.round(seconds * RATE);
  const wav = Buffer.alloc(HEADER + samples * 2);
  wav.write('RIFF', 0, 'ascii');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'ascii');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'ascii');
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++)
    wav.writeInt16LE(Math.round(3_000 * Math.sin((2 * Math.PI * hertz * i) / RATE)), HEADER + i * 2);
  return wav;
};
