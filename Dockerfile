# One application process: docs/guides/several-processes.md. The Node is the lock file's (docs/adr/0009).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY LICENSE NOTICE ./
COPY bin ./bin
COPY sample ./sample
COPY --from=build /build/dist ./dist
# The program stays root's: who runs it cannot change it.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data
USER node
ENV HOST=0.0.0.0 MADOGUCHI_DATA=/data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/madoguchi.js"]
CMD ["serve", "--no-sample"]
