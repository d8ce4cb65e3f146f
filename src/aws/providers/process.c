/*
 * Credentials that a program prints: credential_process of a profile. Source: AWS SDKs reference
 * guide, "Process credential provider".
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "aws/providers/document.h"
#include "aws/providers/provider.h"
#include "base/ascii.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024,
    WORDS_MAX = 256
};

static const char BLANKS[] = " \t\r\n\f\v";

static enum provider_wait wait(struct provider_context *context)
{
    return profile_section_find(context->profile, "credential_process") == NULL
            ? PROVIDER_NOT_CONFIGURED
            : PROVIDER_WAIT_PROCESS;
}

/* --- the command line: split as by a POSIX shell but not expanded, as in botocore --- */

/* Words may be passwords. They are in bytes one after the other, each with a NUL at its end. */
struct words {
    struct secret bytes;
    char *argv[WORDS_MAX + 1];
    size_t count;
};

static void clear_words(struct words *words)
{
    secret_clear(&words->bytes);
}

/* Appends the next word, without its quotes, and moves *from past it. False for a quote that is not closed. */
static bool read_word(const char **from, struct secret *bytes)
{
    const char *at = *from;
    char quote = '\0';
    for (; *at != '\0' && (quote != '\0' || !ascii_is_space(*at)); at++) {
        bool escapes = *at == '\\' && quote != '\''
                && (quote == '\0' || at[1] == '"' || at[1] == '\\');
        if (escapes && at[1] != '\0') {
            at++;
            secret_append_char(bytes, *at);
        } else if (escapes) {
            return false;
        } else if (quote == '\0' && (*at == '"' || *at == '\'')) {
            quote = *at;
        } else if (*at == quote && quote != '\0') {
            quote = '\0';
        } else {
            secret_append_char(bytes, *at);
        }
    }
    secret_append_char(bytes, '\0');
    *from = at;
    return quote == '\0';
}

/* "NAME=value program" is shell syntax: a message about a missing program would show the value. */
static bool check_program(const char *program, const char *where, struct err *reterr)
{
    size_t name_len = strspn(program, ASCII_ALNUM "_");
    if (program[0] == '\0') {
        return err_set(
                reterr, ERR_CREDENTIALS, where, "credential_process does not name a program");
    }
    if (program[name_len] == '=') {
        (void)err_set(reterr, ERR_CREDENTIALS, where,
                "credential_process begins with an assignment (%.*s=...), which only a shell understands",
                (int)name_len, program);
        err_set_hint(reterr, "put \"env\" before it");
        return false;
    }
    return true;
}

static bool split(const struct secret *command,
        const char *where,
        struct words *ret_words,
        struct err *reterr)
{
    /* A word with its NUL is not longer than the text that it comes from and the blank after it. */
    ret_words->bytes = SECRET_INIT(secret_len(command) + 2);
    secret_reserve(&ret_words->bytes, secret_len(command) + 2);
    if (!secret_check(&ret_words->bytes, where, reterr)) {
        return false;
    }
    const char *from = secret_expose(command);
    for (from += strspn(from, BLANKS); *from != '\0'; from += strspn(from, BLANKS)) {
        if (ret_words->count == WORDS_MAX) {
            return err_set(reterr, ERR_CREDENTIALS, where, "credential_process has too many words");
        }
        ret_words->argv[ret_words->count++] = secret_expose_writable(&ret_words->bytes)
                + secret_len(&ret_words->bytes);
        if (!read_word(&from, &ret_words->bytes)) {
            return err_set(
                    reterr, ERR_CREDENTIALS, where, "a quote in credential_process is not closed");
        }
    }
    return check_program(ret_words->count == 0 ? "" : ret_words->argv[0], where, reterr);
}

/* --- the output --- */

static bool read_output(const struct secret *output,
        const char *where,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    static const struct document_members members = {
        .access_key_id = "AccessKeyId",
        .secret_access_key = "SecretAccessKey",
        .session_token = "SessionToken",
        .expiration = "Expiration",
    };
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value version;
    int64_t number = 0;
    if (!json_parse(output, JSON_TOKENS_REPLY, where, &document, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        err_add_why(reterr, " (what credential_process printed)");
        return false;
    }
    if (!json_find(json_root(&document), "Version", &version) || !json_int64(version, &number)
            || number != 1) {
        return err_set(reterr, ERR_CREDENTIALS, where,
                "credential_process printed no \"Version\": 1, the only supported version");
    }
    return document_read(json_root(&document), &members, where, ret_credentials, reterr);
}

static bool run(const struct provider_context *context,
        const struct profile_property *command,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(clear_words) struct words words = { 0 };
    CLEANUP(secret_clear) struct secret output = SECRET_INIT(OUTPUT_MAX_BYTES);
    const struct profile_where where = profile_where(&command->place);
    if (!split(&command->value, where.text, &words, reterr)) {
        return false;
    }
    const struct runner_request request = {
        .argv = words.argv,
        .envp = context->settings->environment->entries,
        .where = where.text,
        .clock = context->clock,
        .deadline_ms = context->calls->deadline_ms,
    };
    bool is_run = context->runner->run(&request, &output, reterr);
    if (!is_run) {
        err_add_why(reterr, " (credential_process)");
    }
    bool is_read = is_run && read_output(&output, where.text, ret_credentials, reterr);
    /* The program has explained itself on standard error; this says what is expected of it. */
    if (!is_read && reterr->hint[0] == '\0') {
        err_set_hint(reterr,
                "run the command behind credential_process by hand, in the same environment: it must "
                "print {\"Version\": 1, \"AccessKeyId\": ..., \"SecretAccessKey\": ...} and end with "
                "status 0");
    }
    return is_read;
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const struct profile_property *command = profile_section_find(
            context->profile, "credential_process");
    if (command == NULL) {
        return provider_absent(
                reterr, "profile \"%s\" has no credential_process", context->profile_name);
    }
    const struct profile_where where = profile_where(&command->place);
    credentials_set_origin(ret_credentials, "credential_process of %.480s", where.text);
    credentials_set_renewal(ret_credentials,
            "run the credential_process of %s by hand: does it cache old ones?", where.text);
    return run(context, command, ret_credentials, reterr) ? PROVIDER_FOUND : PROVIDER_FAILED;
}

const struct provider provider_process = {
    .name = "credential_process", .wait = wait, .fetch = fetch
};
