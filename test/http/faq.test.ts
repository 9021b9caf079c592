import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { TestServer, type Answer } from './server.js';

const server = await TestServer.start();
afterAll(() => server.close());
for (const code of ['mihon', 'betsu'])
  await server.done('administrator', 'PUT', `/departments/${code}`, { name: '見本課' });

const staff = 'department-staff@mihon';
const article = (question: string, more: object = {}) => ({
  question,
  answer: '見本課の窓口でできます。',
  category: 'kurashi',
  department: 'mihon',
  ...more,
});
const after = ({ headers }: Answer) => ({ 'madoguchi-wait-for': headers.get('madoguchi-position')! });
const post = (as: string, path: string, body?: object) => server.done(as, 'POST', path, body);

/** The ids that a query finds once its view has come as far as the answer. */
const finds = async (q: string, done: Answer, more = '') => {
  const { body } = await server.get('operator', `/faq-articles?q=${encodeURIComponent(q)}${more}`, after(done));
  return body.items.map(({ id }: { id: string }) => id);
};

describe('the life of an article', () => {
  test('an operator drafts, its department sends back and approves, and it is found', async () => {
    const question = '蛍光灯はどう捨てますか。';
    const drafted = await post('operator', '/faq-drafts', article(question, { internalNote: '水銀に触れないこと' }));
    const path = `/faq-articles/${drafted.body.id}`;
    expect(await finds('蛍光灯', await post('operator', `${path}/draft/submit`))).toEqual([]);
    expect((await server.command('operator', 'POST', `${path}/draft/approve`)).status).toBe(403);
    expect((await server.command('department-staff@betsu', 'POST', `${path}/draft/approve`)).status).toBe(403);
    await post(staff, `${path}/draft/return`, { reason: '場所を書いてください。' });
    const changed = article(question, { answer: '回収箱へ。', internalNote: '水銀に触れないこと' });
    await server.done('operator', 'PUT', `${path}/draft`, changed);
    await post('operator', `${path}/draft/submit`);
    const waiting = await server.get(staff, '/faq-catalogue?stage=in-review&department=mihon', after(drafted));
    expect(waiting.body.items.map(({ id }: { id: string }) => id)).toEqual([drafted.body.id]);
    const approved = await post(staff, `${path}/draft/approve`);
    expect(await finds('蛍光灯', approved)).toEqual([drafted.body.id]);
    expect(await finds('水銀', approved)).toEqual([]);
    const { body } = await server.get('operator', path, after(approved));
    expect(body).toMatchObject({ status: 'published', answer: '回収箱へ。', internalNote: '水銀に触れないこと' });
    expect(body).not.toHaveProperty('draft');
  });

  test('what is published is found within two seconds, without waiting for a position', async () => {
    const begun = performance.now();
    const { body } = await post('administrator', '/faq-articles', article('電池はどう捨てますか。'));
    const found = () => server.get('operator', `/faq-articles?q=${encodeURIComponent('電池')}`);
    while ((await found()).body.items[0]?.id !== body.id) expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test('a retired article is found no more, and again when it is published anew', async () => {
    const { body } = await post('administrator', '/faq-articles', article('花火大会はいつですか。'));
    const path = `/faq-articles/${body.id}`;
    expect(await finds('花火', await post('administrator', `${path}/retire`))).toEqual([]);
    expect(
      await finds('花火', await post(staff, `${path}/republish`, article('今年の花火大会はいつですか。'))),
    ).toEqual([body.id]);
  });
});

describe('use and feedback', () => {
  const inquiry = (faqArticle: string) => ({
    summary: '窓口を尋ねられた',
    answer: '案内した',
    category: 'kurashi',
    department: 'mihon',
    relatedDepartments: [],
    handling: 'answered',
    scope: 'in-scope',
    receivedAt: new Date().toISOString(),
    faqArticle,
  });

  test('contacts and operators’ words are counted; hits and articles come by use', async () => {
    const [rare, common] = [
      (await post('administrator', '/faq-articles', article('駐輪場はありますか。'))).body.id,
      (await post('administrator', '/faq-articles', article('駅前の駐輪場の定期利用の手続きを教えてください。'))).body
        .id,
    ];
    const contacts = [
      await post('operator', '/inquiries', inquiry(common)),
      await post('operator', '/inquiries', inquiry(common)),
    ];
    await post('operator', `/faq-articles/${common}/feedback`, { helped: true, inquiry: contacts[0]!.body.id });
    const last = await post('operator', `/faq-articles/${common}/feedback`, { helped: false });
    const { body } = await server.get('operator', `/faq-articles/${common}/use`, after(last));
    expect(body).toMatchObject({ used: 2, helped: 1, notHelped: 1, published: true });
    const byUse = await server.get('operator', '/faq-use?category=kurashi&limit=1', after(last));
    expect(byUse.body.items.map(({ id }: { id: string }) => id)).toEqual([common]);
    expect(await finds('駐輪場', last, '&limit=1')).toEqual([rare]);
    expect(await finds('駐輪場', last, '&order=use')).toEqual([common, rare]);
    expect(await finds('駐輪場', last, '&order=use&limit=1')).toEqual([common]);
  });

  test('feedback on what there is not, or about a contact that there is not, is refused', async () => {
    const nowhere = await server.command('operator', 'POST', `/faq-articles/${randomUUID()}/feedback`, {
      helped: true,
    });
    expect([nowhere.status, nowhere.body.errors[0].code]).toEqual([404, 'article_not_found']);
    const drafted = await post('operator', '/faq-drafts', article('下書き'));
    const early = await server.command('operator', 'POST', `/faq-articles/${drafted.body.id}/feedback`, {
      helped: true,
    });
    expect(early.status).toBe(404);
    const { body } = await post('administrator', '/faq-articles', article('公開'));
    const unknown = { helped: true, inquiry: randomUUID() };
    const refused = await server.command('operator', 'POST', `/faq-articles/${body.id}/feedback`, unknown);
    expect(refused.body.errors).toMatchObject([{ code: 'unknown_inquiry', field: 'inquiry' }]);
  });
});

describe('import and export', () => {
  const CSV = { 'content-type': 'text/csv; charset=utf-8' };
  const columns = 'reference,category,department,question,answer,internalNote';
  const csv = (lines: ReadonlyArray<string>) => `\uFEFF${[columns, ...lines].join('\r\n')}\r\n`;
  const importCsv = (text: string, headers: object = {}) =>
    server.command('administrator', 'POST', '/faq-imports', text, { ...CSV, ...headers });

  test('a CSV file becomes articles; exported and imported again it changes nothing', async () => {
    const imported = await importCsv(
      csv([
        'C-1,csv,mihon,=1+1は何ですか。,"「二」です。\r\n三ではありません。",',
        "C-2,csv,mihon,'-は引用です。,＝二です。,覚え",
      ]),
    );
    expect([imported.status, imported.body]).toMatchObject([
      201,
      { created: 2, revised: 0, unchanged: 0, overtaken: 0 },
    ]);
    const one = await server.get('operator', `/faq-articles/${imported.body.ids[0]}`, after(imported));
    expect(one.body).toMatchObject({ question: '=1+1は何ですか。', answer: '「二」です。\n三ではありません。' });
    const exported = await server.get('operator', '/faq-export.csv?category=csv');
    expect(exported.headers.get('content-disposition')).toBe('attachment; filename="faq.csv"');
    expect(exported.text).toContain(",'=1+1は何ですか。,");
    const again = await importCsv(exported.text);
    expect([again.status, again.body]).toMatchObject([201, { created: 0, revised: 0, unchanged: 2 }]);
    const json = await server.get('operator', '/faq-export.json?category=csv');
    const same = await server.done('administrator', 'POST', '/faq-imports', json.body);
    expect(same.body).toMatchObject({ unchanged: 2, ids: expect.arrayContaining(imported.body.ids) });
  });

  test('every wrong row is named at once, in the terms of the file, and nothing is stored', async () => {
    const before = server.storedEvents();
    const wrong = await importCsv(
      csv([
        'W-1,csv,mihon,質問,答え,',
        'W-2,csv,nowhere,質問,答え,',
        'W-1,csv,mihon,質問,答え,',
        'W-4,CSV,mihon,質問,,,too many',
      ]),
    );
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ code, field }: Record<string, string>) => `${code} ${field}`)).toEqual([
      'unknown_department row.3.department',
      'repeated_reference row.4.reference',
      'missing_field row.5.answer',
      'invalid_field row.5.category',
      'too_many_cells row.5',
    ]);
    const rows = [article('質問'), article('質問', { department: 'nowhere' }), { question: ' ' }];
    const json = await server.command('administrator', 'POST', '/faq-imports', { rows });
    expect(json.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'rows.1.department',
      'rows.2.question',
      'rows.2.answer',
      'rows.2.category',
      'rows.2.department',
    ]);
    expect(server.storedEvents()).toBe(before);
  });

  test('ten thousand rows, all of them there; the same request again is answered as the first time', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `L-${n},many,mihon,第${n}号の届出について,窓口${n}です。,`);
    const headers = { 'idempotency-key': randomUUID() };
    const imported = await importCsv(csv(lines), headers);
    expect([imported.status, imported.body.created, new Set(imported.body.ids).size]).toEqual([201, 10_000, 10_000]);
    const before = server.storedEvents();
    const again = await importCsv(csv(lines), headers);
    expect([again.status, again.text]).toEqual([201, imported.text]);
    expect((await importCsv(csv(lines.slice(1)), headers)).status).toBe(422);
    expect(server.storedEvents()).toBe(before);
    const read = () => server.get('operator', `/faq-articles/${imported.body.ids[9_999]}`, after(imported));
    // A read waits for its view five seconds at a time.
    let last = await read();
    while (last.body.code === 'view_behind') last = await read();
    expect(last.body).toMatchObject({ reference: 'L-9999', question: '第9999号の届出について' });
    const exported = await server.get('operator', '/faq-export.csv?category=many');
    expect(exported.text.split('\r\n')).toHaveLength(10_002);
  }, 120_000);

  test('bytes that are no UTF-8, CSV elsewhere, and more than 64 MiB are refused', async () => {
    const shiftJis = new Uint8Array([...new TextEncoder().encode(columns), 0x0a, 0x8e, 0xbf, 0x96]);
    expect(
      (await server.send({ as: 'administrator', method: 'POST', path: '/faq-imports', headers: CSV, body: shiftJis }))
        .status,
    ).toBe(400);
    expect((await server.command('administrator', 'POST', '/faq-articles', columns, CSV)).status).toBe(415);
    const token = await server.token('administrator');
    const sent = request(`${server.url}/faq-imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...CSV, 'content-length': 64 * 1024 * 1024 + 1 },
    });
    sent.on('error', () => undefined).flushHeaders();
    const { statusCode } = await new Promise<{ statusCode?: number | undefined }>((resolve) =>
      sent.on('response', resolve),
    );
    sent.destroy();
    expect(statusCode).toBe(413);
  });
});
