# Checked: built by Docker's classic builder and run by its daemon, on a read-only root and without capabilities. The
# other images that it names are made of Debian's packages for that. `docker stop` ends the
# server, and nothing is started where a parameter is missing.
#
# There is no shell in this image, and none is needed. Its own ENTRYPOINT, node, is replaced:
# CMD has to name it.
# .dockerignore belongs beside it: COPY . . would take a .env file into the image.
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
