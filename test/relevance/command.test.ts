import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { rightly, send, tinyEndpoint } from '../embeddings/tiny-endpoint.js';
import { tempDir } from '../support/temp-dir.js';
import { filesOf, relevance } from './command.js';

// Each test starts the command, most of them an application with it.
vi.setConfig({ testTimeout: 120_000 });

const corpus = {
  gomi: 'Question: 粗大ごみはどう出しますか。\nAnswer: 電話で申し込んでください。',
  juminhyo: 'Question: 住民票の写しはどこで取れますか。\nAnswer: 区役所の窓口で取れます。',
  kaiin: '図書館の利用カードを作りたい。窓口へお越しください。',
};
const queries = { q1: '粗大ごみを出したい', q2: '住民票', q3: '図書館のカード', q4: '水道' };
const judgements = { q1: { gomi: 1 }, q2: { juminhyo: 2, kaiin: 0 }, q3: { kaiin: 1 }, q4: { gomi: 1 } };

describe('npm run relevance', () => {
  test('prints a row for each engine, names those that are skipped, and writes the figures', async () => {
    const json = join(tempDir(), 'figures.json');
    const ended = await relevance([...filesOf(corpus, queries, judgements), '--json', json]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('warning') });
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual([
      { engine: 'sqlite', r10: 0.75, p10: expect.closeTo(0.075, 9), ndcg10: 0.75, hit1: 0.75 },
    ]);
    expect(ended.stdout).toMatch(/^3 texts, 4 queries$/m);
    expect(ended.stdout).toMatch(/^sqlite +0\.750 +0\.075 +0\.750 +0\.750 +[\d.]+ +[\d.]+$/m);
    expect(ended.stdout).toMatch(/^elasticsearch: skipped, ELASTICSEARCH_URL not set$/m);
    expect(ended.stdout).toMatch(/^elasticsearch-hybrid: skipped, ELASTICSEARCH_URL and EMBEDDINGS_URL not set$/m);
    expect(readdirSync(ended.temporary)).toEqual([]);
  });

  test('takes texts of any length, ids of any characters, and counts what it does not take as it came', async () => {
    const files = filesOf(
      `\uFEFF${JSON.stringify({
        ...corpus,
        ['__proto__ "\n☃']: corpus.gomi,
        '': `Question: ${'長い質問'.repeat(200)}\nAnswer: 続き\r\n\u0000${'長い答え'.repeat(5_300)}\uD800`,
        constructor: '一'.repeat(21_000),
        blank: ' \n\u200B',
        unanswered: 'Question: 督促状\nAnswer:',
      })}`,
      { ...queries, long: `督促状${'あ、'.repeat(400)}`, blank: ' ', unjudged: 'x' },
      {
        ...judgements,
        long: { unanswered: 1 },
        blank: { gomi: 1, gone: 1 },
        nobody: { gomi: 1 },
        unjudged: { gomi: 0 },
      },
    );
    const { code, stdout, stderr } = await relevance(files);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^7 texts, 6 queries$/m);
    // Of six: three of the four, and the long one.
    expect(stdout).toMatch(/^sqlite +0\.667 /m);
    expect(stderr.match(/^warning: .*$/gm)).toEqual([
      'warning: 1 texts are blank, and left out',
      expect.stringMatching(/^warning: 2 texts are longer than an article may be: \d+ characters/),
      'warning: 1 queries are cut at 500 characters',
      'warning: 1 queries are judged, but not in the file of queries, and left out',
      'warning: 1 queries have no judgement above 0, and are left out',
      'warning: 1 judgements name a document that the corpus has not; it counts as one that is never found',
    ]);
  });

  test('equal texts are articles of their own', async () => {
    const twice = { a: corpus.gomi, b: corpus.gomi };
    const { stdout } = await relevance(filesOf(twice, { q: '粗大ごみ' }, { q: { a: 1, b: 1 } }));
    expect(stdout).toMatch(/^sqlite +1\.000 +0\.200 +1\.000 +1\.000 /m);
  });

  describe('with an endpoint for embeddings', () => {
    test('asks when all vectors are there, and measures words with meaning beside words alone', async () => {
      const { url, asked } = await tinyEndpoint();
      const ended = await relevance(filesOf(corpus, queries, judgements), { env: { EMBEDDINGS_URL: url } });
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stdout).toMatch(/^sqlite +0\.750 /m);
      expect(ended.stdout).toMatch(/^sqlite-hybrid +[01]\.\d{3} +0\.\d{3} +[01]\.\d{3} +[01]\.\d{3} /m);
      expect(ended.stdout).toMatch(/^elasticsearch-hybrid: skipped, ELASTICSEARCH_URL not set$/m);
      const kinds = asked.flatMap(({ input }) => input.map((text) => text.slice(0, text.indexOf(':'))));
      // Of each article its question and the whole, before any query.
      expect(kinds.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 'passage'));
      expect(new Set(kinds.slice(6))).toEqual(new Set(['query']));
    });

    test('a query that got no vector is asked again, and counted', async () => {
      const { url, answering } = await tinyEndpoint();
      let failures = 0;
      answering((body, ...rest) => {
        const fails = body.input[0]!.startsWith('query') && failures++ < 2;
        if (fails) send(rest[0], 503, {});
        else rightly(body, ...rest);
      });
      const { code, stderr } = await relevance(filesOf(corpus, queries, judgements), { env: { EMBEDDINGS_URL: url } });
      expect(code).toBe(0);
      expect(stderr).toMatch(/^warning: sqlite-hybrid: [1-9] queries were answered by words alone.* 0 of them never/m);
    });
  });

  test('broken off by Ctrl-C, it leaves nothing behind', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `q${i}`);
    const files = filesOf(
      corpus,
      Object.fromEntries(many.map((id) => [id, '粗大ごみの住民票'])),
      Object.fromEntries(many.map((id) => [id, { gomi: 1 }])),
    );
    const ended = await relevance(files, { interruptAt: /articles imported/ });
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('broken off') });
    expect(readdirSync(ended.temporary)).toEqual([]);
  });

  describe('says what is wrong with a file, and with which', () => {
    test.each([
      ['no JSON', '{"a": ', queries, judgements, /corpus\.json: is no JSON: /],
      ['an empty file', corpus, '', judgements, /queries\.json: is empty/],
      ['a list', corpus, queries, [], /judgements\.json: an object \{queryId.* is needed, and it is a list/],
      ['no text at all', {}, queries, judgements, /corpus\.json: holds no text/],
      ['nothing but blank texts', { a: ' ' }, queries, judgements, /no text that could be an article/],
      ['a text that is none', { a: 'x', 'b"': 7 }, queries, judgements, /corpus\.json: the text of "b\\"" is a number/],
      ['grades that are none', corpus, queries, { q1: null }, /judgements\.json: query "q1": .* it is null/],
      ['a grade that is none', corpus, queries, { q1: { a: '1' } }, /query "q1": the grade of "a" is a string/],
      ['nothing relevant', corpus, queries, { q1: { gomi: 0 }, q9: { gomi: 1 } }, /no query has a judgement above 0/],
    ])('%s', async (_, ...given) => {
      const message = given.pop() as RegExp;
      const [corpusFile, queryFile, judgementFile] = given as [unknown, unknown, unknown];
      const { code, stdout, stderr } = await relevance(filesOf(corpusFile, queryFile, judgementFile));
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
      // One line for a person, and no stack.
      expect(stderr).not.toMatch(/^ +at /m);
    });

    test('a file that is not there', async () => {
      const [corpusFile, queryFile] = filesOf(corpus, queries, judgements);
      const { code, stderr } = await relevance([corpusFile!, queryFile!, '/nowhere/judgements.json']);
      expect(code).toBe(1);
      expect(stderr).toContain('/nowhere/judgements.json: cannot be read (ENOENT)');
    });

    test.each([
      ['too few files', ['a', 'b']],
      ['an unknown option', ['a', 'b', 'c', '--jsno', 'd']],
      ['figures that cannot be written', ['a', 'b', 'c', '--json', '/nowhere/figures.json']],
    ])('%s', async (_, args) => {
      const { code, stderr } = await relevance(args);
      expect(code).toBe(1);
      expect(stderr).toContain('npm run relevance -- CORPUS QUERIES JUDGEMENTS [--json FILE]');
    });
  });
});
