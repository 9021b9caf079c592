import { readdirSync, readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { expect, test } from 'vitest';
import { inquiry } from '../../src/domain/inquiry/inquiry.js';
import type { Actor } from '../../src/domain/kernel/actor.js';
import { oneOf, record, text } from '../../src/domain/kernel/codec.js';
import {
  CategoryCode,
  LineCode,
  SiteCode,
  StaffId,
  type ArticleId,
  type CallId,
  type CitizenId,
} from '../../src/domain/kernel/ids.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { staffMember } from '../../src/domain/staff/staff-member.js';
import * as Sample from '../../src/infrastructure/sample-city/sample-files.js';

const folder = new URL('../../sample/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

const { sampleFile } = Sample;
const departments = sampleFile('departments.json', Sample.SampleDepartment);
const categories = sampleFile('categories.json', record('Category', { code: CategoryCode, name: text(60) }));
const line = record('Line', {
  code: LineCode,
  name: text(60),
  extension: oneOf('7000', '7001', '7002', '7119'),
  recording: oneOf('none', 'announced', 'conducted', 'emergency'),
});
const sites = sampleFile('sites.json', record('Site', { code: SiteCode, name: text(60), lines: t.array(line) }));
const staff = sampleFile('staff.json', Sample.SampleStaff);
const faq = sampleFile('faq.json', Sample.SampleArticle);
const calls = sampleFile('calls.json', Sample.SampleCall);
const day = sampleFile('day.json', Sample.SampleInquiry);
const callbacks = day.filter((entry) => entry.callback !== undefined);

const lines = sites.flatMap((site) => site.lines.map((each) => ({ ...each, site: site.code })));
const now = '2026-04-03T00:00:00.000Z' as Instant;

const given = {
  departments: departments.map(({ code }) => code as string),
  categories: categories.map(({ code }) => code as string),
  sites: sites.map(({ code }) => code as string),
  lines: lines.map(({ code }) => code as string),
  staff: staff.map(({ id }) => id as string),
  faq: faq.map(({ id }) => id),
  calls: calls.map(({ id }) => id),
  day: day.map(({ id }) => id),
};
const repeated = (values: ReadonlyArray<string>) => values.filter((value, i) => values.indexOf(value) !== i);
const notGiven = (kind: keyof typeof given, named: ReadonlyArray<string | undefined>) =>
  named.filter((name) => name !== undefined && !given[kind].includes(name));

test('codes, ids and names are given once', () => {
  for (const [kind, keys] of Object.entries(given)) expect(repeated(keys), kind).toEqual([]);
  for (const named of [departments, categories, sites]) expect(repeated(named.map(({ name }) => name))).toEqual([]);
  expect(repeated(staff.map(({ displayName }) => displayName))).toEqual([]);
});

test('what is referred to exists', () => {
  const departmentsNamed = [
    ...[...faq, ...day, ...staff].map((entry) => entry.department),
    ...day.flatMap(({ related, transferredTo }) => [...related, transferredTo]),
  ];
  const categoriesNamed = [...faq, ...day].map((entry) => entry.category);
  const operators = day.map(({ operator }) => operator);
  const articles = day.map((entry) => entry.faq);
  const callsNamed = day.map(({ call }) => call);
  expect(notGiven('departments', departmentsNamed)).toEqual([]);
  expect(notGiven('categories', categoriesNamed)).toEqual([]);
  expect(notGiven('staff', operators)).toEqual([]);
  expect(notGiven('faq', articles)).toEqual([]);
  expect(notGiven('calls', callsNamed)).toEqual([]);
});

test('every department and category has an article, and there are at least 150', () => {
  expect(faq.length).toBeGreaterThanOrEqual(150);
  expect(new Set(faq.map((article) => article.department))).toEqual(new Set(given.departments));
  expect(new Set(faq.map((article) => article.category))).toEqual(new Set(given.categories));
});

test('questions and answers are of a readable length, and none repeats another', () => {
  const outside = (length: number, least: number, most: number) => length < least || length > most;
  const odd = faq.filter((a) => outside(a.question.length, 15, 60) || outside(a.answer.length, 120, 350));
  expect(odd.map(({ id }) => id)).toEqual([]);
  const bare = (words: string) =>
    words
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
  expect(repeated(faq.map(({ question }) => bare(question)))).toEqual([]);
  expect(repeated(faq.map((article) => bare(article.answer)))).toEqual([]);
});

test('calls do what their line does', () => {
  const dialled = { none: '7000', announced: '7001', conducted: '7002', emergency: '7119' } as const;
  for (const { code, extension, recording } of lines) expect(extension, code).toBe(dialled[recording]);
  for (const call of calls) {
    const { extension, recording } = lines.find(({ code, site }) => code === call.line && site === call.site)!;
    expect(call, call.id).toMatchObject({
      to: extension,
      announced: recording === 'announced' || recording === 'conducted',
      recorded: recording !== 'none',
    });
    expect(call.emergencyFlag === true, call.id).toBe(recording === 'emergency');
  }
});

test('the day runs forwards, and an inquiry is received when its call begins', () => {
  const minutes = (entry: { readonly dayOffset?: number; readonly collectedDaysAgo?: number; readonly at: string }) =>
    (entry.dayOffset ?? -(entry.collectedDaysAgo ?? 0)) * 1440 +
    Number(entry.at.slice(0, 2)) * 60 +
    Number(entry.at.slice(3));
  for (const entries of [calls, day])
    expect(entries.map(minutes)).toEqual(entries.map(minutes).toSorted((a, b) => a - b));
  const byCall = day.filter(({ call }) => call !== undefined);
  expect(repeated(byCall.map(({ call }) => call!))).toEqual([]);
  for (const { call, dayOffset, at } of byCall)
    expect(calls.find(({ id }) => id === call)).toMatchObject({ dayOffset, at });
});

test('callbacks are taken while the office is closed, and one is due for erasure', () => {
  expect(callbacks.length).toBeGreaterThanOrEqual(7);
  expect(callbacks.filter(({ at }) => at >= '08:30' && at <= '17:30')).toEqual([]);
  expect(day.filter(({ collectedDaysAgo }) => collectedDaysAgo === 366)).toHaveLength(1);
  for (const entry of day) expect(entry.collectedDaysAgo === undefined, entry.id).toBe(entry.dayOffset !== undefined);
});

test('the domain takes every member of staff', () => {
  const actor: Actor = { subject: 'ad-0001' as StaffId, role: 'administrator' };
  for (const { id, ...data } of staff) {
    const command = { type: 'RegisterStaff', data, actor, at: now, facts: { departmentOpen: true } } as const;
    expect(E.isRight(staffMember.decide(command, staffMember.initial)), id).toBe(true);
  }
});

test('the domain takes every inquiry and every callback', () => {
  for (const entry of day) {
    const { id, operator, transferredTo, faq: article, call, callback } = entry;
    const { summary, answer, category, department, related: relatedDepartments, handling, scope } = entry;
    const contact = { summary, answer, category, department, relatedDepartments, handling, scope, receivedAt: now };
    const data = {
      ...contact,
      ...(transferredTo !== undefined && { transferredTo }),
      ...(article !== undefined && { faqArticle: article as ArticleId }),
      ...(call !== undefined && { call: call as CallId }),
    };
    const actor: Actor = { subject: operator, role: staff.find((member) => member.id === operator)!.role };
    const facts = { unknownDepartments: [], articleKnown: true, callKnown: true };
    const decided = inquiry.decide({ type: 'RecordInquiry', data, actor, at: now, facts }, inquiry.initial);
    expect(decided, id).toMatchObject({ _tag: 'Right' });
    expect(handling === 'callback', id).toBe(callback !== undefined);
    if (E.isLeft(decided) || callback === undefined) continue;
    const office = { closed: true, reason: 'night', calendar: 'sample' } as const;
    const asked = inquiry.decide(
      {
        type: 'RequestCallback',
        data: { requestedByCitizen: true },
        actor,
        at: now,
        facts: { citizen: 'c' as CitizenId, office, dueAt: now, eraseAt: now },
      },
      decided.right.reduce(inquiry.evolve, inquiry.initial),
    );
    expect(asked, id).toMatchObject({ _tag: 'Right' });
  }
});

test('what is shared names nobody who asked for a callback', () => {
  const personal = callbacks.flatMap(({ callback }) => [
    ...callback!.name.split(' '),
    callback!.name,
    callback!.address,
  ]);
  const shared = JSON.stringify([day.map((entry) => entry.summary + entry.answer), faq]);
  expect(personal.filter((value) => shared.includes(value))).toEqual([]);
});

test('telephone numbers are of the ranges that nobody has, and e-mail addresses of example domains', () => {
  const everything = readdirSync(folder).map(read).join('\n').normalize('NFKC');
  const dialled = everything.match(/(?<!\d)[+0]\d[\d\-‐‑–—−ー(). ]*\d/g) ?? [];
  const numbers = dialled.filter((number) => number.replace(/\D/g, '').length >= 9);
  expect(numbers.length).toBeGreaterThan(calls.length);
  expect(numbers.filter((number) => !/^(03|090)-?0000-?\d{4}$/.test(number))).toEqual([]);
  const addresses = everything.match(/[^\s"'`<>（）]+@[^\s"'`<>（）]+/g) ?? [];
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.filter((address) => !/@example\.(jp|com)$/.test(address))).toEqual([]);
});
