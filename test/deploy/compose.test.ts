import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { configOf } from '../../src/infrastructure/config.js';
import { neededPlugins } from '../../src/infrastructure/views/elasticsearch/check-analysis.js';
import { applications, compose, pinned, placeOf, textOf, version } from './compose-file.js';
import { environment as environmentOfImage, only } from './dockerfile.js';

const application = applications[0]!;
const services = Object.values(compose.services);

/** PostgreSQL's client reads it, not the program. */
const { PGPASSFILE, ...ours } = application.environment;
const urls = ['EVENTSTORE_URL', 'KEYS_URL', 'DATABASE_URL', 'ELASTICSEARCH_URL'].map((name) => new URL(ours[name]!));

describe('every service', () => {
  test('is of one version', () => {
    expect(services.map(({ image }) => image).filter((image) => !pinned.test(image))).toEqual([]);
    expect(application.image).toBe(`madoguchi:${version}`);
  });

  test.each(Object.entries(compose.services))('%s gets no more rights than it needs', (_, service) => {
    expect(service).toMatchObject({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('uses networks, volumes and secrets that there are, and leaves none unused', () => {
    const named = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0]!));
    const files = named.filter((name) => name.startsWith('./'));
    const sorted = (names: ReadonlyArray<string>) => [...new Set(names)].toSorted();
    expect(sorted(named.filter((name) => !files.includes(name)))).toEqual(Object.keys(compose.volumes).toSorted());
    expect(files.filter((file) => !existsSync(placeOf(file)))).toEqual([]);
    expect(sorted(services.flatMap(({ networks }) => networks))).toEqual(Object.keys(compose.networks).toSorted());
    expect(sorted(services.flatMap(({ secrets }) => secrets ?? []))).toEqual(Object.keys(compose.secrets).toSorted());
  });
});

describe('the application processes', () => {
  test('are two, alike but for port and data', () => {
    const shared = applications.map(({ ports: _, volumes: __, ...rest }) => rest);
    expect(shared).toEqual([shared[0], shared[0]]);
    expect(new Set(applications.map(({ ports }) => ports![0])).size).toBe(2);
    expect(new Set(applications.map(({ volumes }) => volumes[0])).size).toBe(2);
    expect(application.read_only).toBe(true);
  });

  test('publish the port that the program listens on, and keep its data in the volume', () => {
    for (const { ports, volumes } of applications) {
      expect(ports!.map((port) => port.split(':')[2])).toEqual([only('EXPOSE').text]);
      expect(volumes.map((volume) => volume.split(':')[1])).toEqual([environmentOfImage['MADOGUCHI_DATA']]);
    }
  });

  test('are configured for several processes, with keys of an identity provider', () => {
    const config = configOf({ ...environmentOfImage, ...ours });
    if (E.isLeft(config)) throw new Error(JSON.stringify(config.left));
    expect(config.right.shared).toBeDefined();
    expect(config.right.tokens).toBeDefined();
    expect(config.right.masterKey).toBe('/run/secrets/master_key');
  });

  test.each(Object.keys(ours))('get %s, which the program knows', (name) => {
    const { [name]: _, ...others } = ours;
    expect(configOf({ ...environmentOfImage, ...others })).not.toEqual(configOf({ ...environmentOfImage, ...ours }));
  });

  test('get each file that their settings name as a secret, and hold no password in the settings', () => {
    const values = Object.values(application.environment);
    const mounted = application.secrets!.map((name) => `/run/secrets/${name}`);
    expect(values.filter((value) => value.startsWith('/')).toSorted()).toEqual(mounted.toSorted());
    expect(PGPASSFILE).toBeDefined();
    expect(urls.map(({ password }) => password)).toEqual(['', '', '', '']);
  });

  test('wait until the servers in their settings answer, and reach them on a network that leads nowhere else', () => {
    const servers = [...new Set(urls.map(({ hostname }) => hostname))];
    expect(application.depends_on).toEqual(
      Object.fromEntries(servers.map((server) => [server, { condition: 'service_healthy' }])),
    );
    for (const server of servers) {
      const { networks, ports, healthcheck } = compose.services[server]!;
      expect(healthcheck?.test[0]).toBe('CMD');
      expect(ports).toBeUndefined();
      expect(networks.map((network) => compose.networks[network])).toEqual([{ internal: true }]);
      expect(application.networks).toEqual(expect.arrayContaining([...networks]));
    }
  });
});

test('PostgreSQL has a database and a user of its own for keys, and others for the rest, as the settings name them', () => {
  const sql = textOf('deploy/postgres/databases.sql');
  const databases = urls.slice(1, 3).map(({ username, pathname }) => ({ username, database: pathname.slice(1) }));
  expect(new Set(databases.map(({ username }) => username)).size).toBe(2);
  for (const { username, database } of databases) {
    expect(sql).toContain(`CREATE ROLE ${username} LOGIN PASSWORD :'${username}_password'`);
    expect(sql).toContain(`CREATE DATABASE ${database} OWNER ${username}`);
    expect(sql).toContain(`/run/secrets/${username}_password`);
    expect(sql).toMatch(new RegExp(`REVOKE ALL ON DATABASE .*\\b${database}\\b.* FROM PUBLIC`));
  }
  const named = [...sql.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name!);
  expect([...named, 'postgres_password'].toSorted()).toEqual(compose.services['postgres']!.secrets!.toSorted());
  expect(compose.services['postgres']!.user).toBe('postgres');
});

test('Elasticsearch has the plugins that Japanese text needs, and the user and password of the settings', () => {
  const { image, build, environment, secrets } = compose.services['elasticsearch']!;
  const dockerfile = textOf(`${build}/Dockerfile`);
  expect(dockerfile).toContain(`/elasticsearch:${image.split(':')[1]}`);
  const installed = /elasticsearch-plugin install --batch (.*)/.exec(dockerfile)?.[1]?.split(' ');
  expect(installed?.toSorted()).toEqual(neededPlugins.toSorted());
  expect(ours['ELASTICSEARCH_USERNAME']).toBe('elastic');
  expect(environment['ELASTIC_PASSWORD_FILE']).toBe(ours['ELASTICSEARCH_PASSWORD_FILE']);
  expect(secrets?.map((name) => `/run/secrets/${name}`)).toEqual([environment['ELASTIC_PASSWORD_FILE']]);
});
