// npm run bench -- [part of a benchmark's name ...] [--json FILE]; TMPDIR names the disk that is measured.
import { writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { eventStoreBench } from './event-store.bench.js';
import { faqSearchBench } from './faq-search.bench.js';
import { fileSystem } from './file-system.js';
import { kurrentDbBench } from './kurrentdb.bench.js';
import { latencyBench } from './latency.bench.js';
import { rebuildBench } from './rebuild.bench.js';
import type { BenchRow } from './row.js';

const benches: Readonly<Record<string, () => Promise<ReadonlyArray<BenchRow>>>> = {
  'event-store': eventStoreBench,
  kurrentdb: kurrentDbBench,
  'faq-search': faqSearchBench,
  rebuild: rebuildBench,
  latency: latencyBench,
};

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const chosen = Object.entries(benches).filter(
  ([name]) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
if (chosen.length === 0) throw new Error(`no benchmark of that name: there are ${Object.keys(benches).join(', ')}`);

const isMet = ({ value, ratio, goal }: BenchRow): boolean | undefined => {
  if (goal === undefined) return undefined;
  const [sign, bound] = goal.split(' ') as ['<=' | '>=', string];
  const measured = ratio ?? value;
  return sign === '<=' ? measured <= Number(bound) : measured >= Number(bound);
};

const figure = (n: number | undefined, digits = n !== undefined && n < 100 ? 2 : 0) =>
  n?.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) ?? '';

const cells = (row: BenchRow): ReadonlyArray<string> => [
  row.name,
  figure(row.value),
  row.unit,
  figure(row.baseline),
  figure(row.ratio, 2),
  row.goal ?? '',
  { true: 'met', false: 'MISSED', undefined: '' }[`${isMet(row)}`],
];

const table = (rows: ReadonlyArray<BenchRow>): string => {
  const lines = [['', 'measured', '', 'bare driver', 'ratio', 'goal', ''], ...rows.map(cells)];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const isFigure = (column: number) => column === 1 || column === 3 || column === 4;
  return lines
    .map((line) =>
      line.map((cell, c) => (isFigure(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join('  '),
    )
    .join('\n');
};

const machine = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, files on ${fileSystem(tmpdir())}`;
console.log(machine);
const measured: BenchRow[] = [];
for (const [name, bench] of chosen) {
  const rows = await bench();
  console.log(`\n${name}\n${table(rows)}`);
  measured.push(...rows);
}
if (values.json !== undefined) {
  const rows = measured.map(({ name, value, unit, baseline = null, ratio = null, goal = null }) => ({
    name,
    value,
    unit,
    baseline,
    ratio,
    goal,
  }));
  writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
}
