# Checked: the syntax of this file, and ENTRYPOINT with CMD, run by the test suite with a server of its own. The image was not built.
#
# The image starts only if every variable of .env.example is set; the file has names, its values are not used.
FROM registry.example.com/ssm-exec:1.0.0 AS ssm-exec

FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
COPY --from=ssm-exec /ssm-exec /usr/local/bin/ssm-exec
USER nobody
ENTRYPOINT ["ssm-exec", "--require", "@.env.example", "--"]
CMD ["python3", "-m", "api"]
