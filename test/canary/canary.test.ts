import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tone } from '../../src/plugins/recorders/sample/tone.js';
import { callOn, config as settings, rowsOf } from '../plugins/asterisk/captured.js';
import { ServerProcess } from '../support/server-process.js';
import { tempDir } from '../support/temp-dir.js';
import { scan, scanFolder } from './scanner.js';

/** Distinctive and invented: whoever finds one of these anywhere has found a leak. */
const contact = {
  name: '架空ヶ原 鶴亀之介',
  phone: '090-0000-7316',
  address: '若葉市幻影区まぼろし九丁目九九番九号 ｶｹﾞﾛｳ荘',
  content: '蜃気楼に関する申請の控えを失くしたので再発行してほしい',
  email: { address: 'tsurukame.kakuu@example.jp', reason: '耳が遠く電話では聞き取れない為の例外' },
  fax: { number: '03-0000-8427', reason: '図面を送る必要があるという架空の理由' },
};
const numbers = { from: '090-0000-6205', to: '03-0000-5194' };
const canaries = [
  contact.name,
  contact.phone,
  contact.address,
  contact.content,
  contact.email.address,
  contact.email.reason,
  contact.fax.number,
  contact.fax.reason,
  numbers.from,
  numbers.to,
];

const views = ['/inquiries', '/callbacks', '/callbacks/counts', '/recordings', '/staff', '/views'];

/** Everything that stays on disk or was said, but for the answers to those entitled. */
const leaks = async (server: ServerProcess | undefined, folder: string, values: ReadonlyArray<string> = canaries) => {
  const finds = [...scanFolder(values, folder)];
  if (server === undefined) return finds;
  for (const view of views) {
    const { body } = await server.done('auditor', 'GET', view);
    finds.push(...scan(values, view, Buffer.from(JSON.stringify(body))));
  }
  return [...finds, ...scan(values, 'log', Buffer.from(server.output()))];
};

describe('personal values sent through the API', () => {
  test('lie nowhere in the clear: live, after kill -9, after erasure; the API shows them until erased', async () => {
    const folder = tempDir();
    const [data, tmp] = [join(folder, 'data'), join(folder, 'tmp')];
    mkdirSync(tmp);
    const env = { TMPDIR: tmp };
    let server = await ServerProcess.start(data, { env });
    await server.done('administrator', 'PUT', '/departments/fukushi', { name: '福祉課' });
    const call = await server.done('operator', 'POST', '/calls', {
      site: 'honcho',
      line: 'daihyo-1',
      direction: 'inbound',
      startedAt: '2026-11-20T10:00:00.000Z',
      numbers,
    });
    const inquiry = await server.done('operator', 'POST', '/inquiries', {
      summary: '申請の控えの再発行について',
      answer: '担当課から連絡することとした',
      category: 'fukushi',
      department: 'fukushi',
      relatedDepartments: [],
      handling: 'callback',
      receivedAt: '2026-11-20T10:00:00.000Z',
      scope: 'identity-check',
      call: call.body.id,
    });
    const ofInquiry = `/inquiries/${inquiry.body.id}/callback`;
    const ofCall = `/calls/${call.body.id}`;
    const request = { requestedByCitizen: true, contact };
    await server.done('operator', 'POST', ofInquiry, request, {
      'idempotency-key': '6f0c5b43-9d5e-4f1d-8c1f-8a2701020304',
    });
    // Refused requests carry them too: other conditions, a wrong field, another body under the same key, an unknown path.
    for (const [path, body] of [
      [ofInquiry, request],
      [ofInquiry, { ...request, contact: { ...contact, phone: contact.name } }],
      [ofInquiry, { ...request, contact: { ...contact, [contact.name]: contact.address } }],
      [`/inquiries/${encodeURIComponent(contact.name)}`, request],
      [`/faq-articles?q=${encodeURIComponent(contact.name)}`, request],
    ] as const) {
      const { status, body: problem } = await server.ask('operator', 'POST', path, body);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(scan(canaries, 'problem', Buffer.from(JSON.stringify(problem)))).toEqual([]);
    }
    await server.ask('operator', 'GET', `/faq-articles?q=${encodeURIComponent(contact.name)}`);
    expect(await leaks(server, folder)).toEqual([]);

    const purpose = { purpose: 'inquiry-analysis' };
    const disclosed = await server.done('department-staff@fukushi', 'POST', `${ofInquiry}/disclosures`, {
      purpose: 'callback',
    });
    expect(disclosed.body.content).toEqual(contact);
    const shown = await server.done('responsible-manager', 'POST', `${ofCall}/number-disclosures`, purpose);
    expect(shown.body.content).toEqual(numbers);

    expect(await server.kill('SIGKILL')).toBe('SIGKILL');
    expect(await leaks(undefined, folder)).toEqual([]);

    server = await ServerProcess.start(data, { env });
    for (const path of [`${ofInquiry}/erasure`, `${ofCall}/number-erasure`])
      await server.done('responsible-manager', 'POST', path, { reason: 'citizen-request' });
    const erasedAt = async () =>
      (await server.done('operator', 'GET', `/inquiries/${inquiry.body.id}`)).body.callback.erasedAt;
    await expect.poll(erasedAt, { timeout: 20_000, interval: 20 }).toBeDefined();
    const gone = await server.ask('department-staff@fukushi', 'POST', `${ofInquiry}/disclosures`, {
      purpose: 'callback',
    });
    expect([gone.status, gone.body.errors?.[0]?.code]).toEqual([409, 'contact_erased']);
    const history = await server.done('auditor', 'GET', `/streams/caller-${call.body.id}/events`);
    expect(history.body.items.map(({ content }: { content: string }) => content)).toEqual(['erased', 'erased']);
    expect(await leaks(server, folder)).toEqual([]);

    expect(await server.kill('SIGTERM')).toBe(0);
    expect(await leaks(undefined, folder)).toEqual([]);
  });
});

describe('numbers that a recorder tells', () => {
  test('lie nowhere in the clear: live, after kill -9, after erasure; the API shows them until erased', async () => {
    const folder = tempDir();
    // The exchange's own files are not Madoguchi's, and stay outside.
    const exchange = tempDir();
    const [data, tmp] = [join(folder, 'data'), join(folder, 'tmp')];
    mkdirSync(tmp);
    const { cel, cdr } = rowsOf('7001');
    const caller = /"CHAN_START","[^"]*","[^"]*","(\d+)"/.exec(cel[0]!)![1]!;
    const canary = numbers.from.replaceAll('-', '');
    const told = (rows: ReadonlyArray<string>) => `${rows.join('\n').replaceAll(caller, canary)}\n`;
    writeFileSync(join(exchange, 'cel.csv'), told(cel));
    writeFileSync(join(exchange, 'cdr.csv'), told(cdr));
    writeFileSync(join(exchange, `${callOn('7001')}.wav`), tone(3, 440));
    // No ARI answers: what the exchange recorded by itself is told by its files alone.
    const config = {
      ...settings,
      ariUrl: 'http://127.0.0.1:9/ari',
      celFile: join(exchange, 'cel.csv'),
      cdrFile: join(exchange, 'cdr.csv'),
      monitorDir: exchange,
    };
    const recorders = join(exchange, 'recorders.json');
    writeFileSync(recorders, JSON.stringify([{ instance: 'asterisk-honcho', plugin: 'asterisk', config }]));
    const env = { TMPDIR: tmp, MADOGUCHI_RECORDERS: recorders };
    const recordings = async (server: ServerProcess) =>
      (await server.done('auditor', 'GET', '/recordings')).body.items as ReadonlyArray<{ call: string }>;

    let server = await ServerProcess.start(data, { env });
    await expect.poll(async () => (await recordings(server)).length, { timeout: 20_000, interval: 20 }).toBe(1);
    expect(await leaks(server, folder, [...canaries, canary])).toEqual([]);
    const ofCall = `/calls/${(await recordings(server))[0]!.call}`;
    const purpose = { purpose: 'inquiry-analysis' };
    const shown = await server.done('responsible-manager', 'POST', `${ofCall}/number-disclosures`, purpose);
    expect(shown.body.content).toMatchObject({ from: canary });

    expect(await server.kill('SIGKILL')).toBe('SIGKILL');
    expect(await leaks(undefined, folder, [canary])).toEqual([]);
    server = await ServerProcess.start(data, { env });
    await server.done('responsible-manager', 'POST', `${ofCall}/number-erasure`, { reason: 'citizen-request' });
    const disclosure = async () =>
      (await server.ask('responsible-manager', 'POST', `${ofCall}/number-disclosures`, purpose)).body.errors?.[0]?.code;
    await expect.poll(disclosure, { timeout: 20_000, interval: 20 }).toBe('numbers_erased');
    expect(await leaks(server, folder, [canary])).toEqual([]);
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(await leaks(undefined, folder, [canary])).toEqual([]);
  });
});
