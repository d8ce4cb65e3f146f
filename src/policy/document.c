/* SPDX-License-Identifier: MIT */
#include "policy/document.h"

#include <string.h>

#include "json/json_write.h"

const struct statement DOCUMENT_SEE_NAMES = { "SeeNamesAndMetadata", DOCUMENT_ALLOW,
    "ssm:DescribeParameters", NULL };

static void write_line_end(struct document *document)
{
    text_append_char(document->json, '\n');
    for (size_t i = 0; i < document->depth; i++) {
        text_append_string(document->json, "  ");
    }
}

/* name is NULL for an item of an array. */
static void begin_member(struct document *document, const char *name)
{
    if (!document->is_empty) {
        text_append_char(document->json, ',');
    }
    write_line_end(document);
    if (name != NULL) {
        json_write_string(document->json, name);
        text_append_string(document->json, ": ");
    }
    document->is_empty = false;
}

static void open_bracket(struct document *document, char bracket)
{
    text_append_char(document->json, bracket);
    document->depth++;
    document->is_empty = true;
}

static void close_bracket(struct document *document, char bracket)
{
    document->depth--;
    write_line_end(document);
    text_append_char(document->json, bracket);
    document->is_empty = false;
}

struct document document_open(struct text *json)
{
    struct document document = { .json = json };
    open_bracket(&document, '{');
    document_words(&document, "Version", "2012-10-17");
    begin_member(&document, "Statement");
    open_bracket(&document, '[');
    return document;
}

void document_close(struct document *document)
{
    close_bracket(document, ']');
    close_bracket(document, '}');
    text_append_char(document->json, '\n');
}

void document_begin_statement(struct document *document, const char *sid, const char *effect)
{
    begin_member(document, NULL);
    open_bracket(document, '{');
    if (sid != NULL) {
        document_words(document, "Sid", sid);
    }
    document_words(document, "Effect", effect);
}

void document_end_statement(struct document *document)
{
    close_bracket(document, '}');
}

void document_begin_object(struct document *document, const char *name)
{
    begin_member(document, name);
    open_bracket(document, '{');
}

void document_end_object(struct document *document)
{
    close_bracket(document, '}');
}

void document_note_failure(struct document *document, const struct text *text)
{
    if (document->json->state == TEXT_OK) {
        document->json->state = text->state;
    }
}

static void write_word(struct document *document, const char *word, size_t len)
{
    CLEANUP(text_clear) struct text copy = TEXT_INIT(document->json->max_bytes);
    text_append(&copy, word, len);
    json_write_string(document->json, text_string(&copy));
    document_note_failure(document, &copy);
}

void document_words(struct document *document, const char *name, const char *words)
{
    size_t len = strcspn(words, " ");
    begin_member(document, name);
    if (words[len] == '\0') {
        write_word(document, words, len);
        return;
    }
    open_bracket(document, '[');
    for (const char *word = words; *word != '\0';) {
        len = strcspn(word, " ");
        begin_member(document, NULL);
        write_word(document, word, len);
        word += len + (word[len] == ' ' ? 1 : 0);
    }
    close_bracket(document, ']');
}

void document_text(struct document *document, const char *name, const struct text *words)
{
    document_words(document, name, text_string(words));
    document_note_failure(document, words);
}

void document_begin(struct document *document, const struct statement *statement)
{
    document_begin_statement(document, statement->sid, statement->effect);
    document_words(document, "Action", statement->actions);
    if (statement->resources == NULL) {
        document_words(document, "Resource", "*");
    } else {
        document_text(document, "Resource", statement->resources);
    }
}

void document_write(struct document *document, const struct statement *statement)
{
    document_begin(document, statement);
    document_end_statement(document);
}

void document_only(
        struct document *document, const char *object, const char *name, const char *words)
{
    document_begin_object(document, object);
    document_words(document, name, words);
    document_end_object(document);
}

void document_only_text(
        struct document *document, const char *object, const char *name, const struct text *words)
{
    document_only(document, object, name, text_string(words));
    document_note_failure(document, words);
}
