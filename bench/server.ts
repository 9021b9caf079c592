import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The built program over a data directory, in a process of its own. */
export interface Server {
  readonly url: string;
  /** Ends it in order. */
  stop(): Promise<void>;
}

export const startServer = async (data: string, ...options: ReadonlyArray<string>): Promise<Server> => {
  const program = new URL('../bin/madoguchi.js', import.meta.url).pathname;
  const env = { ...process.env, NO_COLOR: '1', PORT: '0', MADOGUCHI_DATA: data };
  // What is measured is this machine alone.
  for (const name of Object.keys(env)) if (name.endsWith('_URL')) delete (env as NodeJS.ProcessEnv)[name];
  const child: ChildProcess = spawn(process.execPath, [program, 'serve', ...options], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the server did not start')));
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const served = /serving (http:\S+)/.exec(text)?.[1];
      if (served !== undefined) resolve(served);
    });
  });
  const stop = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return { url, stop };
};
