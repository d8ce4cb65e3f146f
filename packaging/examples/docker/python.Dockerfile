# Checked: built by Docker's classic builder and run by its daemon, on a read-only root and without capabilities. The
# other images that it names are made of Debian's packages for that. `docker stop` ends the
# server, and nothing is started where a parameter is missing.
#
# The image starts only if every variable of .env.example is set; the file has names, its
# values are not used.
# .dockerignore belongs beside it: COPY . . would take a .env file into the image.
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
