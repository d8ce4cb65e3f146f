# Checked: the syntax of this file, and ENTRYPOINT with CMD, run by the test suite with a server of its own. The image was not built.
#
# There is no shell in this image, and none is needed. Its own ENTRYPOINT, node, is replaced: CMD has to name it.
FROM registry.example.com/ssm-exec:1.0.0 AS ssm-exec

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY . .

FROM gcr.io/distroless/nodejs22-debian12:nonroot
WORKDIR /app
COPY --from=build /app /app
COPY --from=ssm-exec /ssm-exec /usr/local/bin/ssm-exec
ENTRYPOINT ["/usr/local/bin/ssm-exec", "--"]
CMD ["/nodejs/bin/node", "server.js"]
