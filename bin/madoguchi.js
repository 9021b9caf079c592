#!/usr/bin/env node
// Plain JavaScript, so that an older Node gets as far as saying what to do.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `madoguchi: this is Node ${process.versions.node}, and Node 24 is needed.\n` +
      'npm brings one along: run "npm ci", then "npm start" or "npx madoguchi".\n',
  );
  process.exit(1);
}
await import('../dist/main.js');
