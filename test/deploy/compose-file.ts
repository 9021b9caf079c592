import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A service of docker-compose.yml, as far as the tests look at it. */
export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: ReadonlyArray<string>;
  readonly volumes: ReadonlyArray<string>;
  readonly secrets?: ReadonlyArray<string>;
  readonly networks: ReadonlyArray<string>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: ReadonlyArray<string> };
  readonly cap_drop?: ReadonlyArray<string>;
  readonly security_opt?: ReadonlyArray<string>;
  readonly read_only?: boolean;
  readonly restart?: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** Where a file of the repository is, by its path from the root; and what it says. */
export const placeOf = (path: string): string => join(import.meta.dirname, '../..', path);
export const textOf = (path: string): string => readFileSync(placeOf(path), 'utf8');

export const { version, engines, bin } = JSON.parse(textOf('package.json')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: { readonly madoguchi: string };
};

export const compose = parse(textOf('docker-compose.yml'), { merge: true }) as ComposeFile;

/** Those that run the program. */
export const applications: ReadonlyArray<Service> = Object.values(compose.services).filter(
  ({ build }) => build === '.',
);

/** Names a version, which no later release takes over. */
export const pinned = /^[\w./-]+:\d+\.\d+\.?\d*(-[\w.]+)*$/;
