/* SPDX-License-Identifier: MIT */
#include "migrate/library_names.h"

#include <string.h>

#include "vars/name_pattern.h"

bool library_names_has(const char *name)
{
    static const char *const patterns[] = { "PORT", "HOST", "HOSTNAME", "TZ", "LANG", "LC_*",
        "PATH", "HOME", "TMPDIR", "DEBUG", "CI", "NO_COLOR", "FORCE_COLOR", "NODE_*", "NPM_*",
        "npm_*", "YARN_*", "PNPM_*", "PG*", "POSTGRES_*", "MYSQL_*", "MARIADB_*", "MONGO_INITDB_*",
        "REDIS_URL", "DATABASE_URL", "DIRECT_URL", "SHADOW_DATABASE_URL", "AWS_*", "AMAZON_*",
        "AZURE_*", "GOOGLE_*", "GCLOUD_*", "GCP_*", "CLOUDSDK_*", "HTTP_PROXY", "HTTPS_PROXY",
        "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy", "SSL_CERT_*",
        "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "OTEL_*", "SENTRY_*", "DD_*", "DATADOG_*",
        "NEW_RELIC_*", "ELASTIC_APM_*", "HONEYBADGER_*", "ROLLBAR_*", "BUGSNAG_*", "PYTHON*",
        "PIP_*", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "DJANGO_CONFIGURATION", "FLASK_*",
        "UVICORN_*", "GUNICORN_*", "WEB_CONCURRENCY", "CELERY_*", "AIRFLOW_*", "JAVA_*",
        "_JAVA_OPTIONS", "JDK_*", "MAVEN_*", "GRADLE_*", "CATALINA_*", "SPRING_*", "SERVER_PORT",
        "MANAGEMENT_*", "LOGGING_*", "QUARKUS_*", "MICRONAUT_*", "ASPNETCORE_*", "DOTNET_*",
        "ConnectionStrings__*", "CONNECTIONSTRINGS__*", "Logging__*", "LOGGING__*", "AllowedHosts",
        "Kestrel__*", "RAILS_*", "RACK_*", "SECRET_KEY_BASE", "BUNDLE_*", "GEM_*", "RUBY*",
        "MALLOC_*", "SIDEKIQ_*", "PUMA_*", "PHP_*", "COMPOSER_*", "APP_ENV", "APP_DEBUG",
        "SYMFONY_*", "MESSENGER_*", "GO*", "CGO_*", "GIN_MODE", "RUST_*", "CARGO_*", "ROCKET_*",
        "LEPTOS_*", "DOCKER_*", "COMPOSE_*", "BUILDKIT_*", "KUBERNETES_*", "KUBE*", "HELM_*",
        "TF_*", "TERRAFORM_*", "ANSIBLE_*", "VAULT_*", "CONSUL_*", "NOMAD_*", "NEXT_*",
        "NEXTAUTH_*", "AUTH_SECRET", "AUTH_URL", "AUTH_TRUST_HOST", "NUXT_*", "NITRO_*", "VITE_*",
        "REACT_APP_*", "GATSBY_*", "EXPO_*", "VUE_APP_*", "BROWSERSLIST*", "GENERATE_SOURCEMAP",
        "CHOKIDAR_*", "PUPPETEER_*", "PLAYWRIGHT_*", "CYPRESS_*", "PRISMA_*", "STRIPE_API_KEY",
        "OPENAI_*", "ANTHROPIC_*", "HF_*", "HUGGING*", "TRANSFORMERS_*", "CUDA_*", "LANGCHAIN_*",
        "LANGSMITH_*", "LANGFUSE_*", "GROQ_API_KEY", "COHERE_API_KEY", "MISTRAL_API_KEY",
        "GEMINI_API_KEY", "TAVILY_API_KEY", "SERPER_API_KEY", "OLLAMA_*", "WANDB_*",
        "CLOUDINARY_URL", "CLERK_*", "KV_*", "UPSTASH_*", "BLOB_READ_WRITE_TOKEN", "VERCEL_*",
        "NETLIFY_*", "RAILWAY_*", "FLY_*", "HEROKU_*", "DYNO", "GITHUB_TOKEN", "GH_TOKEN",
        "GITLAB_TOKEN", "SLACK_BOT_TOKEN", "TWILIO_*", "SENDGRID_API_KEY", "PM2_*", "LD_*",
        "MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "UID", "GID", "PUID", "PGID", "UMASK", "KAFKA_*",
        "RABBITMQ_*", "MINIO_*", "KEYCLOAK_*", "KC_*", "GF_*", "ELASTICSEARCH_*", "MEILI_*",
        "LIVEKIT_*", "LOG4J_*", "GRPC_*", "TOKIO_*", "NEW_RELIC*" };
    return name_patterns_match(NAME_PATTERNS(patterns), name, strlen(name));
}

bool library_names_is_set_by_system(const char *name)
{
    static const char *const patterns[] = { "HOME", "PATH", "PWD", "OLDPWD", "USER", "LOGNAME",
        "SHELL", "IFS", "RANDOM", "TERM", "COLORTERM", "TMPDIR", "TMP", "TEMP", "HOSTNAME", "UID",
        "EUID", "PPID", "LINENO", "SECONDS", "BASH*", "ZSH*", "FUNCNAME", "OPTARG", "OPTIND",
        "REPLY", "PIPESTATUS", "OSTYPE", "MACHTYPE", "DISPLAY", "LANG", "LC_*", "EDITOR", "VISUAL",
        "PAGER", "XDG_*", "SSH_*", "SUDO_*", "CI", "CI_*", "GITHUB_*", "GITLAB_*", "RUNNER_*",
        "CIRCLE*", "TRAVIS*", "JENKINS_*", "BUILDKITE*", "npm_*", "INVOCATION_ID", "JOURNAL_STREAM",
        "LISTEN_*", "MAINPID", "TARGETARCH", "TARGETOS", "TARGETPLATFORM", "BUILDPLATFORM",
        "CARGO_*", "OUT_DIR", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "SYSTEMROOT",
        "PROGRAMFILES", "COMSPEC", "WINDIR", "MAKE*", "SHLVL", "COLUMNS", "LINES", "PS1", "PS2",
        "PS4" };
    return name_patterns_match(NAME_PATTERNS(patterns), name, strlen(name));
}
