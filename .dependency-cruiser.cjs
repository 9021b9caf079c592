// Which way imports may run (docs/architecture.md); `npm run check:layers` enforces it.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'the domain knows itself, fp-ts and io-ts: no Nest, no I/O, no layer above',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^(src/domain/|node_modules/(fp-ts|io-ts)/)' },
    },
    {
      name: 'aggregates-stand-apart',
      comment: 'an aggregate knows the kernel and itself; what two need belongs to the kernel',
      severity: 'error',
      from: { path: '^src/domain/([^/]+)/' },
      to: { path: '^src/domain/', pathNot: '^src/domain/(kernel|$1)/' },
    },
    {
      name: 'application-does-no-io',
      comment: 'use cases know the domain, and of Nest only its buses and decorators; I/O is behind their ports',
      severity: 'error',
      from: { path: '^src/application/' },
      to: {
        pathNot: '^(src/(application|domain)/|node_modules/(fp-ts|io-ts|@nestjs/(common|cqrs)|canonicalize|uuid)/)',
      },
    },
    {
      name: 'only-the-server-knows-plugins',
      comment: 'adapters know ports; the composition root, infrastructure/server, alone puts plugins behind them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(plugins|infrastructure/server)/' },
      to: { path: '^src/plugins/' },
    },
    {
      name: 'sdk-knows-nothing',
      comment: 'a vendor who imports the SDK gets nothing else with it',
      severity: 'error',
      from: { path: '^src/plugins/sdk/' },
      to: { pathNot: '^src/plugins/sdk/' },
    },
    {
      name: 'plugin-knows-only-the-sdk',
      comment: 'a recorder or transcriber could live in a repository of its own',
      severity: 'error',
      from: { path: '^src/plugins/(recorders|transcribers)/([^/]+)/' },
      to: {
        pathNot: '^(src/plugins/(sdk|$1/$2)/|node_modules/csv-parse/)',
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'host-knows-sdk-and-ports',
      comment: 'the host hands what plugins tell to the application, whichever plugins there are',
      severity: 'error',
      from: { path: '^src/plugins/host/' },
      to: { path: '^src/', pathNot: '^src/(plugins/(host|sdk)|application|domain/kernel)/' },
    },
    {
      name: 'source-stands-alone',
      comment: 'what is shipped needs nothing that is not',
      severity: 'error',
      from: { path: '^src/' },
      to: { pathNot: '^(src|node_modules)/', dependencyTypesNot: ['core'], couldNotResolve: false },
    },
    {
      name: 'no-dev-dependency',
      comment: 'an installation without development packages must run',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'no-cycle', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-orphan',
      comment: 'a file that nothing imports and that imports nothing is forgotten',
      severity: 'error',
      from: { orphan: true },
      to: {},
    },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
