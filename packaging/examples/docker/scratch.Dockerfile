# Checked: built by Docker's classic builder and run by its daemon, on a read-only root and without capabilities. The
# other images that it names are made of Debian's packages for that. `docker stop` ends the
# server, and nothing is started where a parameter is missing.
#
# Two static programs and nothing else. ssm-exec brings its own certificates; a server that
# makes TLS calls itself needs /etc/ssl/certs/ca-certificates.crt of the build stage, too.
# .dockerignore belongs beside it: COPY . . would take a .env file into the image.
FROM registry.example.com/ssm-exec:1.0.0 AS ssm-exec

FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /server ./cmd/server

FROM scratch
COPY --from=ssm-exec /ssm-exec /ssm-exec
COPY --from=build /server /server
USER 65534:65534
ENTRYPOINT ["/ssm-exec", "--"]
CMD ["/server"]
