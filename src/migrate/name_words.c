/* SPDX-License-Identifier: MIT */
#include "migrate/name_words.h"

#include <string.h>

#include "base/ascii.h"
#include "vars/name_pattern.h"

enum {
    NAME_MAX_BYTES = 256, /* of a longer name only the end is looked at */
};

/* Each text is words between '|'. A name ends in one of them if a '_' or nothing comes before it. */
static const struct {
    enum name_says says;
    const char *endings;
} rows[] = {
    /* More words decide before fewer: the longest ending that matches counts. */
    { NAME_SAYS_SECRET,
            "|password|passwords|passwd|pwd|pw|pass|passphrase|passcode|secret|secrets|access_key"
            "|access_key_id|private_key|private_keys|secret_key|secret_keys|secret_key_base|credential"
            "|credentials|connection_string|connectionstring|salt|salts|pepper|signing_key|encryption_key"
            "|encryption_keys|master_key|fernet_key|credentials_json|webhook_url|connection_str|conn_str|connstring|conn_string|secretkey|privatekey"
            "|accesskey|dbpass|smtppass|mailpass|userpass|rootpass|shared_key|hmac_key|account_key"
            "|service_role_key|license_key|licence_key|app_password|jwt_key|cookie_key|session_key"
            "|cipher_key|crypto_key|encrypt_key|deploy_key|admin_key|service_key|service_account_key"
            "|service_account_json|storage_key|otp_secret|totp_seed|seed_phrase|mnemonic|private_pem|access_secret"
            "|primary_key_secret|auth_pass|requirepass|cookie_secrets|app_keys|htpasswd|slack_webhook"
            "|discord_webhook|encryptionkey|server_key|aes_key|enc_key|otp_code|decryption_key|cookie_encryption_key|" },
    { NAME_SAYS_SERVICE_SECRET,
            "|token|dsn|apikey|api_key|api_keys|apikeys|auth_token|bearer|api_tokens|access_tokens"
            "|auth_tokens|auth_key|app_key|pat|" },
    { NAME_SAYS_URL,
            "|database_url|database_uri|db_url|db_uri|mongo_url|mongo_uri|mongodb_url|mongodb_uri|postgres_url"
            "|postgresql_url|postgres_uri|mysql_url|amqp_url|rabbitmq_url|redis_url|redis_uri|broker_url|direct_url"
            "|database_direct_url|postgres_prisma_url|shadow_database_url|cloudinary_url|elasticsearch_url"
            "|sqlalchemy_database_uri|celery_broker_url|result_backend|mailer_dsn_url|smtp_url|email_url|" },
    { NAME_SAYS_KEY, "|key|keys|auth|sid|" },
    { NAME_SAYS_PUBLIC,
            "|publishable_key|public_key|site_key|sitekey|anon_key|recaptcha_key|pubkey|vapid_public"
            "|publickey|application_public_key|" },
    { NAME_SAYS_REVISION,
            "|commit|revision|git_rev|git_sha|git_hash|commit_sha|commit_hash|build_sha|source_sha|checksum|" },
    /* KEY and AUTH that hold no secret. */
    { NAME_SAYS_CONFIG,
            "|sort_key|partition_key|cache_key|object_key|routing_key|primary_key|foreign_key|idempotency_key"
            "|smtp_auth|mail_auth|mailer_auth|enable_auth|require_auth|use_auth|key_id|key_name"
            "|cookie_name|kms_key|kms_key_id|client_id|account_sid_name|max_tokens|email_auth|with_auth|basic_auth_enabled|" },
    { NAME_SAYS_CONFIG,
            "|host|hosts|hostname|hostnames|port|ports|url|urls|uri|uris|level|env|environment|region|regions"
            "|bucket|buckets|timeout|timeouts|enabled|enable|disabled|disable|debug|tz|timezone|lang|language"
            "|languages|locale|locales|name|names|user|username|database|db|driver|connection|connections"
            "|channel|channels|limit|limits|size|count|ttl|prefix|suffix|version|mode|dir|directory|folder|path"
            "|paths|file|files|filename|domain|domains|origin|origins|email|emails|mail|from|to|reply_to|address|addr"
            "|provider|providers|backend|type|types|format|encryption|scheme|protocol|cluster|endpoint|endpoints"
            "|id|ids|uuid|base|threads|workers|concurrency|interval|retries|retry|attempts|table|topic|topics|queue"
            "|queues|schema|zone|model|models|theme|title|tag|tags|image|issuer|audience|scope|scopes|realm"
            "|tenant|organization|organisation|org|account|sender|recipient|length|lifetime|expiry|expires|expiration"
            "|expires_in|expire|minutes|seconds|hours|days|ms|max|min|arn|arns|algorithm|alg|description|store|adapter"
            "|engine|server|servers|service|services|proxy|proxies|secure|ssl|tls|verify|sslmode|ssl_mode|charset"
            "|collation|width|height|quality|rate|ratio|percent|percentage|delay|window|period|schedule|cron|debug_mode"
            "|verbose|color|colour|group|groups|role|roles|profile|stage|tier|plan|currency|country|city|brokers"
            "|broker|node|nodes|namespace|project|repo|repository|branch|release|build|platform|target"
            "|log|logs|logger|logging|stack|status|strategy|policy|rule|rules|filter|filters|list|options|opts|args"
            "|flags|flag|features|feature|experimental|dialect|client|app|site|web|api|admin|admins|admin_emails|owner"
            "|callback|redirect|webhook|pool|pool_size|capacity|memory|cpu|depth|dimension|dimensions|temperature"
            "|top_p|tokens|chunk_size|overlap|batch|batch_size|page_size|offset|index|indexes|collection|collections"
            "|graph|storage|cache|session|cookie|same_site|samesite|http_only|path_style|style|style_endpoint"
            "|transport|sampler|exporter|network|chain|chain_id|contract|phone|number|numbers|whitelist|allowlist"
            "|blacklist|blocklist|allowed|hosts_allowed|telemetry|analytics|registration|signup|signups|maintenance"
            "|mailer|disk|disks|location|login|tracing|pythonpath|unbuffered|editor|shell|home|root|dev|prod|local|test|testing|mock|dry_run|https|http|bind|listen|interfaces"
            "|interface|subnet|subnets|vpc|cidr|ip|ips|sentry_environment|sample_rate|date|day|year|start|end"
            "|extension|extensions|plugins|plugin|modules|module|method|handler|key_prefix|label|labels|nodeenv"
            "|subject|template|templates|message|footer|header|headers|logo|icon|favicon|banner|slogan|author|company"
            "|support|contact|vendor|product|products|edition|serializer|compression|cert|certs|certificate|ca|crt"
            "|ca_cert|ca_bundle|fingerprint|thumbprint|visibility|acl|rounds|cost|saltrounds|salt_rounds|hash_rounds"
            "|salt_length|default|fallback|override|overrides|strict|silent|force|watch|polling|usepolling|hmr|ci"
            "|uid|gid|puid|pgid|umask|workers_max|memory_limit|max_size|max_age|keepalive|heartbeat|grace|backoff|jitter"
            "|burst|throttle|quota|threshold|sampling|trace|traces|metrics|sourcemap|source_map|generate_sourcemap|"
            "browser|validity|factor|schemas|multiplier|requests|certfile|keyfile|conn|complexity"
            "|unauthorized|verify_jwt|lc_all|encoding|sslmode|enc_algorithm|open|pidfile|socket|transaction|isolation|timestamp|expose|container|restart|replicas|registry|" },
};

/* Behind the words that count: which one of several it is. */
static const char WHICH[] =
        "|prod|production|staging|stage|dev|development|test|testing|local|live|sandbox|old|new|primary"
        "|secondary|previous|prev|current|next|base64|b64|default|encoded|readonly|ro|rw|preview|backup|hex|";

/* Endings of one word, as in PGPASSWORD and AUTHTOKEN. */
static const struct {
    const char *ending;
    enum name_says says;
} joined[] = {
    { "password", NAME_SAYS_SECRET },
    { "passwd", NAME_SAYS_SECRET },
    { "passphrase", NAME_SAYS_SECRET },
    { "secret", NAME_SAYS_SECRET },
    { "secretkey", NAME_SAYS_SECRET },
    { "privatekey", NAME_SAYS_SECRET },
    { "accesskey", NAME_SAYS_SECRET },
    { "connectionstring", NAME_SAYS_SECRET },
    { "token", NAME_SAYS_SERVICE_SECRET },
    { "apikey", NAME_SAYS_SERVICE_SECRET },
    { "url", NAME_SAYS_CONFIG },
    { "user", NAME_SAYS_CONFIG },
    { "database", NAME_SAYS_CONFIG },
    { "host", NAME_SAYS_CONFIG },
    { "port", NAME_SAYS_CONFIG },
    { "id", NAME_SAYS_CONFIG },
    { "sslmode", NAME_SAYS_CONFIG },
    { "encoding", NAME_SAYS_CONFIG },
};

/* Words of which a URL often has a password. */
static const char *const stores[] = { "redis", "mongo*", "postgres*", "pg", "database", "mysql",
    "amqp", "rabbitmq", "db", "smtp" };

/* Words after which a name is a switch or a limit, wherever they are: FCC_ENABLE_SWAGGER_UI. */
static const char SWITCHES[] = "|enable|disable|use|allow|max|min|skip|";

static const char *const config_beginnings[] = { "enable_*", "disable_*", "use_*", "is_*",
    "allow_*", "feature_*", "max_*", "min_*", "skip_*", "log_*", "default_*", "rate_limit_*",
    "otel_*", "no_*", "force_*", "enabled_*", "show_*", "has_*" };

static const char *const published[] = { "NEXT_PUBLIC_*", "VITE_*", "REACT_APP_*", "NUXT_PUBLIC_*",
    "EXPO_PUBLIC_*", "GATSBY_*", "VUE_APP_*", "PUBLIC_*", "NG_APP_*" };

/* Whether words, a list between '|', has word. */
static bool has_word(const char *words, const char *word, size_t len)
{
    for (const char *at = words; (at = strchr(at, '|')) != NULL; at++) {
        if (len > 0 && strncmp(at + 1, word, len) == 0 && at[1 + len] == '|') {
            return true;
        }
    }
    return false;
}

/* name in lower case, with a '_' between the words of camelCase; gives its length. */
static size_t spell(const char *name, char ret_spelled[static NAME_MAX_BYTES])
{
    size_t name_len = strlen(name);
    size_t skipped = name_len > NAME_MAX_BYTES / 2 - 1 ? name_len - (NAME_MAX_BYTES / 2 - 1) : 0;
    size_t len = 0;
    for (const char *at = name + skipped; *at != '\0'; at++) {
        bool is_lower_before = at > name && at[-1] >= 'a' && at[-1] <= 'z';
        if (is_lower_before && *at >= 'A' && *at <= 'Z') {
            ret_spelled[len++] = '_';
        }
        ret_spelled[len++] = ascii_lower(*at);
    }
    ret_spelled[len] = '\0';
    return len;
}

/* Without words that only say which one it is. "PROD" alone stays. */
static size_t without_which(const char *name, size_t len)
{
    for (;;) {
        size_t start = len;
        while (start > 0 && name[start - 1] != '_') {
            start--;
        }
        size_t digits = strspn(name + start, ASCII_DIGITS);
        bool is_version = name[start] == 'v'
                && strspn(name + start + 1, ASCII_DIGITS) + 1 == len - start;
        bool is_number = digits > 0 && digits == len - start;
        if (start < 2 || !(is_version || is_number || has_word(WHICH, name + start, len - start))) {
            return len;
        }
        len = start - 1;
    }
}

/* The length of the name without its last word; 0 if it has only one. */
static size_t without_last(const char *name, size_t len)
{
    while (len > 0 && name[len - 1] != '_') {
        len--;
    }
    return len > 0 ? len - 1 : 0;
}

static enum name_says joined_says(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++) {
        size_t ending_len = strlen(joined[i].ending);
        /* "id" also ends "grid" and "paid": two letters take all of a word. */
        if (ending_len > 2 && len > ending_len
                && memcmp(word + len - ending_len, joined[i].ending, ending_len) == 0) {
            return joined[i].says;
        }
    }
    return NAME_SAYS_NOTHING;
}

/* What the longest ending of name[0..len) that a row has says. */
static enum name_says ending_says(const char *name, size_t len)
{
    for (size_t start = 0; start < len; start++) {
        if (start > 0 && name[start - 1] != '_') {
            continue;
        }
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            if (has_word(rows[i].endings, name + start, len - start)) {
                return rows[i].says;
            }
        }
    }
    size_t last = len;
    while (last > 0 && name[last - 1] != '_') {
        last--;
    }
    return joined_says(name + last, len - last);
}

/* REDIS_SESSION_URL: a URL of something that asks for a password. */
static bool is_url_of_store(const char *name, size_t len)
{
    size_t end = without_last(name, len);
    if (end == 0 || !has_word("|url|uri|", name + end + 1, len - end - 1)) {
        return false;
    }
    for (size_t at = 0; at < end;) {
        size_t word = strcspn(name + at, "_");
        if (name_patterns_match(NAME_PATTERNS(stores), name + at, word)) {
            return true;
        }
        at += word + 1;
    }
    return false;
}

static bool has_switch(const char *name, size_t len)
{
    for (size_t end = without_last(name, len); end > 0;) {
        size_t next = without_last(name, end);
        size_t start = next == 0 && name[0] != '_' ? 0 : next + 1;
        if (has_word(SWITCHES, name + start, end - start)) {
            return true;
        }
        end = next;
    }
    return false;
}

/*
 * What a name says whose last word says nothing. CLIENT_SECRET_HEROKU: the word is the name of something, and
 * those before it count.
 */
static enum name_says inner_says(const char *name, size_t len)
{
    size_t shorter = without_last(name, len);
    enum name_says says = shorter == 0 ? NAME_SAYS_NOTHING : ending_says(name, shorter);
    bool is_secret = says == NAME_SAYS_SECRET || says == NAME_SAYS_SERVICE_SECRET;
    bool is_long = without_last(name, shorter) > 0;
    if (is_secret && is_long) {
        return says;
    }
    if (has_switch(name, len)) {
        return NAME_SAYS_CONFIG;
    }
    return says == NAME_SAYS_CONFIG && is_long ? NAME_SAYS_CONFIG : NAME_SAYS_NOTHING;
}

enum name_says name_words_say(const char *name)
{
    char spelled[NAME_MAX_BYTES];
    size_t len = spell(name, spelled);
    if (strcmp(spelled, "pwd") == 0 || strcmp(spelled, "oldpwd") == 0) {
        return NAME_SAYS_CONFIG; /* the shell's working directory */
    }
    bool is_encoding = len > 2 && memcmp(spelled + len - 2, "64", 2) == 0
            && without_which(spelled, len) < len;
    while (len > 1 && !is_encoding && ascii_is_digit(spelled[len - 1])) {
        len--;
    }
    while (len > 1 && spelled[len - 1] == '_') {
        len--;
    }
    size_t counted = without_which(spelled, len);
    enum name_says says = ending_says(spelled, counted);
    if (counted < len && says != NAME_SAYS_SECRET && says != NAME_SAYS_SERVICE_SECRET
            && says != NAME_SAYS_KEY && says != NAME_SAYS_URL) {
        enum name_says whole = ending_says(spelled, len);
        says = says == NAME_SAYS_NOTHING ? whole : says;
    }
    if ((says == NAME_SAYS_NOTHING || says == NAME_SAYS_KEY)
            && name_patterns_match(NAME_PATTERNS(config_beginnings), spelled, len)) {
        return NAME_SAYS_CONFIG;
    }
    if (says == NAME_SAYS_CONFIG && is_url_of_store(spelled, counted)) {
        return NAME_SAYS_URL;
    }
    return says == NAME_SAYS_NOTHING ? inner_says(spelled, counted) : says;
}

bool name_words_are_published(const char *name)
{
    return name_patterns_match(NAME_PATTERNS(published), name, strlen(name));
}

bool name_words_are_aws_credentials(const char *name)
{
    static const char *const names[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN" };
    return name_patterns_match(NAME_PATTERNS(names), name, strlen(name));
}
