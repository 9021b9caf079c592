import { randomUUID } from 'node:crypto';
import type { ValidRequest } from './bad-input.js';
import type { Answer, TestServer } from './server.js';

/** What the scenarios build upon: commands through the API of a server with the sample city. All people are invented. */
class City {
  private made = 0;

  constructor(private readonly server: TestServer) {}

  now(): string {
    return new Date().toISOString();
  }

  async position(): Promise<string> {
    return (await this.department()).headers.get('madoguchi-position')!;
  }

  /** A fresh code, of a department or a member of staff. */
  code(): string {
    return `new-${++this.made}`;
  }

  async department(code = this.code()): Promise<Answer & { readonly code: string }> {
    return { code, ...(await this.server.done('administrator', 'PUT', `/departments/${code}`, { name: '見本課' })) };
  }

  async staff(): Promise<Answer & { readonly code: string }> {
    const code = this.code();
    const profile = { displayName: '見本 太郎', role: 'operator', employer: 'contractor' };
    return { code, ...(await this.server.done('administrator', 'PUT', `/staff/${code}`, profile)) };
  }

  article(): Promise<Answer> {
    return this.server.done('administrator', 'POST', '/faq-articles', article);
  }

  synonyms(): Promise<Answer> {
    const body = { expressions: [this.code(), this.code()] };
    return this.server.done('administrator', 'POST', '/search-dictionary/synonyms', body);
  }

  draft(): Promise<Answer> {
    return this.server.done('operator', 'POST', '/faq-drafts', article);
  }

  /** A draft that waits for its department. */
  async submitted(): Promise<Answer> {
    const { body } = await this.draft();
    return this.server.done('operator', 'POST', `/faq-articles/${body.id}/draft/submit`);
  }

  /** Begun just now. */
  call(): Promise<Answer> {
    return this.server.done('operator', 'POST', '/calls', { ...call, startedAt: this.now() });
  }

  async announcedCall(): Promise<Answer> {
    const told = await this.call();
    const announcedAt = this.now();
    await this.server.done('operator', 'POST', `/calls/${told.body.id}/consent/announce`, { announcedAt });
    return told;
  }

  emergency(): Promise<Answer> {
    const body = { kind: 'disaster', sites: [call.site] };
    return this.server.done('responsible-manager', 'POST', '/emergencies', body);
  }

  /** Out of scope, on a day when the offices were closed. */
  inquiry(): Promise<Answer> {
    return this.server.done('operator', 'POST', '/inquiries', outOfScope);
  }

  /** The inquiry's id, and what the last command of its callback answered. */
  async callback(...steps: ReadonlyArray<'acknowledge'>): Promise<Answer & { readonly inquiry: string }> {
    const { body } = await this.inquiry();
    let last = await this.server.done('operator', 'POST', `/inquiries/${body.id}/callback`, callback);
    for (const step of steps)
      last = await this.server.done(department, 'POST', `/inquiries/${body.id}/callback/${step}`);
    return { inquiry: body.id, ...last };
  }

  /** One of the sample city's recordings, none of them twice. */
  async recording(quarantined = false): Promise<{ id: string; call: string; startedAt: string; revision: number }> {
    const { body } = await this.server.get('auditor', `/recordings?quarantined=${quarantined}&limit=200`);
    const found = body.items.find(({ id }: { id: string }) => !this.taken.has(id));
    this.taken.add(found.id);
    return found;
  }

  private readonly taken = new Set<string>();

  done(...args: Parameters<TestServer['done']>): Promise<Answer> {
    return this.server.done(...args);
  }
}

const article = {
  question: '見本の手続きはどこでできますか。',
  answer: '見本課の窓口でできます。',
  category: 'gomi-recycle',
  department: 'gomi-genryo',
  reference: 'MIHON-0001',
  internalNote: '混む日は電話を勧めてください。',
};
const call = {
  site: 'honcho',
  line: 'daihyo-1',
  direction: 'inbound',
  numbers: { to: '03-0000-0001', from: '090-0000-0001' },
};
const department = 'department-staff@kaigo-hoken';
const outOfScope = {
  summary: '認定の結果について説明を求められた',
  answer: '担当課から後日回答することを案内した',
  category: 'gomi-recycle',
  department: 'kaigo-hoken',
  relatedDepartments: [],
  handling: 'callback',
  scope: 'specialised',
  receivedAt: '2026-01-01T03:00:00.000Z',
};
const callback = {
  requestedByCitizen: true,
  contact: {
    name: '見本 花子',
    phone: '090-0000-0002',
    address: '若葉市見本町1-2-3',
    content: '認定の結果の理由を知りたい',
    email: { address: 'hanako@mihon.example', reason: '日中は電話に出られない' },
    fax: { number: '03-0000-0003', reason: '耳が遠い' },
  },
};
const paged = { limit: '10' };
const counted = {
  from: '2025-12-31T15:00:00.000Z',
  to: '2026-12-31T15:00:00.000Z',
  category: 'gomi-recycle',
  department: 'gomi-genryo',
  handling: 'answered',
  scope: 'in-scope',
  site: 'honcho',
  hour: '10',
  weekday: '1',
};

const tagged = (answer: Answer) => ({ 'if-match': answer.headers.get('etag')! });
const waiting = async (city: City) => ({ 'madoguchi-wait-for': await city.position() });
/** Who may see what all of the call centre does. */
const figures = async (city: City) => ({ as: 'supervisor', unentitled: 'operator', headers: await waiting(city) });
const after = (answer: Answer) => ({ 'madoguchi-wait-for': answer.headers.get('madoguchi-position')! });

/** For each operation the state that it needs, made through the API, and a request that then succeeds. */
const scenarios: Readonly<Record<string, (city: City) => Promise<ValidRequest>>> = {
  'GET /faq-articles': async (city) => ({
    as: 'operator',
    query: {
      q: '粗大ごみ',
      category: 'gomi-recycle',
      department: 'gomi-genryo',
      limit: '3',
      unfinished: 'true',
      order: 'use',
    },
    headers: await waiting(city),
  }),
  'POST /faq-articles': async () => ({ as: 'administrator', body: article }),
  'GET /faq-articles/{id}': async (city) => {
    const published = await city.article();
    return { as: 'operator', path: { id: published.body.id }, headers: after(published) };
  },
  'PUT /faq-articles/{id}': async (city) => {
    const published = await city.article();
    const body = { ...article, question: '見本の手続きの場所を教えてください。' };
    return { as: 'administrator', path: { id: published.body.id }, headers: tagged(published), body };
  },
  'POST /faq-articles/{id}/retire': async (city) => {
    const published = await city.article();
    return { as: 'administrator', path: { id: published.body.id }, headers: tagged(published) };
  },

  'POST /faq-searches': async (city) => {
    const { body: published } = await city.article();
    return { as: 'operator', body: { text: '見本の手続き', hits: 1, chosen: published.id } };
  },

  'GET /search-dictionary': async () => ({ as: 'operator' }),
  'POST /search-dictionary/synonyms': async (city) => ({
    as: 'administrator',
    headers: tagged(await city.synonyms()),
    body: { expressions: [city.code(), city.code()], oneWay: true },
  }),
  'PUT /search-dictionary/synonyms/{group}': async (city) => {
    const defined = await city.synonyms();
    const body = { expressions: [city.code(), city.code(), city.code()], oneWay: true };
    return { as: 'administrator', path: { group: defined.body.id }, headers: tagged(defined), body };
  },
  'DELETE /search-dictionary/synonyms/{group}': async (city) => {
    const defined = await city.synonyms();
    return { as: 'administrator', path: { group: defined.body.id }, headers: tagged(defined) };
  },
  'POST /search-dictionary/stop-words': async (city) => {
    const defined = await city.synonyms();
    return { as: 'administrator', headers: tagged(defined), body: { word: city.code() } };
  },
  'POST /search-dictionary/stop-words/removal': async (city) => {
    const word = { word: city.code() };
    const added = await city.done('administrator', 'POST', '/search-dictionary/stop-words', word);
    return { as: 'administrator', headers: tagged(added), body: word };
  },

  'POST /faq-articles/{id}/republish': async (city) => {
    const { body } = await city.article();
    const retired = await city.done('administrator', 'POST', `/faq-articles/${body.id}/retire`);
    return { as: 'administrator', path: { id: body.id }, headers: tagged(retired), body: article };
  },
  'POST /faq-drafts': async () => ({ as: 'operator', body: article }),
  'PUT /faq-articles/{id}/draft': async (city) => {
    const published = await city.article();
    const body = { ...article, answer: '見本課の窓口か、郵送でできます。' };
    return { as: 'operator', path: { id: published.body.id }, headers: tagged(published), body };
  },
  'DELETE /faq-articles/{id}/draft': async (city) => {
    const drafted = await city.draft();
    return { as: 'operator', path: { id: drafted.body.id }, headers: tagged(drafted) };
  },
  'POST /faq-articles/{id}/draft/submit': async (city) => {
    const drafted = await city.draft();
    return { as: 'operator', path: { id: drafted.body.id }, headers: tagged(drafted) };
  },
  'POST /faq-articles/{id}/draft/approve': async (city) => {
    const submitted = await city.submitted();
    return { as: 'department-staff@gomi-genryo', path: { id: submitted.body.id }, headers: tagged(submitted) };
  },
  'POST /faq-articles/{id}/draft/return': async (city) => {
    const submitted = await city.submitted();
    const path = { id: submitted.body.id };
    return { as: 'administrator', path, headers: tagged(submitted), body: { reason: '受付時間も書いてください。' } };
  },
  'GET /faq-catalogue': async (city) => ({
    as: 'operator',
    query: {
      status: 'in-review',
      stage: 'in-review',
      category: 'gomi-recycle',
      department: 'gomi-genryo',
      ...paged,
      after: await cursorOf(city, '/faq-catalogue'),
    },
    headers: await waiting(city),
  }),
  'GET /faq-use': async (city) => ({
    as: 'operator',
    query: {
      published: 'true',
      category: 'gomi-recycle',
      department: 'gomi-genryo',
      ...paged,
      after: await cursorOf(city, '/faq-use'),
    },
    headers: await waiting(city),
  }),
  'GET /faq-articles/{id}/use': async (city) => {
    const published = await city.article();
    return { as: 'operator', path: { id: published.body.id }, headers: after(published) };
  },
  'POST /faq-articles/{id}/feedback': async (city) => {
    const [{ body: published }, { body: recorded }] = [await city.article(), await city.inquiry()];
    return { as: 'operator', path: { id: published.id }, body: { helped: true, inquiry: recorded.id } };
  },
  'POST /faq-imports': async (city) => {
    const { body } = await city.article();
    return { as: 'administrator', body: { rows: [{ ...article, id: body.id, answer: '郵送でもできます。' }] } };
  },
  'GET /faq-export.csv': async (city) => ({
    as: 'operator',
    query: { category: 'gomi-recycle', department: 'gomi-genryo' },
    headers: await waiting(city),
  }),
  'GET /faq-export.json': async (city) => ({
    as: 'operator',
    query: { category: 'gomi-recycle', department: 'gomi-genryo' },
    headers: await waiting(city),
  }),

  'GET /inquiries': async (city) => {
    const [{ body: called }, { body: published }] = [await city.call(), await city.article()];
    return {
      as: 'operator',
      query: {
        from: '2026-01-01T00:00:00.000Z',
        to: '2026-02-01T00:00:00.000Z',
        category: 'gomi-recycle',
        department: 'gomi-genryo',
        operator: 'op-0001',
        handling: 'answered',
        scope: 'in-scope',
        call: called.id,
        faqArticle: published.id,
        ...paged,
        after: await cursorOf(city, '/inquiries'),
      },
      headers: await waiting(city),
    };
  },
  'GET /inquiries/{id}': async (city) => {
    const recorded = await city.inquiry();
    return { as: 'operator', path: { id: recorded.body.id }, headers: after(recorded) };
  },
  'POST /inquiries': async (city) => {
    const [{ body: called }, { body: published }] = [await city.call(), await city.article()];
    const body = {
      ...outOfScope,
      handling: 'transferred',
      transferredTo: 'kaigo-hoken',
      relatedDepartments: ['gomi-genryo'],
      faqArticle: published.id,
      call: called.id,
    };
    return { as: 'operator', body };
  },
  'POST /inquiries/{id}/callback': async (city) => {
    const { body } = await city.inquiry();
    return { as: 'operator', path: { id: body.id }, body: callback };
  },
  'POST /inquiries/{id}/callback/acknowledge': async (city) => {
    const asked = await city.callback();
    return { as: department, path: { id: asked.inquiry }, headers: tagged(asked) };
  },
  'POST /inquiries/{id}/callback/answer': async (city) => {
    const seen = await city.callback('acknowledge');
    return { as: department, path: { id: seen.inquiry }, headers: tagged(seen), body: { answeredAt: city.now() } };
  },
  'POST /inquiries/{id}/callback/disclosures': async (city) => {
    const { inquiry } = await city.callback();
    return { as: department, path: { id: inquiry }, body: { purpose: 'callback' } };
  },
  'POST /inquiries/{id}/callback/erasure': async (city) => {
    const { inquiry } = await city.callback();
    return { as: 'responsible-manager', path: { id: inquiry }, body: { reason: 'citizen-request' } };
  },
  'GET /callbacks': async (city) => ({
    as: 'operator',
    query: {
      department: 'kaigo-hoken',
      status: 'waiting',
      ...paged,
      after: await cursorOf(city, '/callbacks'),
    },
    headers: await waiting(city),
  }),
  'GET /callbacks/counts': async (city) => ({ as: 'operator', headers: await waiting(city) }),

  'POST /calls': async (city) => {
    const source = { recorder: 'asterisk-honcho', ref: randomUUID() };
    return { as: 'operator', body: { ...call, startedAt: city.now(), source } };
  },
  'POST /calls/{id}/answer': async (city) => {
    const { body } = await city.call();
    return { as: 'operator', path: { id: body.id }, body: { answeredAt: city.now() } };
  },
  'POST /calls/{id}/end': async (city) => {
    const { body } = await city.call();
    return { as: 'operator', path: { id: body.id }, body: { endedAt: city.now() } };
  },
  'POST /calls/{id}/number-disclosures': async (city) => {
    const { body } = await city.call();
    return { as: 'responsible-manager', path: { id: body.id }, body: { purpose: 'complaint-analysis' } };
  },
  'POST /calls/{id}/number-erasure': async (city) => {
    const { body } = await city.call();
    return { as: 'responsible-manager', path: { id: body.id }, body: { reason: 'citizen-request' } };
  },
  'POST /calls/{id}/consent/announce': async (city) => {
    const { body } = await city.call();
    return { as: 'operator', path: { id: body.id }, body: { announcedAt: city.now() } };
  },
  'POST /calls/{id}/consent/decline': async (city) => {
    const { body } = await city.announcedCall();
    return { as: 'operator', path: { id: body.id }, body: { declinedAt: city.now() } };
  },
  'POST /calls/{id}/consent/withdraw': async (city) => {
    const { body } = await city.announcedCall();
    return { as: 'operator', path: { id: body.id }, body: { withdrawnAt: city.now() } };
  },
  'POST /calls/{id}/consent/exempt': async (city) => {
    const emergency = await city.emergency();
    const { body } = await city.call();
    await city.done('responsible-manager', 'POST', `/emergencies/${emergency.body.id}/end`);
    return { as: 'operator', path: { id: body.id } };
  },

  'GET /recordings': async (city) => ({
    as: 'responsible-manager',
    query: {
      from: '2026-01-01T00:00:00.000Z',
      to: '2100-01-01T00:00:00.000Z',
      call: (await city.recording()).call,
      recorder: 'sample-city',
      quarantined: 'false',
      sensitive: 'false',
      destroyed: 'false',
      dueBefore: '2100-01-01T00:00:00.000Z',
      ...paged,
      after: await cursorOf(city, '/recordings'),
    },
    headers: await waiting(city),
  }),
  'GET /recordings/{id}': async (city) => ({
    as: 'responsible-manager',
    path: { id: (await city.recording()).id },
    headers: await waiting(city),
  }),
  'POST /recordings/{id}/listenings': async (city) => {
    const { id, revision } = await city.recording();
    const headers = { 'if-match': `"${revision}"` };
    return { as: 'responsible-manager', path: { id }, headers, body: { purpose: 'inquiry-analysis' } };
  },
  'GET /recordings/{id}/listenings/{listening}/audio': async (city) => {
    const { id } = await city.recording();
    const purpose = { purpose: 'inquiry-analysis' };
    const { body } = await city.done('assistant', 'POST', `/recordings/${id}/listenings`, purpose);
    return { as: 'assistant', path: { id, listening: body.listening } };
  },
  'POST /recordings/{id}/release': async (city) => {
    const { id, call: of, startedAt, revision } = await city.recording(true);
    await city.done('operator', 'POST', `/calls/${of}/consent/announce`, { announcedAt: startedAt });
    return { as: 'responsible-manager', path: { id }, headers: { 'if-match': `"${revision}"` } };
  },
  'POST /recordings/{id}/sensitive-flag': async (city) => {
    const { id, revision } = await city.recording();
    return { as: 'operator', path: { id }, headers: { 'if-match': `"${revision}"` }, body: { ground: 'health' } };
  },
  'DELETE /recordings/{id}/sensitive-flag': async (city) => {
    const { id } = await city.recording();
    const flagged = await city.done('operator', 'POST', `/recordings/${id}/sensitive-flag`, { ground: 'welfare' });
    return { as: 'responsible-manager', path: { id }, headers: tagged(flagged) };
  },
  'POST /recordings/{id}/destruction': async (city) => {
    const { id, revision } = await city.recording();
    const headers = { 'if-match': `"${revision}"` };
    return { as: 'responsible-manager', path: { id }, headers, body: { reason: 'citizen-request' } };
  },

  'GET /analytics/summary': async (city) => ({ ...(await figures(city)), query: { by: 'category', ...counted } }),
  'GET /analytics/first-contact-resolution': async (city) => ({ ...(await figures(city)), query: counted }),
  'GET /analytics/faq-use': async (city) => ({ ...(await figures(city)), query: { ...counted, ...paged } }),
  'GET /analytics/faq-searches': async (city) => ({
    ...(await figures(city)),
    query: { from: counted.from, to: counted.to, outcome: 'nothing-found', ...paged },
  }),

  'GET /departments': async (city) => ({ as: 'operator', headers: await waiting(city) }),
  'PUT /departments/{code}': async (city) => {
    const { code } = await city.department();
    const closed = await city.done('administrator', 'POST', `/departments/${code}/close`);
    return { as: 'administrator', path: { code }, headers: tagged(closed), body: { name: '見本推進課' } };
  },
  'POST /departments/{code}/rename': async (city) => {
    const opened = await city.department();
    return { as: 'administrator', path: { code: opened.code }, headers: tagged(opened), body: { name: '新見本課' } };
  },
  'POST /departments/{code}/close': async (city) => {
    const opened = await city.department();
    return { as: 'administrator', path: { code: opened.code }, headers: tagged(opened) };
  },
  'GET /staff': async (city) => ({ as: 'operator', headers: await waiting(city) }),
  'PUT /staff/{id}': async (city) => ({
    as: 'administrator',
    path: { id: city.code() },
    body: { displayName: '見本 次郎', role: 'department-staff', employer: 'city', department: 'kaigo-hoken' },
  }),
  'POST /staff/{id}/duty': async (city) => {
    const registered = await city.staff();
    const body = { role: 'supervisor', department: 'kaigo-hoken' };
    return { as: 'administrator', path: { id: registered.code }, headers: tagged(registered), body };
  },
  'POST /staff/{id}/deactivate': async (city) => {
    const registered = await city.staff();
    return { as: 'administrator', path: { id: registered.code }, headers: tagged(registered) };
  },

  'GET /emergencies': async () => ({ as: 'operator' }),
  'POST /emergencies': async () => ({
    as: 'responsible-manager',
    body: { kind: 'infectious-disease', sites: ['minato'] },
  }),
  'POST /emergencies/{id}/end': async (city) => {
    const { body } = await city.emergency();
    return { as: 'responsible-manager', path: { id: body.id } };
  },
  'GET /retention-rules': async () => ({ as: 'auditor' }),
  'POST /retention-rules': async () => ({
    as: 'responsible-manager',
    body: { category: 'caller-numbers', period: 'P2M', ground: '取扱要領 第5条第6項' },
  }),

  'GET /me': async () => ({ as: 'operator@kaigo-hoken' }),
  'GET /streams/{stream}/events': async (city) => {
    const { body } = await city.inquiry();
    const query = { asOf: '2100-01-01T00:00:00.000Z', from: '-1', limit: '10', direction: 'forwards' };
    return { as: 'auditor', path: { stream: `inquiry-${body.id}` }, query, unentitled: 'operator' };
  },
  'GET /views': async () => ({ as: 'administrator' }),
  'POST /views/{view}/rebuild': async () => ({ as: 'administrator', path: { view: 'directory' } }),
  'GET /health/live': async () => ({}),
  'GET /health/ready': async () => ({}),
  'GET /metrics': async () => ({ as: 'administrator' }),
};

/** Where the first page of two ends. */
const cursorOf = async (city: City, path: string): Promise<string> => {
  const { body } = await city.done('responsible-manager', 'GET', `${path}?limit=1`);
  return body.next;
};

/** The names of the operations that have a scenario. */
export const covered: ReadonlyArray<string> = Object.keys(scenarios);

/** A request of the operation of this name that will succeed, once. */
export const scenariosOver = (server: TestServer): ((name: string) => Promise<ValidRequest>) => {
  const city = new City(server);
  return (name) => {
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(`no scenario for ${name}`);
    return scenario(city);
  };
};
