/* SPDX-License-Identifier: MIT */
#include "aws/providers/process.h"

#include <stdio.h>
#include <string.h>

#include "aws/providers/document.h"
#include "base/ascii.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024,
    WORDS_MAX = 256
};

static const char BLANKS[] = " \t\r\n\f\v";

/* Words may be passwords. They follow each other in bytes, each with its NUL. */
struct words {
    struct secret bytes;
    char *argv[WORDS_MAX + 1];
    size_t count;
};

static void clear_words(struct words *words)
{
    secret_clear(&words->bytes);
}

/* Appends one word without its quotes, and moves *from behind it. False for a quote that does not close. */
static bool take_word(const char **from, struct secret *bytes)
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
        return err_set(reterr, ERR_CREDENTIALS, where, "credential_process names no program");
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
    /* A word and its NUL are never longer than what they were made from and the blank behind it. */
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
        if (!take_word(&from, &ret_words->bytes)) {
            return err_set(
                    reterr, ERR_CREDENTIALS, where, "a quote in credential_process is not closed");
        }
    }
    return check_program(ret_words->count == 0 ? "" : ret_words->argv[0], where, reterr);
}

static bool read_output(const struct secret *output,
        const char *where,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    static const struct credentials_members members = {
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
                "credential_process printed no \"Version\": 1, the only version there is");
    }
    return credentials_document_read(
            json_root(&document), &members, where, ret_credentials, reterr);
}

/* Its own standard error, which reached the user, says more than its status. */
static void hint_at_helper(struct err *err)
{
    if (err->hint[0] == '\0') {
        err_set_hint(err,
                "run the command behind credential_process by hand, in the same environment: it must "
                "print {\"Version\": 1, \"AccessKeyId\": ..., \"SecretAccessKey\": ...} and end with "
                "status 0");
    }
}

enum provider_outcome provider_process_fetch(const struct provider_context *context,
        const struct profile_property *command,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(clear_words) struct words words = { 0 };
    CLEANUP(secret_clear) struct secret output = SECRET_INIT(OUTPUT_MAX_BYTES);
    char where[PROFILE_WHERE_BYTES];
    profile_property_where(command, where);
    if (!split(&command->value, where, &words, reterr)) {
        return PROVIDER_FAILED;
    }
    const struct runner_request request = {
        .argv = words.argv,
        .envp = context->settings->environment->entries,
        .where = where,
        .clock = context->clock,
        .deadline_ms = context->calls->deadline_ms,
    };
    if (!context->runner->run(&request, &output, reterr)) {
        err_add_why(reterr, " (credential_process)");
        hint_at_helper(reterr);
        return PROVIDER_FAILED;
    }
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "credential_process of %.480s", where);
    (void)snprintf(ret_credentials->renewal, sizeof(ret_credentials->renewal),
            "run the credential_process of %s by hand: does it keep old ones?", where);
    if (!read_output(&output, where, ret_credentials, reterr)) {
        hint_at_helper(reterr);
        return PROVIDER_FAILED;
    }
    return PROVIDER_FOUND;
}
