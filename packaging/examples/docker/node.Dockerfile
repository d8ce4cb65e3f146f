# Checked: built by Docker's classic builder and run by its daemon, on a read-only root and without capabilities. The
# other images that it names are made of Debian's packages for that. `docker stop` ends the
# server, and nothing is started where a parameter is missing.
#
# SSM_EXEC_SOURCES comes with the container, so that the same image serves every environment:
#   docker run --env AWS_REGION=eu-west-1 --env SSM_EXEC_SOURCES=/prod/api IMAGE
# .dockerignore belongs beside it: COPY . . would take a .env file into the image.
FROM registry.example.com/ssm-exec:1.0.0 AS ssm-exec

FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY . .
COPY --from=ssm-exec /ssm-exec /usr/local/bin/ssm-exec
USER node
ENTRYPOINT ["ssm-exec", "--"]
CMD ["node", "server.js"]
