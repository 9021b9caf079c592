import { readFileSync, realpathSync } from 'node:fs';

/** The type of the file system that holds a path, such as `ext4`; Linux tells, elsewhere `unknown`. */
export const fileSystem = (path: string): string => {
  const real = realpathSync(path);
  const holds = (mount: string) => real === mount || real.startsWith(mount === '/' ? '/' : `${mount}/`);
  try {
    return readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ') as [device: string, mount: string, type: string])
      .filter(([, mount]) => mount !== undefined && holds(mount))
      .reduce((longest, entry) => (entry[1].length >= longest[1].length ? entry : longest))[2];
  } catch {
    return 'unknown';
  }
};
