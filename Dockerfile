# One image for all processes; the command chooses: node apps/{api,worker,scheduler,cli}/dist/main.js
FROM node:24-slim AS build
WORKDIR /muster
COPY . .
# setup.mjs is `npm ci`, and leaves the mark that `npm run build` looks for
RUN --mount=type=cache,target=/root/.npm node tools/setup.mjs && npm run build
# what runs needs neither sources nor the tools that built it
RUN npm prune --omit=dev --no-audit --no-fund \
 && rm -rf libs/testing node_modules/@muster/testing apps/*/src libs/*/src \
 && mkdir -p /image/files && mv package.json node_modules apps libs /image/

FROM node:24-slim
# with a small heap V8 collects sooner: a bulk load then takes half the memory, and no longer (docs/performance.md)
ENV NODE_OPTIONS="--enable-source-maps --max-old-space-size=512"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 FILE_STORE_URL=file:///var/lib/muster/files
WORKDIR /muster
COPY --from=build /image/package.json ./
COPY --from=build /image/node_modules node_modules
COPY --from=build /image/libs libs
COPY --from=build /image/apps apps
# a volume that is mounted here takes over this owner
COPY --from=build --chown=node:node /image/files /var/lib/muster/files
USER node
EXPOSE 3000
# of the API; switch it off for the processes that listen to nobody
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]
