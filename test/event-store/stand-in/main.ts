// npm run stand-in:eventstore -- PORT: the stand-in by hand, until SIGINT or SIGTERM.
import { StandIn } from './stand-in.js';

const port = Number(process.argv[2] ?? '2113');
if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('usage: npm run stand-in:eventstore -- PORT');
const standIn = await StandIn.start({ port });
console.log(standIn.url);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.stop());
