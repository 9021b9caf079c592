import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.js';

const script = fileURLToPath(new URL('../../scripts/check-layers.ts', import.meta.url));

/** Runs the layer check on a folder with these files. */
const check = (files: Readonly<Record<string, string>>) => {
  const root = tempDir();
  mkdirSync(join(root, 'src'));
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const { status, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  return { status, stderr };
};

const inner = {
  'src/domain/call/events.ts': `import type { Id } from '../kernel/ids.js'; export type Call = Id;`,
  'src/domain/kernel/ids.ts': 'export type Id = string;',
  'src/application/calls.ts': `import type { Call } from '../domain/call/events.js'; export type Calls = Call;`,
  'src/plugins/sdk/recorder.ts': 'export interface Recorder {}',
  'src/plugins/host/host.ts': `import type { Recorder } from '../sdk/recorder.js'; export type Host = Recorder;`,
  'src/infrastructure/server/serve.ts': `import '../../application/calls.js'; import '../../plugins/host/host.js';`,
};

test('imports that run inwards keep the layers', () => {
  expect(check(inner)).toEqual({ status: 0, stderr: '' });
});

test('each rule notices an import against it, a type alone included', () => {
  const { status, stderr } = check({
    ...inner,
    'src/domain/call/call.ts': `import type { Calls } from '../../application/calls.js'; export type Up = Calls;`,
    'src/domain/call/now.ts': `import 'node:fs'; import 'rxjs';`,
    'src/domain/consent/consent.ts': `import '../call/events.js';`,
    'src/application/read.ts': `import 'node:fs/promises'; import '../infrastructure/store.js';`,
    'src/infrastructure/store.ts': `import '../plugins/host/host.js';`,
    'src/plugins/sdk/helper.ts': `import 'node:path';`,
    'src/plugins/recorders/one/one.ts': `import '../two/two.js'; import '../../../domain/kernel/ids.js';`,
    'src/plugins/recorders/two/two.ts': `import '../../sdk/recorder.js'; import 'node:fs';`,
    'src/plugins/host/loader.ts': `import '../recorders/two/two.js';`,
    'src/infrastructure/a.ts': `import './b.js';`,
    'src/infrastructure/b.ts': `import './a.js'; import './lost.js'; import '../../test/c.js';`,
    'test/c.ts': '',
    'src/infrastructure/forgotten.ts': 'export const forgotten = 1;',
  });
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n').toSorted()).toEqual([
    'aggregates-stand-apart: src/domain/consent/consent.ts -> src/domain/call/events.ts',
    'application-does-no-io: src/application/read.ts -> fs/promises',
    'application-does-no-io: src/application/read.ts -> src/infrastructure/store.ts',
    'domain-is-pure: src/domain/call/call.ts -> src/application/calls.ts',
    'domain-is-pure: src/domain/call/now.ts -> fs',
    'domain-is-pure: src/domain/call/now.ts -> rxjs',
    'host-knows-sdk-and-ports: src/plugins/host/loader.ts -> src/plugins/recorders/two/two.ts',
    'no-cycle: src/infrastructure/a.ts -> src/infrastructure/b.ts',
    'no-orphan: src/infrastructure/forgotten.ts -> src/infrastructure/forgotten.ts',
    'only-the-server-knows-plugins: src/infrastructure/store.ts -> src/plugins/host/host.ts',
    'plugin-knows-only-the-sdk: src/plugins/recorders/one/one.ts -> src/domain/kernel/ids.ts',
    'plugin-knows-only-the-sdk: src/plugins/recorders/one/one.ts -> src/plugins/recorders/two/two.ts',
    'resolves: src/domain/call/now.ts -> rxjs',
    'resolves: src/infrastructure/b.ts -> ./lost.js',
    'sdk-knows-nothing: src/plugins/sdk/helper.ts -> path',
    'source-stands-alone: src/infrastructure/b.ts -> test/c.ts',
  ]);
});

test('a check that saw nothing fails', () => {
  expect(check({})).toMatchObject({ status: 1, stderr: expect.stringContaining('no source file') });
});
