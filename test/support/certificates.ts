import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './temp-dir.js';

export const hasOpenSsl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

/** A CA of one day, and a certificate of 127.0.0.1 under it. */
export const certificates = () => {
  const dir = tempDir();
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const fresh = ['-newkey', 'rsa:2048', '-nodes', '-days', '1'];
  openssl('req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=mihon CA');
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE'];
  const issuer = ['-CA', 'ca.crt', '-CAkey', 'ca.key'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    ...issuer,
    '-keyout',
    'node.key',
    '-out',
    'node.crt',
    '-subj',
    '/CN=mihon',
    ...names,
  );
  return {
    ca: join(dir, 'ca.crt'),
    key: readFileSync(join(dir, 'node.key')),
    cert: readFileSync(join(dir, 'node.crt')),
  };
};
