# Checked: the syntax of this file, and ENTRYPOINT with CMD, run by the test suite with a server of its own. The image was not built.
#
# Two static programs and nothing else. ssm-exec brings its own certificates; a server that makes TLS calls itself needs
# /etc/ssl/certs/ca-certificates.crt of the build stage, too.
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
