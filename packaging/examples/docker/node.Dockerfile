# Checked: the syntax of this file, and ENTRYPOINT with CMD, run by the test suite with a server of its own. The image was not built.
#
# SSM_EXEC_SOURCES comes with the container, so that the same image serves every environment:
#   docker run --env AWS_REGION=eu-west-1 --env SSM_EXEC_SOURCES=/prod/api IMAGE
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
