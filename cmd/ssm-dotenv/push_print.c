/* SPDX-License-Identifier: MIT */
#include "push_print.h"

#include "json/json_write.h"
#include "json_member.h"
#include "output.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024 * 1024,
    NOTE_MAX_BYTES = 2048
};

static const char *key_of(const struct push_item *item)
{
    return item->line == NULL ? NULL : map_key_id(item->line);
}

static const char *type_of(const struct push_item *item)
{
    return item->line == NULL || item->action == PUSH_BLOCKED ? "-"
                                                              : map_type_word(item->line->type);
}

/* --- the table --- */

static void append_create(struct text *note, const struct push_item *item)
{
    const char *key = key_of(item);
    bool is_advanced = item->line->tier == MAP_TIER_ADVANCED;
    text_append_string(note, key == NULL ? "" : key);
    text_append_string(note, key != NULL && is_advanced ? ", " : "");
    text_append_string(note, is_advanced ? "advanced tier, for which AWS charges" : "");
}

static void append_note(struct text *note, const struct push_item *item, const char *unless_asked)
{
    long long version = item->version;
    switch (item->action) {
    case PUSH_CREATE:
        append_create(note, item);
        break;
    case PUSH_SAME:
        text_append_format(note, "version %lld", version);
        break;
    case PUSH_DIFFERS:
        text_append_format(note, "version %lld, kept (--overwrite %s writes version %lld)", version,
                item->variable, version + 1);
        break;
    case PUSH_OVERWRITE:
        text_append_format(note, "version %lld, replaced by version %lld", version, version + 1);
        break;
    case PUSH_BLOCKED:
        text_append_format(note, "%s%s%s", item->line == NULL ? item->variable : "",
                item->line == NULL ? " " : "", item->why);
        break;
    case PUSH_UNDECIDED:
    case PUSH_ACTIONS:
        text_append_string(note, unless_asked);
        break;
    }
    text_append_string(note, item->needs_tags ? "; tags differ" : "");
}

static void append_result(struct text *out, const struct push_item *item, bool blind)
{
    static const char *const sentences[PUSH_RESULTS] = {
        [PUSH_NOTHING] = "",
        [PUSH_NOT_VISIBLE] = "written, not yet visible",
        [PUSH_TAGGED] = "tagged",
        [PUSH_THERE] = "somebody else wrote the same value in between",
        [PUSH_EXISTS] = "somebody else created it in between: kept",
        [PUSH_CHANGED] = "changed in between by somebody else",
        [PUSH_MAYBE] = "it is not known whether it was written: run it again",
        [PUSH_FAILED] = "not written",
        [PUSH_LEFT] = "left",
    };
    if (item->result == PUSH_WRITTEN) {
        text_append_format(out, "written, version %lld", (long long)item->written_version);
    } else if (item->result == PUSH_EXISTS && blind) {
        text_append_string(out, "exists, not compared: kept");
    } else {
        text_append_string(out, sentences[item->result]);
    }
}

static const char *unasked_note(const struct push_options *options)
{
    return options->apply ? "not asked for, because others are blocked" : "";
}

enum column {
    ACTION,
    PARAMETER,
    TYPE,
    NOTE,
    RESULT,
    COLUMNS
};

/* A plan has no results. On a terminal they stand behind the notes, which are wrapped. */
static const struct columns_form plan_form = {
    .count = RESULT,
    .cuts = { [PARAMETER] = COLUMNS_CUT_BEGINNING },
};
static const struct columns_form result_form = { .count = COLUMNS };

struct table {
    const struct push_plan *plan;
    const struct push_options *options;
    const struct columns_form *form;
};

static void fill(struct columns_row *row, const void *subject, size_t index)
{
    const struct table *table = subject;
    const struct push_item *item = &table->plan->items[index];
    CLEANUP(text_clear) struct text note = TEXT_INIT(NOTE_MAX_BYTES);
    CLEANUP(text_clear) struct text result = TEXT_INIT(NOTE_MAX_BYTES);
    bool has_results = table->form->count > RESULT;
    append_note(&note, item, unasked_note(table->options));
    append_result(&result, item, table->options->blind);
    columns_put(row, ACTION, push_action_word(item->action));
    columns_put(row, PARAMETER, push_parameter(item));
    columns_put(row, TYPE, type_of(item));
    columns_put_text(row, NOTE, &note);
    if (!has_results && note.len > 0 && result.len > 0) {
        columns_put(row, NOTE, "; ");
    }
    columns_put_text(row, has_results ? RESULT : NOTE, &result);
    row->colours[ACTION] = item->action == PUSH_BLOCKED ? "31"
            : item->action == PUSH_DIFFERS              ? "33"
                                                        : NULL;
}

static void write_table(struct text *out,
        const struct push_plan *plan,
        const struct push_options *options,
        const struct columns_terminal *terminal)
{
    bool is_plan = !options->apply || terminal->width > 0
            || push_count_action(plan, PUSH_BLOCKED) > 0; /* then nothing was sent */
    const struct table table = { plan, options, is_plan ? &plan_form : &result_form };
    struct columns columns = { .form = table.form, .terminal = *terminal };
    columns_write_all(&columns, &table, plan->len, fill, out);
}

/* --- JSON --- */

static const char *tier_of(const struct push_item *item)
{
    return item->line != NULL && item->line->tier == MAP_TIER_ADVANCED ? "Advanced" : "Standard";
}

static void write_item(struct text *out, const struct push_item *item)
{
    bool is_creation = item->action == PUSH_CREATE;
    bool is_known = item->action != PUSH_BLOCKED;
    text_append_string(out, "    {\"action\": ");
    json_write_string(out, push_action_word(item->action));
    json_member_append(out, "parameter", item->line == NULL ? NULL : item->line->parameter);
    json_member_append(out, "variable", item->variable);
    json_member_append(out, "type", is_known ? type_of(item) : NULL);
    json_member_append(out, "key", is_creation ? key_of(item) : NULL);
    json_member_append(out, "tier", is_creation ? tier_of(item) : NULL);
    text_append_format(out, ", \"version\": %lld", (long long)item->version);
    json_member_append(out, "why", item->why);
    text_append_format(out, ", \"tags_differ\": %s", item->needs_tags ? "true" : "false");
    json_member_append(
            out, "result", item->result == PUSH_NOTHING ? NULL : push_result_word(item->result));
    text_append_format(out, ", \"written_version\": %lld}", (long long)item->written_version);
}

static void write_json(
        struct text *out, const struct push_plan *plan, const struct push_options *options)
{
    text_append_format(
            out, "{\n  \"apply\": %s,\n  \"parameters\": [", options->apply ? "true" : "false");
    for (size_t i = 0; i < plan->len; i++) {
        text_append_string(out, i == 0 ? "\n" : ",\n");
        write_item(out, &plan->items[i]);
    }
    text_append_string(out, plan->len == 0 ? "]\n}\n" : "\n  ]\n}\n");
}

bool push_print(const struct push_plan *plan,
        const struct push_options *options,
        const struct columns_terminal *terminal,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    if (options->json) {
        write_json(&out, plan, options);
    } else {
        write_table(&out, plan, options, terminal);
    }
    return output_print(&out, reterr);
}
